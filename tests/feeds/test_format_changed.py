"""A venue that changes its format is read by ccxt, unproven, and says so; a merely spoiled frame is not."""

import json

import pytest

from kairos_tui.feeds.dialects.okx import Okx
from kairos_tui.feeds.dialects.table import dialect_of
from kairos_tui.feeds.format_watch import (
    CHANGED_AFTER,
    FORGOTTEN_NS,
    FORMAT_CHANGED,
    MOST_KINDS,
    TRY_AGAIN_NS,
    FormatWatch,
    kind_of,
)
from kairos_tui.market import Proof

S = 1_000_000_000
DEPTH, BEST = '{"e":"depth","b":[{"c":"2"}]}', '{"u":1,"s":"BTC"}'


def renamed(frame: bytes) -> bytes:
    """OKX's stamp under another name, which the dialect asks for and ccxt does without."""
    assert b'"ts"' in frame
    return frame.replace(b'"ts"', b'"tz"')


@pytest.fixture
def changing(venue, kit):
    """Its books are in the new format: from the start, or (`after_snapshot`) in updates alone."""

    def of(*, after_snapshot: bool):
        def on_message(ours, message):
            for arg in message.get("args", []):
                ours.send(kit.text({"event": message["op"], "arg": arg, "connId": "t"}))
                if message["op"] == "subscribe" and arg["channel"] == "books":
                    snapshot = kit.okx_snapshot(ours, arg["instId"])
                    ours.send(snapshot if after_snapshot else renamed(snapshot))
                    ours.send(renamed(kit.okx_book(ours, [(99.5, 7)], symbol=arg["instId"])))

        venue.on_message = on_message
        return venue

    return of


@pytest.mark.parametrize("after_snapshot", [False, True], ids=["all of it", "updates only"])
async def test_a_changed_format_is_left_to_ccxt_with_its_reason(
    after_snapshot, changing, recorder, plan_for, running, kit
):
    venue = changing(after_snapshot=after_snapshot)
    async with running(plan_for(venue.here), recorder, dialect_of) as feed:
        await kit.until(lambda: recorder.is_live() and recorder.last().reason == FORMAT_CHANGED)
        dials = venue.dials
        venue.socket.send(renamed(kit.okx_book(venue.socket, [(99.5, 42)])))
        await kit.until(lambda: recorder.ticks and recorder.ticks[-1].bids[0] == (99.5, 42.0))
        counts = feed.counts()
    assert recorder.ticks[-1].proof is Proof.UNPROVEN
    assert recorder.last().reason == FORMAT_CHANGED
    assert FORMAT_CHANGED in [status.reason for status in recorder.statuses if status.state == "down"]
    assert venue.dials == dials
    assert counts.format_changes == 1
    assert counts.bad_frames >= CHANGED_AFTER


async def test_the_others_of_the_venue_are_read_by_ccxt_too(changing, recorder, plan_for, running, kit):
    venue = changing(after_snapshot=True)
    async with running(plan_for(venue.here, "BTC/USDT", "ETH/USDT"), recorder, dialect_of) as feed:
        await kit.until(
            lambda: all(
                recorder.is_live(symbol) and recorder.last(symbol).reason == FORMAT_CHANGED
                for symbol in ("BTC/USDT", "ETH/USDT")
            )
        )
        assert feed.counts().format_changes == 1


async def test_frames_that_are_spoiled_now_and_then_change_no_format(venue, recorder, plan_for, running, kit):
    async with running(plan_for(venue.here), recorder, dialect_of) as feed:
        await kit.until(recorder.is_live)
        for turn in range(3 * CHANGED_AFTER):
            ours, bad, ticks = venue.socket, feed.counts().bad_frames, len(recorder.ticks)
            spoiled = kit.okx_book(ours, [(99.5, "soup")])
            ours.send(spoiled)
            await kit.until(lambda bad=bad: feed.counts().bad_frames > bad)
            await kit.until(lambda ticks=ticks: recorder.is_live() and len(recorder.ticks) > ticks)
            venue.socket.send(kit.okx_book(venue.socket, [(99.5, 10 + turn)]))
            await kit.until(lambda turn=turn: recorder.ticks[-1].bids[0] == (99.5, 10.0 + turn))
        counts = feed.counts()
    assert counts.format_changes == 0
    assert recorder.ticks[-1].proof is Proof.SEQUENCE
    assert recorder.last().reason is None


async def test_frames_that_no_dialect_knows_are_ccxts_and_counted_by_their_kind(
    venue, recorder, plan_for, running, kit
):
    async with running(plan_for(venue.here), recorder, dialect_of) as feed:
        await kit.until(recorder.is_live)
        ours = venue.socket
        news = kit.text({"event": "notice", "msg": "an upgrade of the service"})
        ours.send(news, news, kit.text({"zulu": 1, "alpha": {}}), kit.okx_book(ours, [(99.5, 3)]))
        await kit.until(lambda: recorder.ticks[-1].bids[0] == (99.5, 3.0))
        left = dict(feed.counts().left_to_ccxt)
    assert left == {"subscribe books": 1, "subscribe bbo-tbt": 1, "notice": 2, "alpha zulu": 1}


async def test_a_venue_that_says_much_and_nothing_known_is_read_by_ccxt_too(
    venue, recorder, plan_for, running, kit
):
    """Its depth goes under a name that its dialect has never heard: not one frame is refused."""

    class Deaf(Okx):
        def take(self, frame):
            return None if '"books"' in frame else super().take(frame)

        def requests(self, market, asked):
            return ({**asked, "args": [{"channel": "anew", "instId": market.market_id}]},)

    def on_message(ours, message):
        (arg,) = message["args"]
        news = kit.text({"arg": arg, "data": [], "event": "x"})
        ours.send(*[news] * 30) if arg["channel"] == "anew" else kit.okx_subscribed(ours, message)

    venue.on_message = on_message
    plan = plan_for(venue.here, ack_within_s=0.3)
    async with running(plan, recorder, lambda _: Deaf()) as feed:
        await kit.until(lambda: recorder.is_live() and recorder.last().reason == FORMAT_CHANGED)
        assert feed.counts().format_changes == 1
        assert feed.counts().bad_frames == 0
    assert venue.dials == 3


def strike(watch: FormatWatch, frame: str, times: int, now_ns: int = 0) -> list[bool]:
    return [watch.on_unread(frame, now_ns) for _ in range(times)]


def test_a_kind_of_which_none_is_read_is_a_new_format():
    watch = FormatWatch()
    assert not watch.is_left(0)
    assert strike(watch, DEPTH, CHANGED_AFTER) == [False] * (CHANGED_AFTER - 1) + [True]
    assert watch.is_left(0)
    assert watch.changes == 1
    assert strike(watch, DEPTH, 1) == [True]  # on another connection, which still has its dialect
    assert watch.changes == 1


def test_a_kind_of_which_one_is_read_is_not():
    watch = FormatWatch()
    for _ in range(3):
        assert True not in strike(watch, DEPTH, CHANGED_AFTER - 1)
        assert watch.is_suspicious
        watch.on_read(BEST, 0)  # another kind says nothing of this one
        assert watch.is_suspicious
        watch.on_read(DEPTH.replace("2", "3"), 0)
        assert not watch.is_suspicious


def test_frames_that_are_no_json_or_each_of_another_kind_are_spoiled():
    watch = FormatWatch()
    assert True not in strike(watch, DEPTH[:-3], 50)
    assert not any(watch.on_unread(json.dumps({f"k{number}": 1}), 0) for number in range(200))
    assert not watch.is_left(0)


def test_a_suspicion_that_does_not_grow_is_forgotten():
    watch = FormatWatch()
    strike(watch, DEPTH, CHANGED_AFTER - 1)
    watch.on_read(BEST, FORGOTTEN_NS)
    assert watch.is_suspicious
    watch.on_read(BEST, FORGOTTEN_NS + 1)
    assert not watch.is_suspicious


def test_the_dialect_is_tried_again_and_a_known_change_is_known_at_once():
    watch = FormatWatch()
    strike(watch, DEPTH, CHANGED_AFTER)
    assert watch.is_left(TRY_AGAIN_NS - 1)
    assert not watch.is_left(TRY_AGAIN_NS)
    assert watch.on_unread(DEPTH, TRY_AGAIN_NS + S)
    assert watch.is_left(2 * TRY_AGAIN_NS)
    assert watch.changes == 2


def test_a_kind_that_is_read_again_is_no_longer_known_for_changed():
    watch = FormatWatch()
    strike(watch, DEPTH, CHANGED_AFTER)
    watch.on_read(BEST, TRY_AGAIN_NS + S)  # on the trial: another kind says nothing of this one
    assert watch.is_suspicious
    watch.on_read(DEPTH, TRY_AGAIN_NS + S)
    assert not watch.is_suspicious
    assert not watch.on_unread(DEPTH, TRY_AGAIN_NS + 2 * S)


def test_a_changed_kind_that_never_comes_again_is_forgotten():
    watch = FormatWatch()
    strike(watch, DEPTH, CHANGED_AFTER)
    watch.on_read(BEST, TRY_AGAIN_NS + FORGOTTEN_NS)
    assert watch.is_suspicious
    watch.on_read(BEST, TRY_AGAIN_NS + FORGOTTEN_NS + 1)
    assert not watch.is_suspicious


@pytest.mark.parametrize(
    ("frame", "kind"),
    [
        ('{"e":"trade","E":1}', "trade"),
        ('{"id":1,"result":null}', "id result"),
        (
            '{"arg":{"channel":"books","instId":"X"},"action":"update","data":[{"type":"z"}]}',
            "update books z",
        ),
        ('{"channel":"l2","events":[{"type":"snapshot"},{"type":"update"}]}', "l2 snapshot"),
        ('{"event":7,"topic":["a"]}', "event topic"),
        ("[17,[1,2],9]", "list int list int"),
        ("pong", "text"),
        ("17", "text"),
        (b"\xff\xfe", "text"),
        ("[" * 200_000, "text"),
        ("{}", "other"),
    ],
)
def test_a_kind_is_what_a_message_says_wherever_it_says_it(frame, kind):
    assert kind_of(frame) == kind


def test_kinds_are_short_and_few():
    assert len(kind_of(json.dumps({"event": "x" * 500}))) <= 32
    watch = FormatWatch()
    for number in range(100):
        watch.on_unknown(json.dumps({"event": f"kind {number}"}))
    assert len(watch.left_to_ccxt) == MOST_KINDS + 1
    assert watch.left_to_ccxt.total() == 100

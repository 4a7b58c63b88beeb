"""A venue with a dialect: its own subscriptions, proven ticks, doubt that is mended on one connection."""

import json
from time import monotonic_ns

import pytest

from kairos_tui.errors import FrameRefused
from kairos_tui.feeds.dialects.dialect import Believed, Doubted, Seen, SnapshotCall, Wanted
from kairos_tui.feeds.health.budget import BURST
from kairos_tui.market import Proof

BOOKS = "/api/v5/market/books"


class Counted:
    """A scripted dialect: `{"m": market, "n": number, "bid": size}`; each number is one more than the last.

    A message with `"whole"` begins the book. `"bad"` is refused, `"two"` makes two books of one frame.
    """

    def __init__(self, log, rest):
        self.log, self.rest = log, rest
        self.numbers, self.markets = {}, {}

    def open(self, market, depth):
        self.log.append(("open", market.market_id, depth))
        self.forget(market.market_id)
        self.markets[market.market_id] = market

    def forget(self, market_id):
        self.numbers[market_id] = None
        self.wanted = False

    def requests(self, market, asked):
        return ({"op": "subscribe", "args": [{"counted": market.market_id}]}, {"op": "also", "args": []})

    def cancels(self, market, asked):
        return () if self.rest else ({"op": "unsubscribe", "args": [{"counted": market.market_id}]},)

    def snapshot_call(self, market):
        return SnapshotCall("publicGetMarketBooks", {"instId": market.market_id}) if self.rest else None

    def take(self, frame):
        if '"m"' not in frame:
            return None
        message = json.loads(frame)
        if "bad" in message:
            raise FrameRefused("a frame that is none")
        return tuple(self.one(message["m"], part) for part in message["of"])

    def one(self, market_id, part):
        held = self.numbers[market_id]
        if "whole" in part:
            return self.believe(market_id, part)
        if held is None:
            first, self.wanted = not self.wanted, True
            return Wanted(market_id) if first and self.rest else Seen(market_id)
        if part["n"] <= held:
            return Seen(market_id)
        if part["n"] != held + 1:
            self.forget(market_id)
            return Doubted(market_id, f"update {part['n']} follows {held}")
        return self.believe(market_id, part)

    def take_snapshot(self, market_id, body):
        if body["data"] == "old":
            return (Wanted(market_id),)
        return (self.believe(market_id, {"n": body["data"]["n"], "bid": body["data"]["bid"]}),)

    def believe(self, market_id, part):
        self.numbers[market_id] = part["n"]
        return Believed(market_id, ((99.0, part["bid"]),), ((101.0, 1.0),), Proof.SEQUENCE, None, part["n"])


def said(kit, *parts, market="BTC-USDT", **more):
    return kit.text({"m": market, "of": parts, **more})


@pytest.fixture
def log():
    return []


@pytest.fixture
def counted(log):
    """A venue of streamed snapshots."""
    return lambda _: Counted(log, rest=False)


@pytest.fixture
def counted_rest(log):
    """A venue whose books begin with a REST snapshot."""
    return lambda _: Counted(log, rest=True)


@pytest.fixture
def venue(venue, kit):
    """Answers each subscription with a whole book of number 10."""

    def on_message(ours, message):
        if message["op"] == "subscribe":
            ours.send(said(kit, {"n": 10, "bid": 1.0, "whole": 1}, market=message["args"][0]["counted"]))

    venue.on_message = on_message
    return venue


def bids(recorder):
    return [tick.bids[0][1] for tick in recorder.ticks]


async def test_it_asks_in_its_own_words_and_its_ticks_are_proven(
    venue, recorder, plan_for, running, kit, counted, log
):
    async with running(plan_for(venue.here), recorder, counted) as feed:
        await kit.until(recorder.is_live)
        sent_ns = venue.socket.send(said(kit, {"n": 11, "bid": 2.0}), said(kit, {"n": 12, "bid": 2.0}))
        venue.socket.send(said(kit, {"n": 12, "bid": 5.0}))
        await kit.until(lambda: feed.counts().frames == 4)
    assert [message["op"] for message in venue.socket.heard] == ["subscribe", "also"]
    assert log == [("open", "BTC-USDT", 20)]
    assert bids(recorder) == [1.0, 2.0]  # the third changes nothing, the fourth is a duplicate
    last = recorder.ticks[-1]
    assert (last.proof, last.nonce, last.generation) == (Proof.SEQUENCE, 11, 1)
    assert sent_ns < last.received_ns < last.decoded_ns


async def test_a_gap_withdraws_the_leg_in_its_event_and_is_mended_on_the_same_connection(
    venue, recorder, plan_for, running, kit, counted
):
    async with running(plan_for(venue.here), recorder, counted) as feed:
        await kit.until(recorder.is_live)
        sent_ns = venue.socket.send(said(kit, {"n": 11, "bid": 3.0}, {"n": 13, "bid": 4.0}))
        await kit.until(lambda: recorder.since(0, "resync") and recorder.is_live())
        counts = feed.counts()
    resync = recorder.since(0, "resync")
    print(f"gap: withdrawn {(resync.since_ns - sent_ns) / 1e6:.1f} ms")
    assert resync.reason == "update 13 follows 11"
    ops = [message["op"] for message in venue.socket.heard]
    assert ops == ["subscribe", "also", "unsubscribe", "subscribe", "also"]
    assert bids(recorder) == [1.0, 1.0]  # nothing of the doubted frame, not even what was right before it
    assert (counts.gaps, counts.reconnects, counts.score) == (1, 0, 100)
    assert venue.dials == 1


async def test_a_sibling_in_the_doubted_frame_keeps_its_tick(
    venue, recorder, plan_for, running, kit, counted
):
    class Both(Counted):
        def take(self, frame):
            parts = json.loads(frame).get("both") if '"both"' in frame else None
            if parts is None:
                return super().take(frame)
            return tuple(self.one(name, part) for name, part in parts.items())

    plan = plan_for(venue.here, "BTC/USDT", "ETH/USDT")
    async with running(plan, recorder, lambda _: Both([], rest=False)):
        await kit.until(lambda: recorder.is_live() and recorder.is_live("ETH/USDT"))
        parts = {"ETH-USDT": {"n": 11, "bid": 6.0}, "BTC-USDT": {"n": 13, "bid": 7.0}}
        venue.socket.send(kit.text({"both": parts}))
        await kit.until(lambda: recorder.since(0, "resync") and recorder.is_live())
    assert [tick.bids[0][1] for tick in recorder.ticks if tick.symbol == "ETH/USDT"] == [1.0, 6.0]
    assert [tick.bids[0][1] for tick in recorder.ticks if tick.symbol == "BTC/USDT"] == [1.0, 1.0]
    assert recorder.since(0, "resync", "ETH/USDT") is None


async def test_a_resync_that_is_never_answered_costs_the_connection(
    venue, recorder, plan_for, running, kit, counted
):
    answer = venue.on_message
    async with running(plan_for(venue.here, resync_within_s=0.2), recorder, counted):
        await kit.until(recorder.is_live)
        venue.on_message = lambda ours, message: len(venue.sockets) > 1 and answer(ours, message)
        started_ns = venue.socket.send(said(kit, {"n": 13, "bid": 4.0}))
        await kit.until(lambda: venue.dials == 2 and recorder.is_live())
    down = recorder.since(0, "down")
    assert down.reason.startswith("resync not answered in 0.")
    assert 0.2e9 < down.since_ns - started_ns < 0.7e9 + 0.25e9
    assert recorder.ticks[-1].generation == 2


async def test_a_third_doubt_in_a_row_quarantines_the_stream_alone(
    venue, recorder, plan_for, running, kit, counted
):
    class Never(Counted):
        def believe(self, market_id, part):
            return (
                Doubted(market_id, "wrong checksum")
                if market_id == "BTC-USDT"
                else super().believe(market_id, part)
            )

    plan = plan_for(venue.here, "BTC/USDT", "ETH/USDT")
    async with running(plan, recorder, lambda _: Never([], rest=False)):
        await kit.until(lambda: "quarantined" in recorder.states())
        await kit.until(lambda: recorder.is_live("ETH/USDT"))
    assert recorder.last().reason == "wrong checksum"
    assert recorder.last().retry_ns > monotonic_ns() + 20e9
    assert venue.dials == 1
    assert not any(tick.symbol == "BTC/USDT" for tick in recorder.ticks)


async def test_a_frame_that_the_dialect_refuses_has_every_book_asked_for_anew_on_the_same_connection(
    venue, recorder, plan_for, running, kit, counted
):
    async with running(plan_for(venue.here), recorder, counted) as feed:
        await kit.until(recorder.is_live)
        venue.socket.send(said(kit, bad=1))
        await kit.until(lambda: recorder.since(0, "resync") and recorder.is_live())
        assert feed.counts().bad_frames == 1
    assert recorder.since(0, "resync").reason == "bad frame: a frame that is none"
    assert venue.dials == 1


async def test_a_wanted_snapshot_is_fetched_and_fetched_again_while_it_is_too_old(
    venue, recorder, plan_for, running, kit, counted_rest
):
    venue.rest[BOOKS] = {"code": "0", "data": "old"}
    venue.on_message = lambda ours, message: (
        message["op"] == "subscribe"
        and ours.send(said(kit, {"n": 9, "bid": 1.0}), said(kit, {"n": 10, "bid": 1.0}))
    )
    async with running(plan_for(venue.here), recorder, counted_rest):
        await kit.until(lambda: sum(path.startswith(BOOKS) for path in venue.rest_heard) == 2)
        venue.rest[BOOKS] = {"code": "0", "data": {"n": 20, "bid": 8.0}}
        await kit.until(recorder.is_live)
        venue.socket.send(said(kit, {"n": 21, "bid": 9.0}))
        await kit.until(lambda: len(recorder.ticks) == 2)
    assert bids(recorder) == [8.0, 9.0]
    assert all(0 < tick.received_ns < tick.decoded_ns for tick in recorder.ticks)


async def test_a_market_too_still_to_want_a_snapshot_gets_one(
    venue, recorder, plan_for, running, kit, counted_rest
):
    venue.rest[BOOKS] = {"code": "0", "data": {"n": 20, "bid": 8.0}}
    venue.on_message = lambda ours, message: None
    async with running(plan_for(venue.here), recorder, counted_rest):
        await kit.until(recorder.is_live)
    assert bids(recorder) == [8.0]


async def test_a_gap_where_rest_begins_the_book_brings_a_new_snapshot(
    venue, recorder, plan_for, running, kit, counted_rest
):
    venue.rest[BOOKS] = {"code": "0", "data": {"n": 20, "bid": 8.0}}
    async with running(plan_for(venue.here), recorder, counted_rest):
        await kit.until(recorder.is_live)
        venue.socket.send(said(kit, {"n": 30, "bid": 9.0}))
        await kit.until(lambda: recorder.since(0, "resync") and recorder.is_live())
    assert bids(recorder) == [1.0, 8.0]
    assert [message["op"] for message in venue.socket.heard] == ["subscribe", "also"]
    assert venue.dials == 1


async def test_a_snapshot_that_never_comes_costs_the_connection(
    venue, recorder, plan_for, running, kit, counted_rest
):
    venue.on_message = lambda ours, message: (
        message["op"] == "subscribe" and ours.send(said(kit, {"n": 9, "bid": 1.0}))
    )
    async with running(plan_for(venue.here, resync_within_s=0.3), recorder, counted_rest):
        await kit.until(lambda: "down" in recorder.states())
        venue.rest[BOOKS] = {"code": "0", "data": {"n": 20, "bid": 8.0}}
        await kit.until(recorder.is_live)
    assert recorder.ticks[0].generation == 2
    assert any("no snapshot" in (status.reason or "") for status in recorder.statuses)


class UsedUp(Counted):
    """Each message with `"thin"` says that the snapshot is being used up. `answers`: the next ones."""

    def __init__(self, log):
        super().__init__(log, rest=True)
        self.answers = []

    def take(self, frame):
        outcomes = super().take(frame)
        return (*outcomes, Wanted("BTC-USDT", is_early=True)) if '"thin"' in frame else outcomes

    def take_snapshot(self, market_id, body):
        if self.numbers[market_id] is None:
            return super().take_snapshot(market_id, body)
        self.answers.append(body["data"]["n"])
        return (Seen(market_id),)


async def test_the_next_snapshot_is_fetched_while_the_book_is_believed_and_only_as_often_as_it_may_be(
    venue, recorder, plan_for, running, kit, log
):
    dialects = []
    venue.rest[BOOKS] = {"code": "0", "data": {"n": 20, "bid": 8.0}}

    def used_up(_):
        dialects.append(UsedUp(log))
        return dialects[-1]

    async with running(plan_for(venue.here), recorder, used_up):
        await kit.until(recorder.is_live)
        for turn in range(60):
            venue.socket.send(said(kit, {"n": 11 + turn, "bid": 2.0 + turn}, thin=1))
            await kit.until(lambda turn=turn: len(recorder.ticks) == 2 + turn)
        await kit.until(lambda: dialects[0].answers)
    assert recorder.since(0, "resync") is None
    assert 1 <= len(dialects[0].answers) <= BURST
    assert sum(path.startswith(BOOKS) for path in venue.rest_heard) <= BURST
    assert venue.dials == 1


async def test_a_next_snapshot_that_does_not_come_costs_the_book_nothing(
    venue, recorder, plan_for, running, kit, log
):
    async with running(plan_for(venue.here), recorder, lambda _: UsedUp(log)):
        await kit.until(recorder.is_live)
        told = len(recorder.statuses)
        venue.socket.send(said(kit, {"n": 11, "bid": 2.0}, thin=1))
        await kit.until(lambda: any(path.startswith(BOOKS) for path in venue.rest_heard))
        venue.socket.send(said(kit, {"n": 12, "bid": 3.0}, thin=1))
        await kit.until(lambda: len(recorder.ticks) == 3)
        assert len(recorder.statuses) == told
    assert recorder.since(0, "resync") is None


async def test_a_gap_while_the_next_snapshot_is_asked_for_is_mended_all_the_same(
    venue, recorder, plan_for, running, kit, log
):
    venue.rest[BOOKS] = {"code": "0", "data": {"n": 20, "bid": 8.0}}
    async with running(plan_for(venue.here), recorder, lambda _: UsedUp(log)):
        await kit.until(recorder.is_live)
        venue.socket.send(
            said(kit, {"n": 11, "bid": 2.0}, thin=1),
            said(kit, {"n": 30, "bid": 9.0}),
            said(kit, {"n": 31, "bid": 9.0}),
        )
        await kit.until(lambda: recorder.since(0, "resync") and recorder.is_live())
        venue.socket.send(said(kit, {"n": 21, "bid": 4.0}))
        await kit.until(lambda: bids(recorder)[-1] == 4.0)
    assert venue.dials == 1


async def test_a_venue_whose_snapshots_are_always_too_old_is_told_why(
    venue, recorder, plan_for, running, kit, counted_rest
):
    venue.rest[BOOKS] = {"code": "0", "data": "old"}
    venue.on_message = lambda ours, message: (
        message["op"] == "subscribe" and ours.send(said(kit, {"n": 9, "bid": 1.0}))
    )
    plan = plan_for(venue.here, ack_within_s=1.0, resync_within_s=1.0)
    async with running(plan, recorder, counted_rest):
        await kit.until(lambda: recorder.since(0, "down"))
    reason = recorder.since(0, "down").reason
    assert reason.startswith("no snapshot: older than the updates that wait for it, for ")

"""A sick connection is noticed at once, costs a reconnect of that connection, and never blinds the feed."""

import json
from time import monotonic_ns
from typing import Any

import pytest

BOOKS = {"channel": "books", "instId": "BTC-USDT"}


def frames(kit: Any, ours: Any) -> dict[str, bytes]:
    shapeless = {"arg": BOOKS, "action": "update", "data": [{"bids": [["abc"]], "asks": [], "seqId": 1}]}
    return {
        "broken JSON": kit.frame(kit.TEXT, '{"arg":{"channel":"books"'),
        "NaN literal": kit.frame(kit.TEXT, json.dumps({"arg": BOOKS, "data": [float("nan")]})),
        "garbage binary": kit.frame(kit.BINARY, b"\xff\xfe\x00garbage\x80"),
        "wrong shape": kit.text(shapeless),
        "lost shape": kit.text(
            {"arg": BOOKS, "action": "update", "data": [{"bids": "soup", "asks": "soup"}]}
        ),
        "word for a size": kit.okx_book(ours, [("99.5", "soup")]),
        "deep nesting": kit.frame(kit.TEXT, "[" * 200_000),
        "bad UTF-8": kit.frame(kit.TEXT, b'{"a":"\xff\xff"}'),
        "rsv bits": kit.frame(kit.TEXT, "{}", rsv=3),
    }


FAULTS = ["broken JSON", "NaN literal", "garbage binary", "wrong shape", "lost shape", "word for a size"]
BELOW = ["bad UTF-8", "rsv bits"]  # those never get past the WebSocket parser


@pytest.mark.parametrize("fault", [*FAULTS, "deep nesting", *BELOW])
async def test_a_bad_frame_is_contained_and_costs_a_reconnect(fault, venue, recorder, plan_for, running, kit):
    async with running(plan_for(venue.here), recorder) as feed:
        await kit.until(recorder.is_live)
        ours = venue.socket
        seen = await kit.inject(recorder, lambda: ours.send(frames(kit, ours)[fault]))
        counts = feed.counts()
    print(f"{fault}: detected {seen.detected_ms:.1f} ms, recovered {seen.recovered_ms:.1f} ms, {seen.reason}")
    assert seen.detected_ms < 2_000
    assert seen.recovered_ms < 5_000
    assert venue.dials == 2
    assert counts.reconnects == 1
    assert recorder.ticks[-1].generation == 2
    if fault not in BELOW:
        assert counts.bad_frames == 1
        assert counts.last_bad is not None
        assert len(counts.last_bad) <= 2_048
        assert counts.last_bad.isprintable()


async def test_a_tick_buffered_before_a_bad_frame_counts_and_one_after_it_does_not(
    venue, recorder, plan_for, running, kit
):
    async with running(plan_for(venue.here), recorder):
        await kit.until(recorder.is_live)
        ours = venue.socket
        good, bad = kit.okx_book(ours, [(99.5, 42)]), kit.frame(kit.TEXT, '{"arg":{')
        await kit.inject(recorder, lambda: ours.send(good, bad, kit.okx_book(ours, [(99.5, 43)])))
    sizes = [tick.bids[0][1] for tick in recorder.ticks]
    assert sizes == [1.0, 42.0, 1.0]


async def test_a_frame_that_fails_half_way_takes_its_ticks_with_it(venue, recorder, plan_for, running, kit):
    async with running(plan_for(venue.here), recorder):
        await kit.until(recorder.is_live)
        ours = venue.socket
        rows = [
            {"bids": [["99.5", "66", "0", "1"]], "asks": [], "ts": "1", "prevSeqId": 101, "seqId": 102},
            {"bids": [["abc"]], "asks": [], "ts": "1", "prevSeqId": 102, "seqId": 103},
        ]
        await kit.inject(
            recorder, lambda: ours.send(kit.text({"arg": BOOKS, "action": "update", "data": rows}))
        )
    assert 66.0 not in [tick.bids[0][1] for tick in recorder.ticks]


@pytest.mark.parametrize("end", ["close 1000", "close 1012", "FIN", "RST"])
async def test_an_ended_connection_is_noticed_and_renewed_at_once(
    end, venue, recorder, plan_for, running, kit
):
    async with running(plan_for(venue.here), recorder) as feed:
        await kit.until(recorder.is_live)
        ours = venue.socket
        acts = {
            "close 1000": lambda: ours.close(1000),
            "close 1012": lambda: ours.close(1012),
            "FIN": ours.fin,
            "RST": ours.rst,
        }
        seen = await kit.inject(recorder, acts[end])
        assert feed.counts().bad_frames == 0
    print(f"{end}: detected {seen.detected_ms:.1f} ms, recovered {seen.recovered_ms:.1f} ms, {seen.reason}")
    assert seen.detected_ms < 2_000
    assert seen.recovered_ms < 5_000
    assert seen.reason is not None
    assert end.removeprefix("close ") in seen.reason or "connection lost" in seen.reason


async def test_a_close_in_the_same_segment_as_a_tick_is_not_missed(venue, recorder, plan_for, running, kit):
    async with running(plan_for(venue.here), recorder):
        await kit.until(recorder.is_live)
        ours = venue.socket
        seen = await kit.inject(
            recorder, lambda: ours.send(kit.okx_book(ours, [(99.5, 42)]), kit.frame(8, b"\x03\xe8"))
        )
    print(f"close race: detected {seen.detected_ms:.1f} ms, recovered {seen.recovered_ms:.1f} ms")
    assert [tick.bids[0][1] for tick in recorder.ticks] == [1.0, 42.0, 1.0]
    assert "1000" in (seen.reason or "")


async def test_no_book_of_the_last_connection_is_read_on_the_next(venue, recorder, plan_for, running, kit):
    async with running(plan_for(venue.here), recorder) as feed:
        await kit.until(recorder.is_live)
        venue.on_message = lambda ours, message: None  # the next connection gets no snapshot
        venue.socket.close(1000)
        await kit.until(lambda: len(venue.sockets) == 2 and venue.socket.heard)
        ours = venue.socket
        ours.send(kit.okx_book(ours, [(99.5, 55)], previous=101))
        await kit.until(lambda: feed.counts().frames == 3)
        assert not recorder.is_live()
    assert len(recorder.ticks) == 1


async def test_silence_while_pongs_go_on_makes_the_stream_stale_then_renews_it(
    venue, recorder, plan_for, running, kit
):
    async with running(plan_for(venue.here, silence_after_s=0.2), recorder) as feed:
        await kit.until(recorder.is_live)
        sent_ns = monotonic_ns()
        await kit.until(lambda: recorder.since(0, "stale"))
        stale = recorder.since(0, "stale")
        await kit.until(lambda: feed.counts().reconnects == 1 and recorder.is_live())
        assert feed.counts().silences == 1
    print(f"silence of 200 ms: stale after {(stale.since_ns - sent_ns) / 1e6:.0f} ms")
    assert stale.reason.startswith("no update for 0.")
    assert stale.since_ns - sent_ns > 150e6
    assert recorder.ticks[-1].generation == 2


async def test_one_silent_stream_is_told_apart_from_one_that_flows(venue, recorder, plan_for, running, kit):
    async with running(plan_for(venue.here, "BTC/USDT", "ETH/USDT", silence_after_s=0.4), recorder):
        await kit.until(lambda: recorder.is_live() and recorder.is_live("ETH/USDT"))
        size = 10

        def ether_flows():
            nonlocal size
            size += 1
            venue.socket.send(kit.okx_book(venue.socket, [(99.5, size)], symbol="ETH-USDT"))
            return recorder.since(0, "stale")

        await kit.until(ether_flows)
    assert recorder.since(0, "stale", "ETH/USDT") is None


async def test_a_subscription_never_answered_is_renewed_and_then_quarantined(
    venue, recorder, plan_for, running, kit
):
    venue.on_message = lambda ours, message: None
    async with running(plan_for(venue.here, ack_within_s=0.15), recorder):
        await kit.until(lambda: recorder.states() and recorder.states()[-1] == "quarantined")
        assert venue.dials == 3
    last = recorder.last()
    assert "not answered" in last.reason
    assert last.retry_ns > monotonic_ns() + 20e9


async def test_a_sequence_gap_withdraws_the_leg_and_resyncs_on_the_same_connection(
    venue, recorder, plan_for, running, kit
):
    async with running(plan_for(venue.here), recorder):
        await kit.until(recorder.is_live)
        ours = venue.socket
        sent_ns = ours.send(kit.okx_book(ours, [(99.5, 42)], previous=5_000))
        await kit.until(lambda: recorder.since(0, "resync") and recorder.is_live())
        resync = recorder.since(0, "resync")
        assert venue.dials == 1
        assert [message["op"] for message in ours.heard] == ["subscribe", "unsubscribe", "subscribe"]
    print(f"sequence gap: withdrawn {(resync.since_ns - sent_ns) / 1e6:.1f} ms")
    assert 42.0 not in [tick.bids[0][1] for tick in recorder.ticks]


async def test_a_venue_that_accepts_and_drops_is_not_hammered(venue, recorder, plan_for, running, kit):
    venue.on_open = lambda ours: ours.rst()
    async with running(plan_for(venue.here), recorder):
        await kit.until(lambda: venue.dials >= 4)
        await kit.until(lambda: recorder.last().retry_ns or 0)
        started_ns, dialled = monotonic_ns(), venue.dials
        await kit.until(lambda: monotonic_ns() - started_ns > 1e9)
        assert venue.dials - dialled <= 8  # ccxt alone: 57 a second
    assert recorder.last().state == "down"

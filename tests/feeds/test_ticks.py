"""Every accepted change of a book's top levels becomes exactly one Tick, copied at once, in order."""

from time import time_ns

import pytest

from kairos_tui.feeds.ccxt_feed import CcxtFeed
from kairos_tui.feeds.multiples import exact_quotient
from kairos_tui.feeds.tick_maker import Scale, TickMaker
from kairos_tui.market import Proof, Symbol, Venue


async def test_the_first_book_is_a_tick_with_both_sides_best_first(venue, recorder, plan_for, running, kit):
    before_ms = time_ns() // 1_000_000
    async with running(plan_for(venue.here), recorder):
        await kit.until(lambda: recorder.ticks)
    tick = recorder.ticks[0]
    assert tick.bids == ((99.5, 1.0), (98.5, 2.0), (97.5, 3.0), (96.5, 4.0), (95.5, 5.0))
    assert tick.asks[0] == (100.5, 1.0)
    assert (tick.symbol, tick.generation, tick.proof) == ("BTC/USDT", 1, Proof.UNPROVEN)
    assert tick.nonce == 101
    assert before_ms <= tick.timestamp_ms <= time_ns() // 1_000_000


async def test_stamps_are_taken_before_and_after_decoding(venue, recorder, plan_for, running, kit):
    async with running(plan_for(venue.here), recorder):
        await kit.until(recorder.is_live)
        sent_ns = venue.socket.send(kit.okx_book(venue.socket, [(99.5, 7)]))
        await kit.until(lambda: len(recorder.ticks) == 2)
    tick = recorder.ticks[1]
    assert sent_ns < tick.received_ns < tick.decoded_ns


async def test_a_burst_in_one_segment_yields_one_tick_per_frame(venue, recorder, plan_for, running, kit):
    async with running(plan_for(venue.here), recorder) as feed:
        await kit.until(recorder.is_live)
        frames = [kit.okx_book(venue.socket, [(99.5, 10 + count)]) for count in range(200)]
        venue.socket.send(*frames)
        await kit.until(lambda: len(recorder.ticks) >= 201)
        counts = feed.counts()
    assert [tick.bids[0][1] for tick in recorder.ticks[1:]] == [10.0 + count for count in range(200)]
    assert counts.ticks == 201
    assert counts.bad_frames == counts.refused == counts.reconnects == 0
    received = [tick.received_ns for tick in recorder.ticks]
    assert received == sorted(received)
    assert all(tick.received_ns < tick.decoded_ns for tick in recorder.ticks)


async def test_a_frame_that_changes_nothing_in_the_top_makes_no_tick(venue, recorder, plan_for, running, kit):
    async with running(plan_for(venue.here, depth=3), recorder) as feed:
        await kit.until(recorder.is_live)
        ours = venue.socket
        ours.send(kit.okx_book(ours, [(95.5, 9)]), kit.okx_book(ours), kit.okx_book(ours, [(99.5, 2)]))
        await kit.until(lambda: len(recorder.ticks) == 2)
        assert feed.counts().frames == 5  # ack, snapshot, three updates
    assert recorder.ticks[1].bids == ((99.5, 2.0), (98.5, 2.0), (97.5, 3.0))


async def test_ticks_keep_their_values_when_ccxt_changes_the_book(venue, recorder, plan_for, running, kit):
    async with running(plan_for(venue.here), recorder):
        await kit.until(recorder.is_live)
        before = recorder.ticks[0].bids
        copied = tuple(before)
        venue.socket.send(kit.okx_book(venue.socket, [(99.5, 0), (98.5, 77)]))
        await kit.until(lambda: len(recorder.ticks) == 2)
    assert before == copied
    assert recorder.ticks[1].bids[0] == (98.5, 77.0)


async def test_one_frame_with_two_books_of_a_symbol_makes_two_ticks(venue, recorder, plan_for, running, kit):
    async with running(plan_for(venue.here), recorder):
        await kit.until(recorder.is_live)
        rows = [
            {"bids": [["99.5", size, "0", "1"]], "asks": [], "ts": "1", "prevSeqId": seq, "seqId": seq + 1}
            for seq, size in ((101, "5"), (102, "6"))
        ]
        arg = {"channel": "books", "instId": "BTC-USDT"}
        venue.socket.send(kit.text({"arg": arg, "action": "update", "data": rows}))
        await kit.until(lambda: len(recorder.ticks) == 3)
    assert [tick.bids[0] for tick in recorder.ticks[1:]] == [(99.5, 5.0), (99.5, 6.0)]


async def test_symbols_share_a_connection_and_keep_their_books_apart(venue, recorder, plan_for, running, kit):
    async with running(plan_for(venue.here, "BTC/USDT", "ETH/USDT"), recorder):
        await kit.until(lambda: recorder.is_live() and recorder.is_live("ETH/USDT"))
        ours = venue.socket
        ours.send(
            kit.okx_book(ours, [(99.5, 2)], symbol="ETH-USDT"),
            kit.okx_book(ours, [(99.5, 3)]),
            kit.okx_book(ours, [(99.5, 4)], symbol="ETH-USDT"),
        )
        await kit.until(lambda: len(recorder.ticks) == 5)
    assert venue.dials == 1
    told = [(tick.symbol, tick.bids[0][1]) for tick in recorder.ticks[2:]]
    assert told == [("ETH/USDT", 2.0), ("BTC/USDT", 3.0), ("ETH/USDT", 4.0)]


async def test_a_wanted_symbol_may_be_another_market_of_the_venue(venue, recorder, plan_for, running, kit):
    plan = plan_for(venue.here, "BTC/USD", market_ids={"BTC/USD": "BTC/USDC"})
    async with running(plan, recorder):
        await kit.until(lambda: recorder.ticks)
    assert recorder.ticks[0].symbol == recorder.listings[0].instrument.symbol == "BTC/USD"
    assert recorder.listings[0].instrument.quote == "USDC"
    assert venue.socket.heard[0]["args"] == [{"channel": "books", "instId": "BTC-USDC"}]


async def test_an_error_of_the_receiver_is_not_taken_for_a_bad_frame(venue, recorder, plan_for, running, kit):
    def fail(tick):
        raise ZeroDivisionError

    recorder.on_tick = fail
    feed = CcxtFeed(plan_for(venue.here), recorder)
    with pytest.raises(ExceptionGroup) as caught:
        async with feed:
            await feed.run()
    assert caught.group_contains(ZeroDivisionError)
    assert feed.counts().bad_frames == 0


def test_a_coin_counted_in_thousands_has_the_prices_that_its_venue_means():
    prices = [round(0.00018 + step * 1e-5, 5) for step in range(1, 2_000)]
    maker = TickMaker(Venue("v"), Symbol("PEPE/USDT"), len(prices), Scale(1_000.0, 1_000.0))
    bids, asks = maker.top_of([(0.00018, 0.3)], [(price, 1234.567) for price in prices], len(prices))
    assert bids == ((1.8e-07, 300.0),)
    assert asks == tuple((exact_quotient(price, 1_000.0), 1234567.0) for price in prices)

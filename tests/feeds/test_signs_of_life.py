"""A quiet book on a living connection stays and is known to live; a dead one leaves, whatever goes on."""

import asyncio
import gc
from time import monotonic_ns
from types import SimpleNamespace
from warnings import catch_warnings, simplefilter

from kairos_tui.feeds.tapped_client import TappedClient

BOOKS = "/api/v5/market/books"


def rest_book(size="1"):
    """The scripted venue's first book in the words of its REST."""
    bids = [["99.5", size, "0", "1"], *[[str(98.5 - step), str(2 + step), "0", "1"] for step in range(4)]]
    asks = [[str(100.5 + step), str(1 + step), "0", "1"] for step in range(5)]
    return {"code": "0", "data": [{"bids": bids, "asks": asks, "ts": "1700000000000"}]}


def ether(venue, kit):
    """One more update of the sibling stream."""
    size = 10 + venue.socket.seq["ETH-USDT"]
    venue.socket.send(kit.okx_book(venue.socket, [(99.5, size)], symbol="ETH-USDT"))


async def test_pulses_say_that_a_book_without_news_holds(venue, recorder, plan_for, running, kit):
    plan = plan_for(venue.here, "BTC/USDT", "ETH/USDT", ping_after_s=0.1, silence_after_s=30.0)
    async with running(plan, recorder) as feed:
        await kit.until(lambda: len(recorder.pulses) >= 5)
        frames = feed.counts().frames
    stamps = [pulse.at_ns for pulse in recorder.pulses]
    assert stamps == sorted(set(stamps))
    assert set(recorder.pulses[-1].symbols) == {"BTC/USDT", "ETH/USDT"}
    assert recorder.pulses[-1].at_ns > recorder.ticks[-1].decoded_ns
    assert frames == 4  # two acks and two books: all else that lived were pongs
    assert len(recorder.ticks) == 2


async def test_no_pulse_speaks_for_a_subscription_that_died_while_its_sibling_and_pongs_go_on(
    venue, recorder, plan_for, running, kit
):
    plan = plan_for(venue.here, "BTC/USDT", "ETH/USDT", ping_after_s=0.05, silence_after_s=0.5)
    async with running(plan, recorder):
        await kit.until(lambda: recorder.is_live() and recorder.is_live("ETH/USDT"))
        await kit.until(lambda: ether(venue, kit) or recorder.since(0, "stale"))
        marked = len(recorder.pulses)
        await kit.until(lambda: ether(venue, kit) or len(recorder.pulses) > marked + 2)
    assert recorder.since(0, "stale").symbol == "BTC/USDT"
    silent_ns = recorder.since(0, "stale").since_ns - recorder.ticks[0].decoded_ns
    assert 0.5e9 < silent_ns < 1.0e9
    assert all(pulse.symbols == ("ETH/USDT",) for pulse in recorder.pulses[marked:])


async def test_a_quiet_book_is_kept_by_pongs_and_rest_and_given_ever_more_time(
    venue, recorder, plan_for, running, kit
):
    venue.rest[BOOKS] = rest_book()
    async with running(plan_for(venue.here, silence_after_s=0.6), recorder) as feed:
        await kit.until(lambda: feed.counts().checks >= 2)
        counts = feed.counts()
        assert recorder.last().state == "quiet"
        assert "quiet" in recorder.states()
        assert recorder.pulses[-1].at_ns > recorder.last().since_ns
        venue.socket.send(kit.okx_book(venue.socket, [(99.5, 7)]))
        await kit.until(recorder.is_live)
    assert recorder.states() == ["connecting", "connecting", "live", "quiet", "live"]
    assert (counts.silences, counts.disagreements, counts.reconnects) == (0, 0, 0)
    assert venue.dials == 1


async def test_a_book_that_rest_contradicts_twice_costs_the_connection(
    venue, recorder, plan_for, running, kit
):
    venue.rest[BOOKS] = rest_book(size="5")  # the subscription died, the market went on
    async with running(plan_for(venue.here, silence_after_s=1.0), recorder) as feed:
        await kit.until(lambda: feed.counts().disagreements == 2)
        await kit.until(lambda: venue.dials == 2)
        assert feed.counts().score < 100
    assert recorder.since(0, "down").reason.startswith("cross-check: bid 99.5: 1 here, 5 at the exchange")
    assert "quiet" not in recorder.states()


async def test_a_connection_that_answers_no_ping_is_renewed(venue, recorder, plan_for, running, kit):
    venue.answers_pings = False
    plan = plan_for(venue.here, ping_after_s=0.05, pong_within_s=0.3, silence_after_s=30.0)
    async with running(plan, recorder):
        await kit.until(lambda: venue.dials == 2 and recorder.is_live())
    assert recorder.since(0, "down").reason == "no pong in 0.3 s"


async def test_a_venue_that_never_answers_pings_is_left_alone_while_data_flows(
    venue, recorder, plan_for, running, kit
):
    venue.answers_pings = False
    plan = plan_for(venue.here, "ETH/USDT", ping_after_s=0.05, pong_within_s=0.3, silence_after_s=30.0)
    async with running(plan, recorder):
        await kit.until(lambda: recorder.is_live("ETH/USDT"))
        until_ns, next_ns = monotonic_ns() + 1_000_000_000, 0

        def flows_now_and_then():
            nonlocal next_ns
            if monotonic_ns() > next_ns:
                next_ns = monotonic_ns() + 150_000_000
                ether(venue, kit)
            return monotonic_ns() > until_ns

        await kit.until(flows_now_and_then)
    assert venue.pings_heard > 0
    assert venue.dials == 1


async def test_a_venue_that_asks_for_quiet_is_asked_nothing_until_then(
    venue, recorder, plan_for, running, kit
):
    venue.rest["/api/v5/public/instruments"] = (
        b"HTTP/1.1 429 Too Many\r\nRetry-After: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    )
    async with running(plan_for(venue.here), recorder):
        await kit.until(lambda: "down" in recorder.states(None))
        asked, down = len(venue.rest_heard), recorder.last(None)
        venue.rest["/api/v5/public/instruments"] = kit.okx_markets("BTC/USDT")
        await kit.until(recorder.is_live)
    assert asked == 1
    assert 0.9e9 < down.retry_ns - down.since_ns <= 1.1e9
    assert recorder.listings
    assert recorder.ticks[0].received_ns > down.retry_ns


async def test_a_conversion_is_followed_where_it_is_listed_and_passed_over_where_not(
    venue, recorder, plan_for, running, kit
):
    plan = plan_for(venue.here, conversions=("BTC/USDC", "USDT/EUR"), confirmed=("BTC/USDT",))
    async with running(plan, recorder):
        await kit.until(lambda: recorder.is_live() and recorder.is_live("BTC/USDC"))
    assert recorder.states("USDT/EUR") == []
    confirmed = {listing.instrument.symbol: listing.instrument.confirmed for listing in recorder.listings}
    assert confirmed == {"BTC/USDT": True, "BTC/USDC": False}


async def test_a_knock_that_is_called_off_before_it_began_leaves_nothing_behind() -> None:
    asked = []

    class Socket:
        async def ping(self) -> None:
            asked.append("ping")

    client = TappedClient.__new__(TappedClient)
    client.connection, client.work = Socket(), set()
    with catch_warnings(record=True) as said:
        simplefilter("always")
        for called_off in (True, False):
            async with asyncio.TaskGroup() as tasks:
                client.keeper = SimpleNamespace(start=tasks.create_task)
                client.knock()
                if called_off:
                    next(iter(client.work)).cancel()
            gc.collect()
    assert (asked, said) == (["ping"], [])

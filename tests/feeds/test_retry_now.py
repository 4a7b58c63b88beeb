"""Somebody wants a try now: what waits tries at once, but not where the venue asked to be left alone."""

import asyncio
from time import monotonic_ns

import pytest

from kairos_tui.feeds.ccxt_feed import HURRY_EVERY_NS
from kairos_tui.feeds.dial import TOLD
from kairos_tui.feeds.pauses import Pauses
from kairos_tui.market import FeedState

S = 1_000_000_000
REFUSED = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
BANNED = b"HTTP/1.1 429 Slower\r\nRetry-After: 60\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
LATER = b"HTTP/1.1 503 Busy\r\nRetry-After: 60\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
MARKETS = "/api/v5/public/instruments"


def waits(recorder, symbol, least_ns=S):
    """Whether the last word is that it is down, and tried again in so long at least."""
    told = [status for status in recorder.statuses if status.symbol == symbol]
    return bool(
        told and told[-1].state is FeedState.DOWN and (told[-1].retry_ns or 0) > monotonic_ns() + least_ns
    )


async def test_a_dial_that_waits_is_made_at_once(venue, recorder, plan_for, running, kit):
    async with running(plan_for(venue.here), recorder) as feed:
        await kit.until(recorder.is_live)
        venue.refuse_with = REFUSED
        venue.socket.rst()
        await kit.until(lambda: waits(recorder, "BTC/USDT"), 60.0)
        retry_ns = recorder.last("BTC/USDT").retry_ns
        down_ns = recorder.last("BTC/USDT").since_ns
        venue.refuse_with = None
        feed.retry_now()
        hurried = recorder.last("BTC/USDT")
        await kit.until(recorder.is_live)
    assert hurried.state is FeedState.DOWN
    assert hurried.since_ns == down_ns  # one outage, as old as before
    assert hurried.retry_ns < retry_ns
    assert recorder.last("BTC/USDT").since_ns < retry_ns


async def test_so_is_the_loading_of_markets(venue, recorder, plan_for, running, kit):
    venue.rest[MARKETS] = ["what"]
    async with running(plan_for(venue.here), recorder) as feed:
        await kit.until(lambda: waits(recorder, None), 60.0)
        retry_ns = recorder.last(None).retry_ns
        venue.rest[MARKETS] = kit.okx_markets("BTC/USDT")
        feed.retry_now()
        await kit.until(recorder.is_live)
    assert recorder.last("BTC/USDT").since_ns < retry_ns


@pytest.mark.parametrize("answer", [BANNED, LATER], ids=["banned", "told to come later"])
async def test_a_venue_that_asked_to_be_left_alone_is_and_says_so(
    answer, venue, recorder, plan_for, running, kit
):
    async with running(plan_for(venue.here), recorder) as feed:
        await kit.until(recorder.is_live)
        venue.refuse_with = answer
        venue.socket.rst()
        await kit.until(lambda: waits(recorder, "BTC/USDT", 30 * S))
        dials, retry_ns = venue.dials, recorder.last("BTC/USDT").retry_ns
        feed.retry_now()
        assert recorder.last("BTC/USDT").reason == TOLD
        assert abs(recorder.last("BTC/USDT").retry_ns - retry_ns) < S
        await asyncio.sleep(0.05)  # a dial on loopback takes a fiftieth of it
        assert venue.dials == dials


async def test_it_is_heard_once_in_two_seconds(venue, recorder, plan_for, running, kit):
    venue.rest[MARKETS] = ["what"]
    async with running(plan_for(venue.here), recorder) as feed:
        await kit.until(lambda: waits(recorder, None), 60.0)
        began_ns, asked = monotonic_ns(), len(venue.rest_heard)
        feed.retry_now()
        await kit.until(lambda: len(venue.rest_heard) > asked and waits(recorder, None, 0))
        retry_ns = recorder.last(None).retry_ns
        feed.retry_now()
        unheard = recorder.last(None).retry_ns == retry_ns
        assert unheard or monotonic_ns() - began_ns >= HURRY_EVERY_NS


async def test_what_is_not_down_is_left_as_it_is(venue, recorder, plan_for, running, kit):
    async with running(plan_for(venue.here), recorder) as feed:
        await kit.until(recorder.is_live)
        told, dials = len(recorder.statuses), venue.dials
        feed.retry_now()
        assert (len(recorder.statuses), venue.dials) == (told, dials)


async def test_who_waits_looks_again_and_waits_on_while_something_is_left():
    pauses, left = Pauses(), [60.0]
    async with asyncio.timeout(10):
        waiting = asyncio.get_running_loop().create_task(pauses.over(lambda: left[0]))
        await asyncio.sleep(0)
        pauses.look_again()
        for _ in range(5):
            await asyncio.sleep(0)
        assert not waiting.done()
        left[0] = 0.0
        pauses.look_again()
        await waiting

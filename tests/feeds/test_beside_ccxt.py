"""On one connection to each simulated exchange, ccxt and the dialect read one stream to the same books."""

from itertools import groupby

import pytest

from kairos_tui.feeds.dialects.dialect import Believed
from kairos_tui.feeds.dialects.table import dialect_of
from kairos_tui.feeds.feed_plan import FeedPlan
from kairos_tui.market import Proof, Symbol, Venue
from kairos_tui.sim import SimPlan
from kairos_tui.sim.exchanges import SimExchanges

DEPTH = 10
"""As far as Kraken's checksum, and so its dialect's belief, reaches."""

BOOKS = 40
IN_DOLLARS = {"kraken", "coinbase"}

STREAMED = ("bitget", "bybit", "coinbase", "gate", "kraken", "okx")
"""The others begin with REST: compared frame by frame in dialects/test_as_ccxt_reads_it."""


class Listening:
    """A dialect that reads each frame, says nothing of it and asks for nothing: it is left to ccxt."""

    def __init__(self, inner):
        self.inner, self.believed = inner, []
        self.open, self.forget = inner.open, inner.forget

    def requests(self, market, asked):
        self.inner.requests(market, asked)
        return (asked,)

    def cancels(self, market, asked):
        return ()

    def take(self, frame):
        outcomes = self.inner.take(frame) or ()
        self.believed += [outcome for outcome in outcomes if isinstance(outcome, Believed)]

    def snapshot_call(self, market):
        return None

    def take_snapshot(self, market_id, body):
        return ()


@pytest.mark.parametrize("venue", STREAMED)
async def test_what_ccxt_makes_ticks_of_is_what_the_dialect_believes(venue, recorder, running, kit):
    symbol = Symbol("BTC/USD" if venue in IN_DOLLARS else "BTC/USDT")
    listening: list[Listening] = []

    def listen(ccxt_class):
        listening.append(Listening(dialect_of(ccxt_class)))
        return listening[-1]

    async with SimExchanges(SimPlan(venues=(venue,))) as sim:
        origin = sim.origins[venue]
        plan = FeedPlan(Venue(venue), (symbol,), venue, origin.rest, origin.ws, depth=DEPTH)
        async with running(plan, recorder, listen):
            await kit.until(lambda: len(recorder.ticks) >= BOOKS)
    (dialect,) = listening
    ours = [book for book, _ in groupby((book.bids, book.asks) for book in dialect.believed)]
    theirs = [(tick.bids, tick.asks) for tick in recorder.ticks]
    assert theirs == ours[: len(theirs)]
    assert {tick.proof for tick in recorder.ticks} == {Proof.UNPROVEN}
    assert Proof.UNPROVEN not in {book.proof for book in dialect.believed}

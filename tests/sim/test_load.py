"""The promise: a price tells which update it was; depth and best agree; who leaves is no longer spoken to."""

import asyncio
import json
import time
from collections.abc import Callable

import aiohttp
import pytest

from kairos_tui.feeds.dialects.binance import Binance
from kairos_tui.feeds.dialects.dialect import Believed, Market
from kairos_tui.market import Symbol
from kairos_tui.sim.load import LoadPlan, LoadVenue, number_in

PLAN = LoadPlan(markets=2, swing_every=3)


def venue() -> LoadVenue:
    return LoadVenue(PLAN, lambda: time.time_ns() // 1_000_000)


@pytest.mark.parametrize("number", [1, 2, 999_999, 7_999_999])
@pytest.mark.parametrize("up", [False, True])
def test_a_price_tells_which_update_it_was(number: int, up: bool) -> None:
    market = venue().markets["C0USDT"]

    best = json.loads(market.move(number, up=up))

    assert number_in(float(best["b"])) == number
    assert (float(best["b"]) > 60_050.0) is up
    assert float(best["a"]) > float(best["b"])


def test_a_dialect_proves_its_books() -> None:
    """Snapshot, depth and best bid/ask are one book to a decoder that was not written for it."""
    told, dialect = venue(), Binance()
    market = told.markets["C0USDT"]
    dialect.open(Market(Symbol("C0/USDT"), "C0USDT"), 20)
    market.move(1, up=False)
    dialect.take(market.depth(1) or b"")
    dialect.take_snapshot("C0USDT", market.snapshot())
    for number in range(2, 40):
        best = dialect.take(market.move(number, up=number // 3 % 2 == 1).decode())
        assert best is not None
        assert isinstance(best[0], Believed), best
        assert number_in(best[0].bids[0][0]) == number
        if number % 5 == 0:
            depth = dialect.take(market.depth(1) or b"")
            assert depth is not None
            assert isinstance(depth[0], Believed), depth
            assert (depth[0].bids[0], len(depth[0].bids)) == (best[0].bids[0], 20)
    assert market.depth(1) is not None
    assert market.depth(1) is None, "nothing moved since"


async def test_it_speaks_to_those_who_follow_and_to_nobody_who_left() -> None:
    async with venue() as told, aiohttp.ClientSession() as session:
        market = told.markets["C1USDT"]
        assert told.say_best(market, market.move(1, up=False)) == 0
        async with session.ws_connect(told.origin.ws + "/ws") as socket:
            await socket.send_json({"method": "SUBSCRIBE", "params": ["c1usdt@bookTicker"], "id": 7})
            assert await socket.receive_json(timeout=5) == {"result": None, "id": 7}
            assert told.say_best(market, market.move(2, up=True)) == 1
            assert number_in(float((await socket.receive_json(timeout=5))["b"])) == 2
        await until(lambda: told.say_best(market, market.move(3, up=False)) == 0)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110  the other end is aiohttp's
            await asyncio.sleep(0.01)

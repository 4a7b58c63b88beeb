"""bench_watch: ccxt.pro as it comes, and the loop that everybody writes first with it. To measure against.

Before it: ccxt.pro, not one line of it changed. After it: bench_lanes, and runtime's bench_e2e_naive.
"""

from collections.abc import Awaitable, Callable
from typing import Any

import ccxt.pro

from kairos_tui.feeds.origins import Origins

CCXT_CLASS = "binance"

_SETTINGS = {"enableRateLimit": False, "options": {"fetchMarkets": {"types": ["spot"]}}}
"""REST is asked before anything is measured, and the exchange on loopback has no limit to keep."""

Told = Callable[[dict[str, Any]], Awaitable[None]]


def open_alone(origins: Origins) -> Any:  # noqa: ANN401  ccxt is untyped
    """Its own class with its own client, on loopback; the caller closes it."""
    exchange: Any = getattr(ccxt.pro, CCXT_CLASS)(_SETTINGS)
    exchange.urls["api"] = origins.move_all(exchange.urls["api"])
    exchange.has["fetchCurrencies"] = False
    return exchange


async def watch_forever(symbols: list[str], origins: Origins, told: Told) -> None:
    """Until cancelled: every ticker that `await watch_bids_asks(symbols)` gets to see, as ccxt parsed it."""
    exchange = open_alone(origins)
    try:
        await exchange.load_markets()
        while True:
            for ticker in (await exchange.watch_bids_asks(symbols)).values():
                await told(ticker)
    finally:
        await exchange.close()

"""bench_watch: the loop that everybody writes first, `await exchange.watch_*(...)`. To measure against.

Before it: ccxt.pro as it comes. After it: runtime's bench_e2e_naive. Used by benches alone.
"""

from collections.abc import Awaitable, Callable
from typing import Any

import ccxt.pro

from kairos_tui.feeds.origins import Origins

Told = Callable[[dict[str, Any]], Awaitable[None]]


async def watch_forever(ccxt_class: str, symbols: list[str], origins: Origins, told: Told) -> None:
    """Until cancelled: every ticker that the loop gets to see, as ccxt parsed it."""
    exchange = getattr(ccxt.pro, ccxt_class)({"options": {"fetchMarkets": {"types": ["spot"]}}})
    exchange.has["fetchCurrencies"] = False
    exchange.urls["api"] = origins.move_all(exchange.urls["api"])
    try:
        await exchange.load_markets()
        while True:
            for ticker in (await exchange.watch_bids_asks(symbols)).values():
                await told(ticker)
    finally:
        await exchange.close()

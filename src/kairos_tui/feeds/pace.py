"""Pace: how fast subscriptions leave for a venue. In place of ccxt's throttle, which follows REST limits."""

import asyncio

PER_S = 5.0
"""Binance spot hangs up above five messages a second; no venue we know allows fewer."""

BURST = 5


class Pace:
    """The first five go at once, the others 200 ms apart."""

    def __init__(self) -> None:
        self._free_at_s = 0.0

    async def __call__(self, cost: float | None = None) -> None:
        now_s = asyncio.get_running_loop().time()
        self._free_at_s = max(self._free_at_s + 1.0 / PER_S, now_s - (BURST - 1) / PER_S)
        if self._free_at_s > now_s:
            await asyncio.sleep(self._free_at_s - now_s)

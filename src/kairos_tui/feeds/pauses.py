"""Pauses: what waits before it tries again, and looks anew when somebody wants it to try at once.

Before it: whoever asks for a try now. After it: dials, watches, the loading of markets. It decides nothing:
each that waits says how long it still has to.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any


class Pauses:
    """One feed's; for its loop alone."""

    def __init__(self) -> None:
        self._wake = asyncio.Event()

    async def over(self, left_s: Callable[[], float]) -> None:
        """Until `left_s`, seconds, says that nothing is left."""
        while (waits_s := left_s()) > 0.0:
            wake = self._wake
            try:
                async with asyncio.timeout(waits_s):
                    await wake.wait()
            except TimeoutError:
                continue

    async def then(
        self,
        left_s: Callable[[str], float],
        url: str,
        dial: Callable[[Any], Awaitable[None]],
        session: Any,  # noqa: ANN401  aiohttp's, or a proxy's
    ) -> None:
        """Dial that URL once nothing is left for it."""
        await self.over(lambda: left_s(url))
        await dial(session)

    def look_again(self) -> None:
        """All that wait ask anew how long."""
        self._wake.set()
        self._wake = asyncio.Event()

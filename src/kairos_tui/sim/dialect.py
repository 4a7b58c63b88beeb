"""Dialect: what one venue's protocol is made of, as the server and the virtual venue use it.

Before it: hub. After it: binance, bybit, okx, kraken, coinbase and the others; rest, server, virtual.
"""

from collections.abc import Callable, Mapping
from typing import Protocol

from kairos_tui.sim.hub import Hub
from kairos_tui.sim.sessions import Session

Answer = tuple[int, object]
"""HTTP status and JSON body."""

Routes = Mapping[str, Callable[[Mapping[str, str]], Answer]]
"""path -> what answers its query."""


class Dialect(Protocol):
    """One venue's protocol: what it answers and what it publishes."""

    hub: Hub
    routes: Routes
    not_found: Answer
    ping_every_s: float | None

    def takes(self, path: str) -> bool: ...
    def on_open(self, session: Session) -> None: ...
    def on_text(self, session: Session, text: str) -> None: ...

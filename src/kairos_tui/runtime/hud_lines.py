"""HudLines: signals and routes as lines of the contract, for what a viewer copies and exports.

Before it: run_hud. After it: sinks' line makers, loaded with the first line: no frame waits for them. They
are a stream of their own: `seq` counts them from 1.
"""

import time
from collections.abc import Callable

from kairos_tui.market import Board, FeedKind, RouteView, Signal, Symbol


class HudLines:
    """For one thread. The instants of signals are this machine's monotonic clock."""

    def __init__(
        self,
        run: str,
        mono_ns: Callable[[], int] = time.monotonic_ns,
        wall_us: Callable[[], int] = lambda: time.time_ns() // 1_000,
    ) -> None:
        self._run = run
        self._mono_ns, self._wall_us = mono_ns, wall_us
        self._seq = 0

    def signal_line(self, signal: Signal, feed: FeedKind) -> str | None:
        """Stamped with when it was published. None when a figure is not finite: such a line is never told."""
        from kairos_tui.sinks import Stamp, encode, is_finite, signal_line

        told_ns = signal.trace.published_ns or signal.at_ns
        ts_us = self._wall_us() - (self._mono_ns() - told_ns) // 1000
        line = signal_line(Stamp(self._run, self._seq + 1, ts_us, feed, told_ns), signal)
        if not is_finite(line):
            return None
        self._seq += 1
        return encode(line)[:-1].decode("ascii")

    def route_line(self, board: Board, symbol: Symbol, route: RouteView) -> str | None:
        """Stamped with the board's time."""
        from kairos_tui.sinks import encode, is_finite, route_line

        line = route_line(self._seq + 1, board, symbol, route)
        if not is_finite(line):
            return None
        self._seq += 1
        return encode(line)[:-1].decode("ascii")

"""EngineCosts: how long the engine's turns take, and where ticks' time went; read four times a second.

Before it: the engine's role, which has the clock, and the engine's stages. After it: boards, and the beat.
"""

from kairos_tui.engine import LatencyFigures, Stages
from kairos_tui.market import LatencyWindow, Marks, StageView

_READ_EVERY_NS = 250_000_000
"""A quarter of a millisecond of work: not at thirty boards a second, for ticks wait meanwhile."""


class EngineCosts:
    """`lag_us` is the p99 of a turn: as long may a tick lie in the socket before anybody looks."""

    def __init__(self, stages: Stages) -> None:
        self.latency = LatencyFigures()
        self.views: tuple[StageView, ...] = ()
        self.lag_us: int | None = None
        self._stages = stages
        self._turns, self._window = Marks(), LatencyWindow()
        self._woke_ns = 0
        self._next_read_ns = 0

    def on_wake(self, now_ns: int) -> None:
        """The socket was heard: a turn begins."""
        self._woke_ns = now_ns

    def on_rest(self, now_ns: int) -> None:
        """A turn has ended; the socket is heard again."""
        if self._woke_ns:
            self._turns.leave((now_ns - self._woke_ns, now_ns))
        if now_ns >= self._next_read_ns:
            self._next_read_ns = now_ns + _READ_EVERY_NS
            self.latency, self.views = self._stages.latency(now_ns), self._stages.views(now_ns)
            self.lag_us = self._p99_us(now_ns)

    def _p99_us(self, now_ns: int) -> int | None:
        marks, step = self._turns.take()
        for took_ns, ended_ns in marks:
            self._window.record(took_ns, ended_ns, step)
        (p99_ns,) = self._window.percentiles((0.99,), now_ns)
        return None if p99_ns is None else p99_ns // 1000

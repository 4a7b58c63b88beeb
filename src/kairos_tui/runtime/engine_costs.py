"""EngineCosts: how long the engine's turns take, and where ticks' time went; read bit by bit.

Before it: the engine's role, which has the clock, and the engine's stages. After it: boards, and the beat.
"""

from itertools import cycle

from kairos_tui.engine import STAGES_COUNTED, LatencyFigures, Stages
from kairos_tui.market import LatencyWindow, Marks, StageView

_BIT_EVERY_NS = 20_000_000
_LATENCY, _LAG = "latency", "lag"
_BITS = (_LATENCY, _LAG, *STAGES_COUNTED)
"""Each four times a second. All at once took 2 ms, in which ticks waited: one in a hundred, the p99."""


class EngineCosts:
    """`lag_us` is the p99 of a turn: as long may a tick lie in the socket before anybody looks.

    `with_cells` where other engines' stages will be added to these.
    """

    def __init__(self, stages: Stages, *, with_cells: bool = False) -> None:
        self._with_cells = with_cells
        self.latency = LatencyFigures()
        self.lag_us: int | None = None
        self._views = {name: StageView(name) for name in STAGES_COUNTED}
        self._stages = stages
        self._turns, self._window = Marks(), LatencyWindow()
        self._woke_ns = 0
        self._bits, self._next_bit_ns = cycle(_BITS), 0

    @property
    def views(self) -> tuple[StageView, ...]:
        """In the order in which a tick passes them."""
        return tuple(self._views.values())

    def on_wake(self, now_ns: int) -> None:
        """The socket was heard: a turn begins."""
        self._woke_ns = now_ns

    def on_rest(self, now_ns: int) -> None:
        """A turn has ended; the socket is heard again."""
        if self._woke_ns:
            self._turns.leave((now_ns - self._woke_ns, now_ns))
        if now_ns >= self._next_bit_ns:
            self._next_bit_ns = now_ns + _BIT_EVERY_NS
            self._read(next(self._bits), now_ns)

    def _read(self, bit: str, now_ns: int) -> None:
        self._stages.count()
        marks, step = self._turns.take()
        for took_ns, ended_ns in marks:
            self._window.record(took_ns, ended_ns, step)
        if bit is _LATENCY:
            self.latency = self._stages.latency(now_ns)
        elif bit is _LAG:
            (p99_ns,) = self._window.percentiles((0.99,), now_ns)
            self.lag_us = None if p99_ns is None else p99_ns // 1000
        else:
            self._views[bit] = self._stages.view(bit, now_ns, with_cells=self._with_cells)

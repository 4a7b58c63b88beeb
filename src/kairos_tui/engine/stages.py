"""Stages: where the time of recent ticks went, stage by stage, counted as decisions use them.

Before it: slots, which have the stamps; the engine's role, which has the clock. After it: boards, the HUD.
"""

from collections.abc import Iterable

from msgspec import Struct

from kairos_tui.engine.slot import Slot
from kairos_tui.market import LatencyTrace, LatencyWindow, Marks, StageView

_PER_TICK = ("decode", "outbox", "hop", "slot", "decision")
NAMES = (*_PER_TICK[:-1], "gates", "detect", "publish", "decision", "signal")
"""In the order in which a tick passes them; the two sums come last."""


class LatencyFigures(Struct, frozen=True, array_like=True, gc=False):
    """Percentiles in us over the last seconds; None when nothing was decided in them."""

    p50_us: int | None = None
    p99_us: int | None = None
    engine_p99_us: int | None = None


class Stages:
    """Windows of the last seconds. Of ticks that a decision used, of decisions, and of signals.

    A tick only leaves its stamps behind, 0.24 us; recorded in two histograms at once it took 1.44.
    """

    def __init__(self) -> None:
        self._windows = {name: LatencyWindow() for name in NAMES}
        self._ticks, self._decisions = Marks(), Marks()

    def on_ticks(self, slots: Iterable[Slot], now_ns: int) -> None:
        """The ticks of these slots are being decided on."""
        leave = self._ticks.leave
        for slot in slots:
            if slot.tick is not None:
                leave((slot.received_ns, slot.tick.decoded_ns, slot.sent_ns, slot.arrived_ns, now_ns))

    def on_decision(self, gates_ns: int, detect_ns: int, now_ns: int) -> None:
        """A decision on ticks was made, and how long both parts of it took."""
        self._decisions.leave((gates_ns, detect_ns, now_ns))

    def on_signal(self, trace: LatencyTrace) -> None:
        """A signal was published; one that no tick caused came from nowhere and counts in nothing."""
        if trace.received_ns == trace.decided_ns:
            return
        now_ns = trace.published_ns
        self._windows["publish"].record(now_ns - trace.detected_ns, now_ns)
        self._windows["signal"].record(now_ns - trace.received_ns, now_ns)

    def latency(self, now_ns: int) -> LatencyFigures:
        """Socket read to decision (p50, p99) and arrival to decision (p99), of recently used ticks."""
        self.count()
        figures_ns = self._windows["decision"].percentiles((0.5, 0.99), now_ns)
        figures_ns += self._windows["slot"].percentiles((0.99,), now_ns)
        return LatencyFigures(*[None if each is None else each // 1000 for each in figures_ns])

    def view(self, name: str, now_ns: int, *, with_cells: bool = False) -> StageView:
        """One of NAMES, of what has been counted."""
        return self._windows[name].view(name, now_ns, with_cells=with_cells)

    def count(self) -> None:
        """What was left behind since the last time, evenly sampled where that is much: a tenth of a ms."""
        marks, step = self._ticks.take()
        for received_ns, decoded_ns, sent_ns, arrived_ns, now_ns in marks:
            spans_ns = (
                decoded_ns - received_ns,
                sent_ns - decoded_ns,
                arrived_ns - sent_ns,
                now_ns - arrived_ns,
                now_ns - received_ns,
            )
            for name, span_ns in zip(_PER_TICK, spans_ns, strict=True):
                self._windows[name].record(span_ns, now_ns, step)
        marks, step = self._decisions.take()
        for gates_ns, detect_ns, now_ns in marks:
            self._windows["gates"].record(gates_ns, now_ns, step)
            self._windows["detect"].record(detect_ns, now_ns, step)

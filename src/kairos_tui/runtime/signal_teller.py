"""SignalTeller: signals as they leave an engine, stamped; none later than it may speak.

Before it: engine_desk, decision by decision. After it: what publishes. The clock is given; it is read for
stamps, and to see that a process which slept between a decision and its word says nothing.
"""

from collections.abc import Callable, Iterable
from typing import Final, Protocol

from msgspec.structs import replace

from kairos_tui.engine import Stages
from kairos_tui.market import Signal
from kairos_tui.wire import Body

NEVER_NS: Final = 1 << 62


class Publish(Protocol):
    """Where the desk's words go; `at_ns` is when."""

    def __call__(self, body: Body, at_ns: int) -> None: ...


class SignalTeller:
    """`told` so far. Later than `until_ns` what is found is kept: one decision's, as none follows it."""

    def __init__(self, publish: Publish, clock_ns: Callable[[], int], stages: Stages) -> None:
        self.told = 0
        self.until_ns = NEVER_NS
        self._publish = publish
        self._clock_ns = clock_ns
        self._stages = stages
        self._kept: list[Signal] = []

    def tell(self, signals: Iterable[Signal], *, gated_ns: int = 0) -> None:
        """One after the other: what comes later in a decision is published later."""
        detected_ns = self._clock_ns()
        for signal in signals:
            now_ns = self._clock_ns()
            if now_ns > self.until_ns:
                self._kept.append(signal)
                continue
            trace = replace(signal.trace, gated_ns=gated_ns, detected_ns=detected_ns, published_ns=now_ns)
            self._stages.on_signal(trace)
            self.told += 1
            self._publish(replace(signal, trace=trace), now_ns)

    def release(self) -> list[Signal]:
        """What was kept and may be said after all: nobody else has spoken in between."""
        kept, self._kept = self._kept, []
        return kept

    def renounce(self, closes: Iterable[Signal]) -> list[Signal]:
        """Others may have spoken: of what was kept, and of these, only the ends of what was heard to open."""
        kept = self.release()
        unheard = {signal.id for signal in kept if signal.event == "open"}
        return [each for each in (*kept, *closes) if each.event == "close" and each.id not in unheard]

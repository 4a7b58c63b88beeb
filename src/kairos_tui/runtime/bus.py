"""bus: where narrator reads from. The engines of this machine, or what sources finds elsewhere.

Before it: launcher, tap_bus. After it: narrator's thread.
"""

from collections.abc import Callable, Sequence
from typing import Protocol

from kairos_tui.market import Symbol
from kairos_tui.wire import Missed, Published, SignalReader, Topic


class Bus(Protocol):
    """As a source; while it `holds_boards`, only the newest are kept, and they unopened."""

    holds_boards: bool

    def drain(self, timeout_ms: int, most: int = 1_000) -> list[Published | Missed]: ...
    def held_boards(self) -> list[Published]: ...
    def close(self) -> None: ...


OpenBus = Callable[[Sequence[Topic]], Bus]
"""Called in the thread that then reads."""


def bus_of(addresses: Sequence[str], order: Sequence[Symbol]) -> OpenBus:
    """The engines of this machine at these addresses."""
    return lambda topics: SignalReader(addresses, topics=topics, order=order)

"""Sources: where published messages are read from: this machine's bus, engines elsewhere, or a Redis.

Before it: wire's SignalReader, remote_bus, redis_source. After it: run_hud, run_mirror, follow, tap_bus.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from kairos_tui.errors import KairosError
from kairos_tui.market import NO_KEYS, KeyRing, Symbol
from kairos_tui.runtime.engine_addresses import ENGINES
from kairos_tui.wire import Missed, Published, SignalReader, Topic

if TYPE_CHECKING:
    from kairos_tui.runtime.remote_bus import RemoteBus


class Source(Protocol):
    """`drain` waits up to `timeout_ms` for something and takes what is there; a hole comes as Missed.

    `trouble` says why nothing comes, when that is known here, `fatal` why nothing ever will.
    Not for use from two threads.
    """

    @property
    def refused(self) -> int: ...
    @property
    def trouble(self) -> str | None: ...
    @property
    def fatal(self) -> KairosError | None: ...
    def drain(self, timeout_ms: int, most: int = 1_000) -> list[Published | Missed]: ...
    def close(self) -> None: ...


def open_source(
    addresses: Sequence[str],
    topics: Sequence[Topic],
    order: Sequence[Symbol] = (),
    ring: KeyRing = NO_KEYS,
) -> Source:
    """`ipc://…` are this machine's engines, `tcp://…` one elsewhere, `fleet+redis://…` those of a fleet.

    All else is a Redis that a sink fills. Raises SettingsInvalid, ExtraMissing.
    """
    address = addresses[0]
    if address.startswith("ipc:"):
        return SignalReader(addresses, topics=topics, order=order)
    if address.startswith(ENGINES):
        return open_bus(address, topics, order=order, ring=ring)
    from kairos_tui.runtime.redis_source import open_redis  # the sinks: nobody on this machine's bus waits

    return open_redis(address, topics)


def open_bus(
    address: str, topics: Sequence[Topic], *, order: Sequence[Symbol] = (), ring: KeyRing = NO_KEYS
) -> "RemoteBus":
    """Engines elsewhere. Raises SettingsInvalid, ExtraMissing."""
    from kairos_tui.runtime.remote_bus import open_engines

    return open_engines(address, topics, order, ring)


def shown(address: str) -> tuple[str, str]:
    """An address for people, without its secrets; and what may be wrong where nothing comes from it."""
    if address.startswith(ENGINES):
        from kairos_tui.runtime.remote_bus import shown_engines

        return shown_engines(address), "no live board, is `kairos engine` running there"
    from kairos_tui.runtime.redis_source import shown_redis

    return shown_redis(address)

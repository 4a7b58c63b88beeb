"""engine_places: where an engine listens, what others call that, and where its own sinks hear it.

Before it: what was typed after --bind and --advertise. After it: engine_station.
"""

from pathlib import Path
from typing import Final

from msgspec import Struct

from kairos_tui.errors import SettingsInvalid
from kairos_tui.market import KeyRing
from kairos_tui.runtime.names_here import machine_host
from kairos_tui.wire import Endpoints
from kairos_tui.wire.address import TcpAddress, read_tcp
from kairos_tui.wire.curve import public_key

_EVERYWHERE: Final = {"*": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  names, not a bind
_MOST_PORT: Final = 65_533


class EnginePlaces(Struct, frozen=True):
    """`bound` is to bind; others connect to `advertised`, what is here to `near`: the `key` is in both."""

    bound: Endpoints
    advertised: Endpoints
    near: Endpoints
    key: str
    shown: str


def engine_places(bind: str, advertise: str, ring: KeyRing) -> EnginePlaces:
    """`bind` is HOST:PORT. Raises SettingsInvalid."""
    try:
        at = read_tcp(f"tcp://{bind}")
    except SettingsInvalid as error:
        raise SettingsInvalid(f"--bind: {bind[:80]!r} is not HOST:PORT, like 0.0.0.0:5701") from error
    if not 1 <= at.port <= _MOST_PORT:
        raise SettingsInvalid(f"--bind: {at.port}: three ports in a row are needed, from 1 to {_MOST_PORT}")
    key = public_key(Path(ring.own))
    elsewhere = advertise or (machine_host() if at.host in _EVERYWHERE else at.host)
    near = _EVERYWHERE.get(at.host, at.host)
    return EnginePlaces(
        bound=Endpoints.at_port(str(TcpAddress(at.host, at.port))),
        advertised=Endpoints.at_port(str(_called(elsewhere, at.port, key))),
        near=Endpoints.at_port(str(TcpAddress(near, at.port, key))),
        key=key,
        shown=f"{bind} and the two ports after it",
    )


def _called(host: str, port: int, key: str) -> TcpAddress:
    try:
        return read_tcp(str(TcpAddress(host, port, key)))
    except SettingsInvalid as error:
        raise SettingsInvalid(f"--advertise: {host[:80]!r} is no host's name or address") from error

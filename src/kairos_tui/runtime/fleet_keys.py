"""fleet_keys: where a role's keys lie, and the whole address of an engine that somebody typed as HOST:PORT.

Before it: settings, what was typed. After it: stations, follow, tap.
"""

import os
from pathlib import Path
from typing import Final

from kairos_tui.errors import SettingsInvalid
from kairos_tui.market import NO_KEYS, KeyRing
from kairos_tui.runtime.engine_addresses import FLEET
from kairos_tui.settings import Settings, config_paths
from kairos_tui.wire.address import TcpAddress, read_tcp
from kairos_tui.wire.curve import check_ring, public_key

ENGINE_KEY: Final = "engine"
ROLES: Final = (ENGINE_KEY, "ingest", "hud", "mirror", "tap")
"""Whose keys `kairos curve new` makes."""


def key_folder(chosen: str) -> Path:
    """The folder of the key files: the chosen one, else `curve` beside the user's config.toml."""
    return Path(chosen) if chosen else config_paths(os.environ, Path())[0].with_name("curve")


def ring_of(settings: Settings, role: str, *, binds: bool = False) -> KeyRing:
    """The keys of a role. Raises SettingsInvalid where they are missing, or others can read them."""
    folder = key_folder(settings.curve)
    ring = KeyRing(own=str(folder / f"{role}.key"), allowed=str(folder))
    check_ring(ring, binds=binds)
    return ring


def engine_at(text: str, settings: Settings, *, flag: str) -> TcpAddress:
    """`HOST:PORT` or `tcp://HOST:PORT[#KEY]` as where an engine's ticks go, with its public key.

    Without a key in it, it is that of `engine.pub`. Raises SettingsInvalid.
    """
    try:
        at = read_tcp(text if text.startswith("tcp://") else f"tcp://{text}")
    except SettingsInvalid as error:
        raise SettingsInvalid(f"{flag}: {text[:80]!r} is not HOST:PORT, like 10.0.0.5:5701") from error
    if not at.port:
        raise SettingsInvalid(f"{flag}: {text[:80]!r} needs the port that the engine was given by --bind")
    return at if at.key else TcpAddress(at.host, at.port, engine_key(settings))


def engine_key(settings: Settings) -> str:
    """The public key of the fleet's engines. Raises SettingsInvalid."""
    return public_key(key_folder(settings.curve) / f"{ENGINE_KEY}.pub")


def source_of(address: str | None, settings: Settings, role: str) -> tuple[str, KeyRing]:
    """What sources read from: `--from` as it was typed, else the fleet; and the keys for it.

    Raises SettingsInvalid.
    """
    if address is None and not settings.fleet:
        raise SettingsInvalid("whose Kairos? give --from tcp://HOST:PORT, --from redis://HOST or --fleet URL")
    if address is None:
        return f"{FLEET}{settings.fleet}", ring_of(settings, role)
    if not address.startswith("tcp:"):
        return address, NO_KEYS
    return str(engine_at(address, settings, flag="--from")), ring_of(settings, role)

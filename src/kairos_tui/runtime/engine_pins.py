"""engine_pins: whose key an engine of a fleet may have. The roster says where engines are, not whom to trust.

Before it: the folder of keys. After it: engine_links and remote_bus, which speak to no other.
"""

from pathlib import Path
from typing import Final

from kairos_tui.market import KeyRing
from kairos_tui.wire.address import is_connectable, read_tcp
from kairos_tui.wire.curve import allowed_keys

_LAST: Final = 65_533
"""The port of its ticks; two follow."""
_ENGINE: Final = "engine"
"""What the name of an engine's key begins with: `engine.pub`, or `engine-lon.pub` where each has its own."""


def known_engines(ring: KeyRing) -> frozenset[str]:
    """The public keys of the engines whose `.pub` lies in our folder."""
    named = allowed_keys(Path(ring.allowed))
    return frozenset(key for key, name in named.items() if name.startswith(_ENGINE))


def is_known_engine(ticks: str, known: frozenset[str]) -> bool:
    """Whether the first of an engine's addresses is whole, and has the key of one of them.

    What a Redis holds may be anything.
    """
    return is_connectable(ticks) and read_tcp(ticks).port <= _LAST and read_tcp(ticks).key in known


def unknown_engine(name: str) -> str:
    """What is said of one that is not, for people."""
    return (
        f"engine {name} has a key that is not here: its .pub belongs into the folder of keys, as engine-….pub"
    )

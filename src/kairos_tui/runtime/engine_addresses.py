"""engine_addresses: how an address begins behind which engines are, and no Redis of a sink."""

from typing import Final

FLEET: Final = "fleet+"
"""Before the address of a Redis in which a fleet has its roster."""
ENGINES: Final = ("tcp:", FLEET)

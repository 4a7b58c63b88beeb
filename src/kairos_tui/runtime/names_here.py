"""names_here: what this machine and this process are called in a fleet, where nobody has said it."""

import os
import re
import socket
from typing import Final

_MOST: Final = 40
_OTHERS: Final = re.compile(r"[^A-Za-z0-9_.-]")


def machine_name() -> str:
    """The machine's name, as far as it can stand in keys of a Redis: `lon-1`."""
    return _OTHERS.sub("-", socket.gethostname().partition(".")[0]).strip("-_.")[:_MOST] or "kairos"


def machine_host() -> str:
    """What other machines most likely call this one."""
    return socket.getfqdn() or "localhost"


def name_here(role: str) -> str:
    """A name that no other process has: `lon-1-hud-4711`."""
    tail = f"-{role}-{os.getpid()}"
    return machine_name()[: _MOST - len(tail)] + tail

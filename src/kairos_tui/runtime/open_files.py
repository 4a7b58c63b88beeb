"""open_files: how many files and sockets a run may want open in one process, and room for them.

Before it: settings. After it: start_watch, before anything is started: later it would fail by halves.
"""

import resource
from collections.abc import Sequence
from typing import Final

from kairos_tui.market import Symbol
from kairos_tui.settings import Settings

_ROOM: Final = 1_024
_BROWSERS: Final = 320
"""As many viewers and listeners as the mirror lets in."""


def files_wanted(settings: Settings, symbols: Sequence[Symbol], *, sim: bool) -> int:
    """Of the process that takes the most: pipes of the launcher, connections of a worker, browsers."""
    roles = len(settings.venues) + settings.engines + len(settings.sinks) + 2 + sim
    launcher = 30 + 5 * roles
    worker = 48 + 2 * len(symbols)
    mirror = 40 + _BROWSERS if settings.mirror or settings.metrics else 0
    return max(launcher, worker, mirror)


def make_room(wanted: int) -> str | None:
    """Raise this process's limit, which those it starts inherit; one line where that is not enough."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if _is_enough(soft, wanted):
        return None
    raised = max(wanted, _ROOM) if hard == resource.RLIM_INFINITY else min(max(wanted, _ROOM), hard)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (raised, hard))
    except (OSError, ValueError):
        raised = soft
    if _is_enough(raised, wanted):
        return None
    return (
        f"only {raised} files may be open at once and this may want {wanted}: connections or processes will "
        f"fail; raise it with ulimit -n {max(wanted, _ROOM)}, or watch fewer venues and symbols"
    )


def _is_enough(limit: int, wanted: int) -> bool:
    return limit == resource.RLIM_INFINITY or limit >= wanted

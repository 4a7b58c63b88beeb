"""mirror: the board in browsers. Socket.IO and its page, events for curl, metrics. Read-only.

seam says what runtime gives: a Source of boards and lines, Words, Themes. intake (a thread) -> served ->
scene (trail, picture), ring; audience -> viewers through socket_io and frames; events from the ring. guard
and routes stand before every path, listening finds the port, server runs it all; page/ is what browsers load.
"""

from kairos_tui.mirror.guard import is_loopback, new_token
from kairos_tui.mirror.listening import Place, split_host_port
from kairos_tui.mirror.seam import Line, MirrorPlan, NewThemes, Source, Themes, Words
from kairos_tui.mirror.server import serve

__all__ = [
    "Line",
    "MirrorPlan",
    "NewThemes",
    "Place",
    "Source",
    "Themes",
    "Words",
    "is_loopback",
    "new_token",
    "serve",
    "split_host_port",
]

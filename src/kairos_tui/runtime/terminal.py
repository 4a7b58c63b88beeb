"""TerminalGuard: what the terminal was like before the HUD, and how to get it back whatever the HUD did.

The launcher holds it; the HUD may be killed at any instant (reliability S6, E28).
"""

import os
import sys
import termios
from typing import Any

from kairos_tui.runtime.fresh_process import screen_fd

_LEAVE = (
    "\x1b[?2026l"  # synchronized output
    "\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?1015l\x1b[?1016l"  # mouse reports
    "\x1b[?1004l\x1b[?2004l\x1b[?2048l"  # focus, paste and resize reports
    "\x1b[<u"  # the Kitty keyboard protocol
    "\x1b[23;2t"  # the window's own title
    "\x1b[?1049l\x1b[?7h\x1b[?25h\x1b[0m"  # alternate screen; wrap and cursor on; plain ink
)


class TerminalGuard:
    """Remembers the terminal's modes on creation. `restore` may be called any number of times."""

    def __init__(self) -> None:
        self._fd = screen_fd()
        self._modes = _modes(sys.__stdin__.fileno()) if sys.__stdin__ else None

    def restore(self, *, hud_left_in_order: bool) -> None:
        """Put the modes back; unless the HUD already left the alternate screen itself, leave it too."""
        if not hud_left_in_order:
            _write(self._fd, _LEAVE.encode())
        if self._modes is not None and sys.__stdin__:
            try:
                termios.tcsetattr(sys.__stdin__.fileno(), termios.TCSANOW, self._modes)
            except termios.error:
                return  # the terminal itself is gone


def _modes(fd: int) -> list[Any] | None:
    try:
        return termios.tcgetattr(fd)
    except termios.error:
        return None


def _write(fd: int, body: bytes) -> None:
    try:
        os.write(fd, body)
    except OSError:
        return  # the terminal itself is gone

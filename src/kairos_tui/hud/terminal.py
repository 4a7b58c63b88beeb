"""Terminal: the tty the HUD stands on, and the watch over it from a thread.

Before it: run. A blocked loop cannot notice a lost terminal, so a thread does, and has the last word.
"""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Final

from kairos_tui.errors import TerminalUnfit

_LOOK_EVERY_S: Final = 0.25
_LAST_WORD_AFTER_S: Final = 1.5
HUNG_UP: Final = 129
TERMINATED: Final = 143


def attach_terminal() -> None:
    """Make stdin a readable terminal: some starters leave none. TerminalUnfit where there is none at all."""
    if not os.isatty(2):
        raise TerminalUnfit("there is no terminal to draw on")
    if not os.isatty(0):
        try:
            keys = os.open("/dev/tty", os.O_RDONLY)
        except OSError as error:
            raise TerminalUnfit("no terminal to read keys from") from error
        os.dup2(keys, 0)
        if keys != 0:
            os.close(keys)
    if sys.__stdin__ is None or sys.__stdin__.closed or sys.__stdin__.fileno() != 0:
        sys.__stdin__ = os.fdopen(0, closefd=False)  # type: ignore[misc]  # Textual reads keys from it


def stop_everybody(suspended: AbstractContextManager[None]) -> None:
    """Give the terminal to the shell until it is wanted again; `suspended` gives the screen back."""
    # The screen first, then everybody: once the launcher stops the shell takes the terminal, and a HUD
    # still restoring it from the background would be stopped half-way. SIGCONT goes on from here, and
    # must not reach Textual's handler: late, on another thread's turn, it would start a second time.
    with suspended:
        handler = signal.signal(signal.SIGCONT, signal.SIG_IGN)
        os.killpg(os.getpgrp(), signal.SIGSTOP)
        while os.tcgetpgrp(0) != os.getpgrp():  # woken by `bg`: the terminal is not ours yet
            os.killpg(os.getpgrp(), signal.SIGSTOP)
        signal.signal(signal.SIGCONT, handler)


class Watch:
    """Looks four times a second whether launcher and terminal are there; ends a HUD that will not end."""

    def __init__(self, launcher_gone: Callable[[], bool]) -> None:
        self._launcher_gone = launcher_gone
        self._leave: Callable[[int], object] | None = None
        self._code: int | None = None
        self._since_s = 0.0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, name="hud-watch", daemon=True)

    def start(self, leave: Callable[[int], object]) -> None:
        """Begin to look; `leave` asks the HUD to end, from this thread."""
        self._leave = leave
        self._thread.start()

    def stop(self) -> None:
        """The HUD ended by itself."""
        self._over.set()

    def leaving(self, code: int) -> None:
        """The HUD was told to end; from now on it has a deadline."""
        if self._code is None:
            self._code, self._since_s = code, time.monotonic()

    def _look(self) -> None:
        while not self._over.wait(_LOOK_EVERY_S):
            if self._code is not None:
                if time.monotonic() - self._since_s > _LAST_WORD_AFTER_S:
                    os._exit(self._code)
            elif self._launcher_gone() or not os.isatty(2):
                self.leaving(HUNG_UP)
                if self._leave is not None:
                    self._leave(HUNG_UP)

"""Pacing: which turns of the frame clock draw, and what the link to the terminal takes.

Before it: nobody. After it: app, measuring. No frame follows one that the terminal has not taken whole:
what would queue is a market that has passed.
"""

import sys
from collections.abc import Mapping
from math import ceil
from typing import Any, Final, TextIO

from textual.drivers.linux_driver import LinuxDriver

CALM_FPS: Final = 10
_MOST_MOVED: Final = 0.03
"""Of a turn: how much sooner or later one may come for the boards' sake. So 30 a second stay 29 to 31."""


class Pace:
    """Every turn is drawn; of a HUD that nobody looks at, or that is drawn over SSH, ten a second."""

    def __init__(self, fps: int, environ: Mapping[str, str]) -> None:
        self.focused = True
        self._far = bool(environ.get("SSH_CONNECTION"))
        self._turn = 0
        self.turns(fps)

    def turns(self, fps: int) -> None:
        """There are so many turns a second from now on."""
        self._every = -(-fps // CALM_FPS)

    def is_due(self) -> bool:
        """Called once a turn: whether this one draws."""
        self._turn += 1
        return (self.focused and not self._far) or self._turn % self._every == 0


class FrameClock:
    """When the next turn is due: `fps` a second, drawn towards a third of a turn behind the boards' clock.

    The engine's clock and ours run apart. Left alone they meet every few seconds, and for a while every third
    turn finds no new board, and the next one finds two.
    """

    def __init__(self, fps: int, now_s: float) -> None:
        self._period_s = 1 / fps
        self._due_s = now_s

    def delay_s(self, now_s: float, age_s: float | None) -> float:
        """From now until the next turn; `age_s` of the board that this turn found, None where it found none.

        Those that were missed are not made up for.
        """
        period_s = self._period_s
        self._due_s += period_s
        if age_s is not None and age_s < 2 * period_s:
            late_s = (age_s - period_s / 3 + period_s / 2) % period_s - period_s / 2
            most_s = period_s * _MOST_MOVED
            self._due_s -= max(-most_s, min(most_s, late_s / 4))
        if self._due_s <= now_s:
            self._due_s += period_s * ceil((now_s - self._due_s) / period_s)
        return max(0.0, self._due_s - now_s)


class Link:
    """The terminal's file, as the writer's thread sees it: what it took, and whether it is still taking."""

    def __init__(self, file: TextIO) -> None:
        self.taken_bytes = 0
        self.busy = False
        self._file = file
        self._given = 0

    def write(self, text: str) -> int:
        """Called from the writer's thread; waits while the terminal takes nothing."""
        self.busy = True
        self._given += len(text.encode("utf-8", "surrogatepass"))
        return self._file.write(text)

    def flush(self) -> None:
        """All that was written is with the terminal now, or with what the system keeps for it."""
        self._file.flush()
        self.taken_bytes = self._given
        self.busy = False

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  the file's own, whatever it is
        return getattr(self._file, name)


class PacedDriver(LinuxDriver):
    """Textual's driver for terminals, its file looked at."""

    def __init__(self, *given: Any, **named: Any) -> None:  # noqa: ANN401  as Textual calls it
        super().__init__(*given, **named)
        assert sys.__stderr__ is not None  # Textual draws there, and would have ended by now
        self.link = Link(sys.__stderr__)
        self._file = self.link  # type: ignore[assignment]  # all of it that is called

    @property
    def backlog(self) -> int:
        """Writes that the terminal has not taken whole: those that wait, and the one under way."""
        waiting = self._writer_thread._queue.qsize() if self._writer_thread is not None else 0
        return waiting + self.link.busy

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
_LEAST_BEHIND: Final = 1 / 3
_MOST_BEHIND: Final = 2 / 3
_LATER: Final = 0.02
_SOONER: Final = 0.0005
"""Of a turn: how much further behind the boards the turns go when one found none, nearer when it did. They
come to rest where one in forty has to look again."""
_LOOKS: Final = 8
_LOOKS_FOR: Final = 0.6
"""So many times a turn one looks again, for that share of it."""


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
    """When the next turn is due: `fps` a second, behind the boards' clock by a third of a turn, or by more
    where they take longer to come.

    The engine's clock and ours run apart, and a board takes a few ms, now and then more, to be here. Left
    alone, every third turn would find none, and the next one two. So the turns keep behind the boards; and
    one that finds none, while they come, looks again a little later before it draws.
    """

    def __init__(self, fps: int, now_s: float) -> None:
        self._period_s = 1 / fps
        self._due_s = now_s
        self._behind_s = self._period_s * _LEAST_BEHIND
        self._late_s = 0.0
        self._in_a_row = 0
        self._looked = self._looks_again = False

    def draws(self, now_s: float, *, found: bool, age_s: float | None) -> bool:
        """Called once a turn: whether this one draws, or looks again. `age_s` of the board that was found;
        None where it says nothing of the engine's clock."""
        self._late_s = 0.0
        flows = self._in_a_row > 1  # with more turns than boards none is waited for
        self._looks_again = not found and flows and now_s - self._due_s < self._period_s * _LOOKS_FOR
        if self._looks_again:
            self._looked = True
            return False
        if found and age_s is not None and age_s < 2 * self._period_s:
            self._follow(age_s - (now_s - self._due_s))
        self._in_a_row = self._in_a_row + 1 if found else 0
        self._looked = False
        return True

    def _follow(self, age_s: float) -> None:
        """`age_s`: the board's at the moment at which this turn was due, below 0 where it was not there."""
        period_s = self._period_s
        self._late_s = (age_s - self._behind_s + period_s / 2) % period_s - period_s / 2
        moved = _LATER if self._looked else -_SOONER
        behind = self._behind_s / period_s + moved
        self._behind_s = period_s * max(_LEAST_BEHIND, min(_MOST_BEHIND, behind))

    def delay_s(self, now_s: float) -> float:
        """From now until the next turn. Those that were missed are not made up for."""
        period_s = self._period_s
        if self._looks_again:
            return period_s / _LOOKS
        most_s = period_s * _MOST_MOVED
        self._due_s += period_s - max(-most_s, min(most_s, self._late_s / 4))
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

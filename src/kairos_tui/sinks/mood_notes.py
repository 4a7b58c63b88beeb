"""MoodNotes: what courier says to people of its sink: once when something begins, once when it is over."""

from collections.abc import Callable
from typing import Literal

from kairos_tui.sinks.backlog import Backlog

Mood = Literal["well", "down", "refused", "ailing"]


class MoodNotes:
    """Knows the sink's mood, and what had been delivered and lost when it turned."""

    def __init__(self, backlog: Backlog, say: Callable[[str], None]) -> None:
        self._backlog = backlog
        self._say = say
        self._mood: Mood = "well"
        self._delivered = self._lost = 0
        self._counts_run = False

    def begins(self) -> None:
        """An attempt begins: should it be the first to fail, what is lost from now on is the outage's."""
        if not self._counts_run:
            self._delivered, self._lost = self._backlog.counts.delivered, self._losses()

    def has_failed(self) -> None:
        """It is counted from the attempt on that failed first, also when it is not worth a word yet."""
        self._counts_run = True

    def is_down(self, reason: str) -> None:
        """It takes nothing now; lines wait."""
        if self._turn("down"):
            self._say(f"down: {reason}; {_lines(self._backlog.waiting)} wait")

    def is_refused(self, reason: str) -> None:
        """It answers, and will never take these."""
        if self._turn("refused"):
            self._say(f"refused: {reason}; what it refuses is lost, and named in a gap line")

    def is_well(self, ailment: str | None) -> None:
        """It took something. `ailment`: and yet something is wrong."""
        if ailment:
            if self._turn("ailing"):
                self._say(ailment)
        elif self._mood == "well":
            self._counts_run = False
        elif self._backlog.is_empty:
            delivered = self._backlog.counts.delivered - self._delivered
            lost = self._losses() - self._lost
            ailed, self._mood, self._counts_run = self._mood == "ailing", "well", False
            self._say("well again" if ailed else f"back: {_lines(delivered)} delivered, {lost} lost")

    def _turn(self, mood: Mood) -> bool:
        """Whether this is news."""
        self.has_failed()
        before, self._mood = self._mood, mood
        return before != mood

    def _losses(self) -> int:
        return self._backlog.counts.dropped + self._backlog.counts.refused


def _lines(count: int) -> str:
    return f"{count} line{'' if count == 1 else 's'}"

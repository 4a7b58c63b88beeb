"""Health: whether the mirror lives, and whether what it shows is news. One truth for the page and for HTTP.

Before it: scene, intake. After it: server's routes, audience, metrics.
"""

import time
from collections.abc import Callable
from typing import Any, Final

from kairos_tui.market import Board
from kairos_tui.mirror.intake import Intake

FRESH_S: Final = 3.0
_LEAST_USABLE: Final = 2
_TURN_WITHIN_S: Final = 5.0


class Health:
    """Ages count from the arrival here: another machine's monotonic clock says nothing."""

    def __init__(self, intake: Intake, clock_ns: Callable[[], int] = time.monotonic_ns) -> None:
        self.loop_lag_s = 0.0
        self._intake = intake
        self._clock_ns = clock_ns
        self._board: Board | None = None
        self._heard_ns = 0

    def heard(self, board: Board) -> None:
        """A board has just come."""
        self._board, self._heard_ns = board, self._clock_ns()

    @property
    def board_age_s(self) -> float | None:
        """None before the first."""
        return (self._clock_ns() - self._heard_ns) / 1e9 if self._board else None

    def not_alive(self) -> str | None:
        """Why this process is of no use any more."""
        turned_s = (self._clock_ns() - self._intake.turned_ns) / 1e9
        if self._intake.failure is not None:
            return "the reading thread has ended"
        return f"the reading thread stands still for {turned_s:.0f} s" if turned_s > _TURN_WITHIN_S else None

    def not_ready(self) -> str | None:
        """Why nobody should rely on what is shown: it is old, or too few venues are left to compare."""
        return self.not_fresh() or self._blind()

    def not_fresh(self) -> str | None:
        """Why what is shown is no news."""
        age_s = self.board_age_s
        if age_s is None:
            return "no board has come yet"
        return f"the newest board is {age_s:.1f} s old" if age_s >= FRESH_S else None

    def _blind(self) -> str | None:
        """A symbol with two usable books is compared; where all have but one venue, one will do."""
        symbols = self._board.symbols if self._board else ()
        wanted = min(_LEAST_USABLE, max((len(each.venues) for each in symbols), default=0))
        most = max((sum(row.usable for row in each.venues) for each in symbols), default=0)
        if most >= wanted:
            return None
        return f"{most or 'no'} venue{'s' if most != 1 else ''} of a symbol can be used, {wanted} are needed"

    def facts(self) -> dict[str, Any]:
        """For the page and for people."""
        why, age_s = self.not_ready(), self.board_age_s
        venues = {
            row.venue
            for each in (self._board.symbols if self._board else ())
            for row in each.venues
            if row.usable
        }
        return {
            "ready": why is None,
            "why": why,
            "board_age_ms": None if age_s is None else round(age_s * 1e3),
            "usable_venues": len(venues),
        }

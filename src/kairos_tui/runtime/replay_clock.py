"""ReplayClock: what time it is for who looks at a replay: as it was when the newest board was made.

Before it: boards. After it: the HUD's clock and its lines. Between two boards it stands; once they fail to
come it goes on, so that a replay that has died is seen to be silent.
"""

import time
from typing import Final

from kairos_tui.hud import Clock
from kairos_tui.market import Board

_GRACE_NS: Final = 500_000_000


class ReplayClock:
    """For one thread."""

    def __init__(self) -> None:
        self._at_ns = self._at_us = 0
        self._came_ns = 0

    @property
    def clock(self) -> Clock:
        """As the HUD wants it."""
        return Clock(self.mono_ns, lambda: self.wall_us() * 1_000, time.monotonic_ns)

    def on_board(self, board: Board, now_ns: int) -> None:
        """A newer picture came, now."""
        self._at_ns, self._at_us, self._came_ns = board.at_ns, board.at_us, now_ns

    def mono_ns(self) -> int:
        """The recording's monotonic clock."""
        return self._at_ns + self._late_ns()

    def wall_us(self) -> int:
        """Its wall clock, epoch us."""
        return self._at_us + self._late_ns() // 1_000

    def _late_ns(self) -> int:
        return max(0, time.monotonic_ns() - self._came_ns - _GRACE_NS)

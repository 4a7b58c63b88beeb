"""ReplayPace: how far a replay shall have come by now. Pure; the clock is an argument.

Before it: whoever turns a player. After it: player's `play`.
"""

from typing import Final

_AT_MAX_NS: Final = 1 << 62
_MOST_BEHIND_NS: Final = 250_000_000
"""What could not be played in time is not made up for later: the recording is long, and someone looks."""


class ReplayPace:
    """`speed` is recorded time in real time, 0: no matter how long it takes."""

    def __init__(self, speed: float) -> None:
        self.speed = speed
        self._since: tuple[int, int] | None = None

    def turn(self, speed: float) -> None:
        """Another speed from where it is."""
        self.speed = speed
        self.rest()

    def rest(self) -> None:
        """Where it is next asked about, it begins: after a pause, or elsewhere."""
        self._since = None

    def due_ns(self, now_ns: int, at_ns: int) -> int:
        """The recorded instant that is due at `now_ns`, having come to `at_ns`."""
        if not self.speed:
            return _AT_MAX_NS
        if self._since is None:
            self._since = (now_ns, at_ns)
        began_ns, from_ns = self._since
        due_ns = from_ns + int((now_ns - began_ns) * self.speed)
        if due_ns - at_ns > _MOST_BEHIND_NS * max(1.0, self.speed):
            self._since = (now_ns, at_ns)
        return due_ns

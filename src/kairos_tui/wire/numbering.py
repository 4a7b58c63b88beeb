"""Numbering: which numbers came, so that what did not come is known. Of the bus, and of what a server kept.

Used by signal_reader (per topic) and by runtime for the lines of a stream (per run).
"""

from typing import Generic, TypeVar

_MOST_KEPT = 256

K = TypeVar("K")


class Numbering(Generic[K]):
    """Each key counts from 1 without holes. The first number of a key sets the count: coming late is no loss.

    With `from_one`, or after `begin_anew`, whoever counts was there: then what comes before it was missed.
    Keys are bounded; the one longest known is forgotten.
    """

    def __init__(self, *, from_one: bool = False) -> None:
        self.from_one = from_one
        self._next: dict[K, int] = {}

    def missed_before(self, key: K, number: int) -> int:
        """Take this number; how many are missing just before it. One that comes late fills no hole."""
        expected = self._next.get(key, 1 if self.from_one else number)
        self._remember(key, max(expected, number + 1))
        return max(0, number - expected)

    def knows(self, key: K, number: int) -> bool:
        """Whether this number is one of those that came, or were missed, before."""
        return number < self._next.get(key, 0)

    def restart(self, key: K) -> None:
        """The key counts from 1 again."""
        self._remember(key, 1)

    def begin_anew(self) -> None:
        """Every key counts from 1 again."""
        self._next.clear()
        self.from_one = True

    def _remember(self, key: K, following: int) -> None:
        self._next[key] = following
        if len(self._next) > _MOST_KEPT:
            del self._next[next(iter(self._next))]

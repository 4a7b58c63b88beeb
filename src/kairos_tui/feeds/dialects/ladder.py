"""Ladder: one side of a book, best first, in a sorted list. Used by the dialects.

A REST snapshot of the best n levels says nothing of what lies behind its worst price: that is the horizon,
and levels behind it are not taken, so that a book never shows a hole as if nobody stood there.
"""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable
from math import inf
from typing import NamedTuple

from kairos_tui.errors import FrameRefused
from kairos_tui.market import Level


class Row(NamedTuple):
    """A level and the text it came in, which checksums are made of."""

    price: float
    size: float
    price_text: str = ""
    size_text: str = ""


class Ladder:
    """Rows by price. Size 0 removes a level; removing one that is not there is no error."""

    __slots__ = ("_horizon", "_keys", "_levels", "_rows", "_sign")

    def __init__(self, *, is_bid: bool) -> None:
        self._sign = -1.0 if is_bid else 1.0
        self._keys: list[float] = []
        self._rows: dict[float, Row] = {}
        self._levels: dict[float, Level] = {}  # the same without text: the top is read after every frame
        self._horizon = inf

    def __len__(self) -> int:
        return len(self._keys)

    def clear(self) -> None:
        self._keys.clear()
        self._rows.clear()
        self._levels.clear()
        self._horizon = inf

    def replace(self, rows: Iterable[Row], *, is_whole: bool = True) -> None:
        """A snapshot; not `is_whole` when the book goes on behind its last row. Raises FrameRefused."""
        self.clear()
        self.put_all(rows)
        if not is_whole and self._keys:
            self._horizon = self._keys[-1]

    def put(self, row: Row) -> None:
        """Set or remove one level. Raises FrameRefused for numbers that cannot be true."""
        self.put_all((row,))

    def put_all(self, rows: Iterable[Row]) -> None:
        """`put` for each. One that is refused leaves those before it in place."""
        sign, keys, held, levels = self._sign, self._keys, self._rows, self._levels
        for row in rows:
            price, size, _, _ = row
            if not (0.0 < price < inf and 0.0 <= size < inf):
                raise FrameRefused(f"a level of {price!r} x {size!r}")
            key = sign * price
            if size == 0.0:
                if held.pop(key, None) is not None:
                    del levels[key]
                    del keys[bisect_left(keys, key)]
            elif key in held or key <= self._horizon:
                if key not in held:
                    insort(keys, key)
                held[key] = row
                levels[key] = (price, size)

    def cut(self, depth: int) -> None:
        """Forget all but the best `depth` levels."""
        for key in self._keys[depth:]:
            del self._rows[key], self._levels[key]
        del self._keys[depth:]

    def size_at(self, price: float) -> float:
        """0.0 where there is no level."""
        row = self._rows.get(self._sign * price)
        return 0.0 if row is None else row.size

    def rows(self, depth: int) -> list[Row]:
        """The best `depth` rows."""
        return [self._rows[key] for key in self._keys[:depth]]

    def top(self, depth: int) -> tuple[Level, ...]:
        """The best `depth` levels."""
        return tuple(map(self._levels.__getitem__, self._keys[:depth]))

    def behind(self, price: float, depth: int) -> tuple[Level, ...]:
        """The best `depth` levels of those worse than `price`."""
        start = bisect_right(self._keys, self._sign * price)
        return tuple(map(self._levels.__getitem__, self._keys[start : start + depth]))

    def runs_out(self, depth: int) -> bool:
        """Fewer than `depth` levels are left, and there are more that the snapshot did not show."""
        return self._horizon < inf and len(self._keys) < depth

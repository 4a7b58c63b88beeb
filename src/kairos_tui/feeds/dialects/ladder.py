"""Ladder: one side of a book, best first, in a sorted list. Used by the dialects.

A REST snapshot of the best n levels says nothing of what lies behind its worst price: that is the horizon,
and levels behind it are not taken, so that a book never shows a hole as if nobody stood there.
"""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable
from math import inf
from typing import NamedTuple, cast

from kairos_tui.errors import FrameRefused
from kairos_tui.market import Level


class Row(NamedTuple):
    """A level and the text it came in, which checksums are made of."""

    price: float
    size: float
    price_text: str = ""
    size_text: str = ""


# A sorted list of prices beside a dictionary, by measurement (tests/benchmarks/bench_books; us per update of
# both sides, 15 rows each, best ten shown; sortedcontainers and order-book's C in brackets): 10 levels 4.7
# (7.9, 4.9), 50 levels 7.7 (13.8, 9.4), 1,000 levels 11.2 (19.4, 56: C sorts all its prices anew after each
# change). With a checksum over 25 levels as well, whose text any of them can hold: x1.0 (x1.4-1.6, x1.1-3.4).
class Ladder:
    """Rows by price. Size 0 removes a level; removing one that is not there is no error.

    Without `keeps_text` it is given plain levels, and shows those very tuples: nothing is copied.
    """

    __slots__ = (
        "_behind",
        "_behind_depth",
        "_high",
        "_is_bid",
        "_keeps_text",
        "_low",
        "_prices",
        "_rows",
        "_top",
        "_under",
        "_under_of",
    )

    def __init__(self, *, is_bid: bool, keeps_text: bool = True) -> None:
        self._is_bid = is_bid
        self._keeps_text = keeps_text
        self._prices: list[float] = []  # rising on both sides: a bid's best is the last
        self._rows: dict[float, Row | Level] = {}
        # What was last shown is kept until a level changes: most frames are a best bid/ask, which leaves all
        # of the depth as it was.
        self._top: dict[int, tuple[Level, ...]] = {}
        self._behind: dict[float, tuple[Level, ...]] = {}
        self._behind_depth = 0
        self._under: tuple[Level, ...] = ()
        self._under_of: Level | None = None
        self._low, self._high = 0.0, inf  # the horizon is the one on the worse side

    def __len__(self) -> int:
        return len(self._prices)

    def clear(self) -> None:
        self._prices.clear()
        self._rows.clear()
        self._low, self._high = 0.0, inf
        self._on_change()

    def replace(self, rows: Iterable[Row | Level], *, is_whole: bool = True) -> None:
        """A snapshot; not `is_whole` when the book goes on behind its last row. Raises FrameRefused."""
        self.clear()
        self.put_all(rows)
        if not is_whole and self._prices:
            if self._is_bid:
                self._low = self._prices[0]
            else:
                self._high = self._prices[-1]

    def put(self, row: Row | Level) -> None:
        """Set or remove one level. Raises FrameRefused for numbers that cannot be true."""
        self.put_all((row,))

    def put_all(self, rows: Iterable[Row | Level]) -> None:
        """`put` for each. One that is refused leaves those before it in place."""
        self._on_change()
        prices, held = self._prices, self._rows
        for row in rows:
            price, size = row[0], row[1]
            if not (0.0 <= size < inf and 0.0 < price < inf):
                raise FrameRefused(f"a level of {price!r} x {size!r}")
            if price in held:
                if size:
                    held[price] = row
                else:
                    del held[price], prices[bisect_left(prices, price)]
            elif size and self._low <= price <= self._high:
                insort(prices, price)
                held[price] = row

    def cut(self, depth: int) -> None:
        """Forget all but the best `depth` levels."""
        prices = self._prices
        if len(prices) <= depth:
            return
        worse = slice(None, len(prices) - depth) if self._is_bid else slice(depth, None)
        for price in prices[worse]:
            del self._rows[price]
        del prices[worse]
        self._on_change()

    def size_at(self, price: float) -> float:
        """0.0 where there is no level."""
        row = self._rows.get(price)
        return 0.0 if row is None else row[1]

    def rows(self, depth: int) -> list[Row]:
        """The best `depth` rows, with their text."""
        return [cast(Row, self._rows[price]) for price in self._best_prices(depth)]

    def best(self) -> Level | None:
        """The best level, None on an empty side."""
        prices = self._prices
        return self._rows[prices[-1 if self._is_bid else 0]][:2] if prices else None

    def top(self, depth: int) -> tuple[Level, ...]:
        """The best `depth` levels."""
        top = self._top.get(depth)
        if top is None:
            top = self._top[depth] = self._levels(self._best_prices(depth))
        return top

    def behind(self, price: float, depth: int) -> tuple[Level, ...]:
        """The best `depth` levels of those worse than `price`."""
        behind = self._behind.get(price)
        if behind is None or depth != self._behind_depth:
            prices = self._prices
            if self._is_bid:
                end = bisect_left(prices, price)
                behind = self._levels(prices[max(0, end - depth) : end][::-1])
            else:
                start = bisect_right(prices, price)
                behind = self._levels(prices[start : start + depth])
            if depth != self._behind_depth:
                self._behind_depth = depth
                self._behind.clear()
            self._behind[price] = behind
        return behind

    def under(self, best: Level, depth: int) -> tuple[Level, ...]:
        """`best`, and the `depth` levels behind it. Mostly only one side's best is another."""
        is_usual = depth == self._behind_depth
        if best != self._under_of or not is_usual:
            behind = self._behind.get(best[0]) if is_usual else None
            if behind is None:
                behind = self.behind(best[0], depth)
            self._under_of, self._under = best, (best, *behind)
        return self._under

    def runs_out(self, depth: int) -> bool:
        """Fewer than `depth` levels are left, and there are more that the snapshot did not show."""
        return len(self._prices) < depth and (self._low > 0.0 or self._high < inf)

    def _best_prices(self, depth: int) -> list[float]:
        prices = self._prices
        return prices[: -depth - 1 : -1] if self._is_bid else prices[:depth]

    def _levels(self, prices: list[float]) -> tuple[Level, ...]:
        rows = map(self._rows.__getitem__, prices)
        return tuple([row[:2] for row in rows]) if self._keeps_text else cast(tuple[Level, ...], tuple(rows))

    def _on_change(self) -> None:
        self._top.clear()
        self._behind.clear()
        self._under_of = None

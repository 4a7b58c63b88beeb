"""Which book: our sorted list, sortedcontainers, or order-book in C; on 10, 50 and 1,000 levels of a side.

All follow the same updates, in turn in each round, and must show the same best ten levels after every one;
with checksums, the same 25 levels with their text. Run alone, with the extra `bench`:
pytest -m bench tests/benchmarks/bench_books.py -s
"""

from collections.abc import Callable, Sequence
from random import Random
from statistics import median
from time import perf_counter_ns
from typing import Any, Protocol

import pytest

from kairos_tui.feeds.dialects.checksums import INTERLEAVED_LEVELS, interleaved_checksum
from kairos_tui.feeds.dialects.ladder import Ladder, Row

pytestmark = [pytest.mark.bench, pytest.mark.timeout(300)]

ROUNDS = 7
UPDATES = 2_000
ROWS = 15
SHOWN = 10
MIDDLE = 100_000

Levels = Sequence[Any]


class Side(Protocol):
    """One side of a book under test."""

    def put_all(self, rows: Levels) -> None: ...
    def top(self, depth: int) -> tuple[tuple[float, float], ...]: ...
    def rows(self, depth: int) -> list[Any]: ...


class SortedSide:
    """sortedcontainers: a dictionary whose keys are kept sorted; bids under their negative price."""

    def __init__(self, *, is_bid: bool, keeps_text: bool) -> None:
        self._sign = -1.0 if is_bid else 1.0
        self._keeps_text = keeps_text
        self._held = pytest.importorskip("sortedcontainers", reason="not installed: extra bench").SortedDict()

    def put_all(self, rows: Levels) -> None:
        sign, held = self._sign, self._held
        for row in rows:
            if row[1]:
                held[sign * row[0]] = row
            else:
                held.pop(sign * row[0], None)

    def top(self, depth: int) -> tuple[tuple[float, float], ...]:
        rows = self._held.values()[:depth]
        return tuple([row[:2] for row in rows]) if self._keeps_text else tuple(rows)

    def rows(self, depth: int) -> list[Any]:
        return list(self._held.values()[:depth])


class CSide:
    """order-book: both sides in C, its own idea of what is best."""

    def __init__(self, *, is_bid: bool, keeps_text: bool) -> None:
        library = pytest.importorskip("order_book", reason="not installed: extra bench")
        self._book = library.OrderBook()
        self._side = self._book.bids if is_bid else self._book.asks
        self._keeps_text = keeps_text

    def put_all(self, rows: Levels) -> None:
        side = self._side
        for row in rows:
            price = row[0]
            if row[1]:
                side[price] = row
            elif price in side:
                del side[price]

    def top(self, depth: int) -> tuple[tuple[float, float], ...]:
        side = self._side
        rows = [side.index(place)[1] for place in range(min(depth, len(side)))]
        return tuple([row[:2] for row in rows]) if self._keeps_text else tuple(rows)

    def rows(self, depth: int) -> list[Any]:
        side = self._side
        return [side.index(place)[1] for place in range(min(depth, len(side)))]


BOOKS: dict[str, Callable[..., Side]] = {"list (Ladder)": Ladder, "sortedcontainers": SortedSide, "C": CSide}


def made(levels: int, *, is_bid: bool, keeps_text: bool) -> list[Levels]:
    """A snapshot, then updates: sizes change most often, levels go, and come back."""
    chance = Random(f"{levels}{is_bid}")
    sign = -1 if is_bid else 1

    def row(place: int, size: int) -> Any:
        price_text, size_text = f"{(MIDDLE + sign * (1 + place)) / 10:.1f}", f"{size / 1000:.3f}"
        whole = Row(float(price_text), float(size_text), price_text, size_text)
        return whole if keeps_text else whole[:2]

    lumps: list[Levels] = [[row(place, 1_000 + place) for place in range(levels)]]
    for _ in range(UPDATES):
        places = {min(levels - 1, int(chance.expovariate(6.0 / levels))) for _ in range(ROWS)}
        lumps.append([row(at, 0 if chance.random() < 0.2 else chance.randrange(1, 10**6)) for at in places])
    return lumps


def follow(sides: list[Side], lumps: list[list[Levels]], *, sums: bool) -> tuple[float, list[Any]]:
    """Us per update of both sides, and what was shown after each."""
    shown: list[Any] = []
    for side, told in zip(sides, lumps, strict=True):
        side.put_all(told[0])
    bids, asks = sides
    began_ns = perf_counter_ns()
    for of_bids, of_asks in zip(lumps[0][1:], lumps[1][1:], strict=True):
        bids.put_all(of_bids)
        asks.put_all(of_asks)
        top = (bids.top(SHOWN), asks.top(SHOWN))
        summed = (
            interleaved_checksum(bids.rows(INTERLEAVED_LEVELS), asks.rows(INTERLEAVED_LEVELS)) if sums else 0
        )
        shown.append((top, summed))
    return (perf_counter_ns() - began_ns) / 1_000 / UPDATES, shown


@pytest.mark.parametrize("sums", [False, True], ids=["plain", "checksums"])
@pytest.mark.parametrize("levels", [10, 50, 1_000])
def test_the_books_show_the_same_and_cost_what_they_cost(levels, sums):
    lumps = [made(levels, is_bid=is_bid, keeps_text=sums) for is_bid in (True, False)]
    costs: dict[str, list[float]] = {name: [] for name in BOOKS}
    for turn in range(ROUNDS):
        seen: dict[str, list[Any]] = {}
        for name in sorted(BOOKS, key=lambda name: hash((turn, name))):
            sides = [BOOKS[name](is_bid=is_bid, keeps_text=sums) for is_bid in (True, False)]
            cost, seen[name] = follow(sides, lumps, sums=sums)
            costs[name].append(cost)
        assert seen["sortedcontainers"] == seen["list (Ladder)"]
        assert seen["C"] == seen["list (Ladder)"]
    print(f"\n{levels} levels{', checksums' if sums else ''}: us per update of both sides")
    for name, each in costs.items():
        ratio = median([cost / ours for cost, ours in zip(each, costs["list (Ladder)"], strict=True)])
        print(f"  {name:18s} {median(each):6.1f} ({min(each):.1f}-{max(each):.1f})  x{ratio:.2f}")

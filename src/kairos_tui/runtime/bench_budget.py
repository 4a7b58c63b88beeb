"""bench_budget: what a bench measured, beside what it was measured against and the budget it must keep.

Before it: runtime/bench_NAME, which measure. After it: cli/bench_said, which prints. Pure arithmetic.
"""

from collections.abc import Callable, Sequence
from typing import Literal

import msgspec
from msgspec import Struct

import kairos_tui
from kairos_tui.runtime.bench_figures import Spread, spread_of
from kairos_tui.runtime.bench_machine import Machine

ROUNDS = 5
"""Fewer would show no spread."""

Progress = Callable[[str], None]


class BenchPlan(Struct, frozen=True, kw_only=True):
    """`rounds`: both sides of a comparison have their turn in each. `work`: of the usual amount of it."""

    rounds: int = ROUNDS
    work: float = 1.0

    def amount(self, usual: int, least: int = 1) -> int:
        """So many of what is usually `usual`."""
        return max(least, round(usual * self.work))


class Budget(Struct, frozen=True, kw_only=True):
    """`least` and `most` bound the ratio, `limit` our own figure; None = unbounded."""

    name: str
    least: float | None = None
    most: float | None = None
    limit: float | None = None

    def is_kept(self, ours: float, ratio: float | None) -> bool:
        """Raises ValueError for a bound on a ratio where nothing was measured against."""
        if (self.least is not None or self.most is not None) and ratio is None:
            raise ValueError(f"{self.name} bounds a ratio, and there is none")
        return (
            (self.least is None or (ratio is not None and ratio >= self.least))
            and (self.most is None or (ratio is not None and ratio <= self.most))
            and (self.limit is None or ours <= self.limit)
        )

    def said(self, unit: str) -> str:
        """`B1 x20 or more`."""
        parts = [f"x{self.least:g} or more"] if self.least is not None else []
        parts += [f"x{self.most:g} at most"] if self.most is not None else []
        parts += [f"{self.limit:g}{' ' * bool(unit)}{unit} at most"] if self.limit is not None else []
        return f"{self.name} {', '.join(parts)}"


class BenchRow(Struct, frozen=True, kw_only=True):
    """One figure over the rounds.

    `ratio`, round by round: how many times better ours is than the other side; of a cost that is held against
    a floor, how many times the floor it is. `verdict` is None where there is no budget.
    """

    what: str
    unit: str
    ours: Spread
    against: str | None = None
    theirs: Spread | None = None
    ratio: Spread | None = None
    budget: str | None = None
    verdict: Literal["pass", "short"] | None = None
    note: str = ""


class BenchReport(Struct, frozen=True, kw_only=True):
    """What `kairos bench NAME --json` prints. Added fields keep `v`."""

    bench: str
    v: int = 1
    kairos: str = kairos_tui.__version__
    machine: Machine
    rounds: int
    took_s: float
    rows: tuple[BenchRow, ...]
    unmeasured: dict[str, str] = {}
    notes: tuple[str, ...] = ()

    @property
    def is_short(self) -> bool:
        """Is a budget missed?"""
        return any(row.verdict == "short" for row in self.rows)


def row(
    what: str,
    unit: str,
    ours: Sequence[float],
    *,
    against: str | None = None,
    theirs: Sequence[float] = (),
    more_is_better: bool = False,
    is_cost: bool = False,
    budget: Budget | None = None,
    note: str = "",
) -> BenchRow:
    """Of the rounds of both sides; `is_cost`: theirs is a floor. Raises ValueError where rounds miss."""
    whole = spread_of(ours)
    if whole is None or (against is not None and len(theirs) != len(ours)):
        raise ValueError(f"{what}: {len(ours)} rounds of ours, {len(theirs)} of {against}")
    pairs = list(zip(ours, theirs, strict=True)) if against is not None else []
    sides = pairs if more_is_better or is_cost else [(their, our) for our, their in pairs]
    over = [upper / lower for upper, lower in sides if lower]
    ratio = spread_of(over) if over and len(over) == len(sides) else None  # nothing is so many times nothing
    kept = budget.is_kept(whole.median, ratio.median if ratio else None) if budget else None
    return BenchRow(
        what=what,
        unit=unit,
        ours=whole,
        against=against,
        theirs=spread_of(theirs) if theirs else None,
        ratio=ratio,
        budget=budget.said(unit) if budget else None,
        verdict=None if kept is None else ("pass" if kept else "short"),
        note=note,
    )


def unmeasured(bench: str, machine: Machine, reason: str) -> BenchReport:
    """A report that says why there is none here."""
    return BenchReport(
        bench=bench, machine=machine, rounds=0, took_s=0.0, rows=(), unmeasured={bench: reason}
    )


def as_json(report: BenchReport) -> str:
    """One object on one line."""
    return msgspec.json.encode(report).decode()


def table_of(report: BenchReport) -> list[tuple[str, ...]]:
    """What people read: a row per figure."""
    rows: list[tuple[str, ...]] = [("", "Kairos", "against", "", "ratio", "budget", "")]
    for each in report.rows:
        budget, verdict = each.budget or "", each.verdict or ""
        theirs = shown(each.theirs) if each.theirs else ""
        ratio = f"x{shown(each.ratio)}" if each.ratio else ""
        what = f"{each.what}, {each.unit}" if each.unit else each.what
        rows.append((what, shown(each.ours), each.against or "", theirs, ratio, budget, verdict))
    return rows


def shown(spread: Spread) -> str:
    """`138 (120-160)`: three figures that count."""
    return f"{_digits(spread.median)} ({_digits(spread.least)}-{_digits(spread.most)})"


def _digits(number: float) -> str:
    decimals = 0 if abs(number) >= 100 else 1 if abs(number) >= 10 else 2
    return f"{number:,.{decimals}f}"

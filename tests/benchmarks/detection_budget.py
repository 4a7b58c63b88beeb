"""The budget of bench_detection: what a cell of its tables may show, and the misses that are known.

What is asserted is wider than the budget, since machines are shared; a known miss has its own limit, so that
a new one fails. docs/detection.md says them in words.
"""

from collections.abc import Iterable, Mapping, Sequence
from statistics import median
from typing import Protocol

GENERIC = {"bybiteu": "bybit", "gateeu": "gate"}
"""ccxt classes without a dialect -> the simulated venue whose protocol they speak."""

SILENCE_S = 2.0
NOTICED_WITHIN_MS = {
    **dict.fromkeys(("broken_json", "garbage", "wrong_shape", "bad_checksum"), 50.0),
    **dict.fromkeys(("close", "rst", "close_race", "ban"), 100.0),
    "silence": SILENCE_S * 1e3 + 500.0,
}
EVIDENT_WITHIN_MS = 50.0
BACK_WITHIN_MS = 1_000.0
HOLES = ("lost", "reorder")
"""Noticed by the message that shows them: a budget from there on, where a venue's rule shows it at all."""

MEDIAN, WORST = 3.0, 10.0
"""So many times the budget, of the median and of the worst."""

KNOWN_SLOW_BACK_MS: Mapping[tuple[str, str], float] = {
    # Two seconds of messages in time, and a median over up to five: every venue.
    ("lag", "*"): 6_000.0,
    # Nothing is asked for that is missing: the book has to look wrong first, then a new connection comes.
    **{(kind, name): 5_000.0 for kind in (*HOLES, "corrupt", "ghost_level") for name in GENERIC},
}
"""(fault, venue) -> the most its median may be, though the budget is less."""

KNOWN_UNNOTICED = frozenset((kind, name) for kind in HOLES for name in GENERIC)
"""A hole that ccxt does not look for is found if the book crosses, or not at all."""

HIDDEN = ("corrupt", "ghost_level")
"""No rule of the venue shows them: whether they are noticed is measured, and nothing is promised."""


class Measured(Protocol):
    """What of one fault at one venue is held against the budget, in ms; None: never noticed."""

    @property
    def name(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def noticed_ms(self) -> float | None: ...
    @property
    def evident_ms(self) -> float: ...
    @property
    def back_ms(self) -> float: ...


def find_misses(shots: Iterable[Measured], *, p50: float = MEDIAN, worst: float = WORST) -> list[str]:
    """The cells further above their budget than is asserted, in words; known ones by their own limit."""
    cells: dict[tuple[str, str], list[Measured]] = {}
    for shot in shots:
        cells.setdefault((shot.kind, shot.name), []).append(shot)
    return [
        f"{kind} at {name}: {words}"
        for (kind, name), those in cells.items()
        for words in _misses_of(kind, name, those, p50, worst)
    ]


def _misses_of(kind: str, name: str, those: Sequence[Measured], p50: float, worst: float) -> list[str]:
    seen = [shot for shot in those if shot.noticed_ms is not None]
    found = []
    if len(seen) < len(those) and kind not in HIDDEN and (kind, name) not in KNOWN_UNNOTICED:
        found.append(f"noticed {len(seen)} times of {len(those)}")
    if kind in NOTICED_WITHIN_MS:
        noticed = [shot.noticed_ms or 0.0 for shot in seen]
        found += _above("noticed", noticed, p50 * NOTICED_WITHIN_MS[kind], worst * NOTICED_WITHIN_MS[kind])
    if kind in HOLES and name not in GENERIC:
        evident = [shot.evident_ms for shot in seen]
        found += _above("shown and noticed", evident, p50 * EVIDENT_WITHIN_MS, worst * EVIDENT_WITHIN_MS)
    known_ms = KNOWN_SLOW_BACK_MS.get((kind, name), KNOWN_SLOW_BACK_MS.get((kind, "*"), 0.0))
    most_ms = max(p50 * BACK_WITHIN_MS, known_ms)
    return found + _above(
        "back", [shot.back_ms for shot in seen], most_ms, max(worst * BACK_WITHIN_MS, most_ms)
    )


def _above(what: str, values: Sequence[float], p50_ms: float, worst_ms: float) -> list[str]:
    middle, most = (median(values), max(values)) if values else (0.0, 0.0)
    found = [f"{what} after {middle:.0f} ms (p50), more than {p50_ms:.0f}"] if middle > p50_ms else []
    return found + (
        [f"{what} after {most:.0f} ms at worst, more than {worst_ms:.0f}"] if most > worst_ms else []
    )

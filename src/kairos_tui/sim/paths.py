"""Paths: prices over time as functions of (seed, time), built minute by minute and forgotten again.

Before it: dice. After it: market. Values are log-returns in basis points on a 100 ms grid.
"""

from collections.abc import Callable
from math import ceil, sqrt

from kairos_tui.sim.dice import dice, student_t

STEP_NS = 100_000_000
STEPS = 600
_MINUTE_NS = STEP_NS * STEPS
_KEPT = 3


class MinuteTable:
    """Remembers the last few minutes of a path; `build` makes any minute from nothing."""

    def __init__(self, build: Callable[[int], list[float]]) -> None:
        self._build = build
        self._minutes: dict[int, list[float]] = {}

    def at(self, at_ns: int) -> float:
        minute, rest_ns = divmod(at_ns, _MINUTE_NS)
        values = self._minutes.get(minute)
        if values is None:
            values = self._minutes[minute] = self._build(minute)
            while len(self._minutes) > _KEPT:
                del self._minutes[next(iter(self._minutes))]
        return values[rest_ns // STEP_NS]


class CommonPath:
    """An asset's price against the dollar, in bps from its start: a random walk with fat tails.

    Minute marks are walked from zero; inside a minute a bridge joins the marks, so that any instant
    is reached without walking every 100 ms before it.
    """

    def __init__(self, seed: int, asset: str, *, minute_sd_bps: float) -> None:
        self._key = (seed, "common", asset)
        self._minute_sd_bps = minute_sd_bps
        self._marks = [0.0]
        self.at = MinuteTable(self._build).at

    def _mark(self, minute: int) -> float:
        while len(self._marks) <= minute:
            rng = dice(*self._key, "mark", len(self._marks))
            self._marks.append(self._marks[-1] + self._minute_sd_bps * student_t(rng))
        return self._marks[minute]

    def _build(self, minute: int) -> list[float]:
        rng = dice(*self._key, "steps", minute)
        start, end = self._mark(minute), self._mark(minute + 1)
        step_sd = self._minute_sd_bps / sqrt(STEPS)
        walk, walked = [], 0.0
        for _ in range(STEPS):
            walk.append(walked)
            walked += step_sd * student_t(rng)
        tilt = (end - start - walked) / STEPS
        return [start + value + tilt * i for i, value in enumerate(walk)]


class OffsetPath:
    """How far a venue stands from the common price, in bps: AR(1), sd and half-life as measured."""

    def __init__(self, *key: object, sd_bps: float, half_life_s: float) -> None:
        step_s = STEP_NS / 1e9
        self._key = (*key, "offset")
        self._keep = 0.5 ** (step_s / half_life_s)
        self._noise_sd = sd_bps * sqrt(1.0 - self._keep**2)
        # Twelve half-lives: what came before them weighs 1/4096, less than a tick.
        self._warm_up = min(STEPS, ceil(12 * half_life_s / step_s))
        self.at = MinuteTable(self._build).at

    def _noise(self, minute: int) -> list[float]:
        rng = dice(*self._key, minute)
        return [rng.gauss(0.0, self._noise_sd) for _ in range(STEPS)]

    def _build(self, minute: int) -> list[float]:
        value, values = 0.0, []
        for noise in self._noise(minute - 1)[-self._warm_up :]:
            value = self._keep * value + noise
        for noise in self._noise(minute):
            value = self._keep * value + noise
            values.append(value)
        return values

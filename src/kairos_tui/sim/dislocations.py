"""Dislocations: when one venue's price leaves the others for a moment. Two moods.

calm: rare, as measured (venues.md section 3: 1-20 a day, 10-70 bps, lives of seconds).
lively: exaggerated, so that a viewer has something to see: one every 16 s on some venue, sized to
stand a few bps above what two taker fees take. Before it: dice. After it: market.
"""

from math import exp

from msgspec import Struct

from kairos_tui.market import Mood
from kairos_tui.sim.dice import dice, poisson

TYPICAL_TAKER_BPS = {
    "binance": 10.0,
    "bybit": 10.0,
    "okx": 15.0,
    "kraken": 26.0,
    "coinbase": 120.0,
    "kucoin": 10.0,
    "gate": 20.0,
    "bitget": 20.0,
}
"""Default taker fees, only to size lively dislocations by; the model takes no fee into account."""

_S = 1_000_000_000
_RISE_NS = 150_000_000
_LIVELY_WINDOW_NS = 16 * _S
_CALM_WINDOW_NS = 3600 * _S
_CALM_A_DAY = 6.0
_FORGOTTEN = 8.0
"""After so many fade times a jump of 100 bps is below a twentieth of a basis point."""


class Jump(Struct, frozen=True, gc=False):
    """Rises within 150 ms, holds, then fades exponentially."""

    venue: str
    start_ns: int
    bps: float
    hold_ns: int
    fade_ns: int

    def at(self, at_ns: int) -> float:
        age_ns = at_ns - self.start_ns
        if age_ns <= 0:
            return 0.0
        if age_ns < _RISE_NS:
            return self.bps * age_ns / _RISE_NS
        faded = (age_ns - _RISE_NS - self.hold_ns) / self.fade_ns
        if faded <= 0.0:
            return self.bps
        return self.bps * exp(-faded) if faded < _FORGOTTEN else 0.0


class Dislocations:
    """The jumps of one base asset on all venues of a plan."""

    def __init__(self, seed: int, base: str, *, venues: tuple[str, ...], mood: Mood) -> None:
        self._key = (seed, "jump", base)
        self._venues = venues
        self._window_ns = _LIVELY_WINDOW_NS if mood == "lively" else _CALM_WINDOW_NS
        self._draw = self._lively if mood == "lively" and len(venues) > 1 else self._calm
        self._windows: dict[int, tuple[Jump, ...]] = {}

    def at(self, venue: str, at_ns: int) -> float:
        """Basis points that `venue` stands off the common price."""
        window = at_ns // self._window_ns
        jumps = self._jumps(window - 1) + self._jumps(window)
        return sum(jump.at(at_ns) for jump in jumps if jump.venue == venue)

    def _jumps(self, window: int) -> tuple[Jump, ...]:
        jumps = self._windows.get(window)
        if jumps is None:
            jumps = self._windows[window] = self._draw(window) if window >= 0 else ()
            while len(self._windows) > 4:
                del self._windows[next(iter(self._windows))]
        return jumps

    def _lively(self, window: int) -> tuple[Jump, ...]:
        rng = dice(*self._key, "lively", window)
        costs = [TYPICAL_TAKER_BPS.get(venue, 10.0) for venue in self._venues]
        chosen = rng.choices(range(len(costs)), weights=[cost**-2 for cost in costs])[0]
        cheapest_other = min(cost for i, cost in enumerate(costs) if i != chosen)
        size = costs[chosen] + cheapest_other + rng.uniform(3.5, 12.5)
        offset_s, hold_s = rng.uniform(2.0, 8.0), rng.uniform(0.5, 3.0)
        if window == 0:  # the first one waits for a viewer who has just started to be connected
            offset_s, hold_s, size = rng.uniform(8.0, 10.0), 4.0, size + 4.0
        jump = Jump(
            venue=self._venues[chosen],
            start_ns=window * self._window_ns + round(offset_s * _S),
            bps=rng.choice((-1.0, 1.0)) * size,
            hold_ns=round(hold_s * _S),
            fade_ns=round(rng.uniform(0.3, 0.9) * _S),
        )
        return (jump,)

    def _calm(self, window: int) -> tuple[Jump, ...]:
        jumps = []
        for venue in self._venues:
            rng = dice(*self._key, "calm", venue, window)
            for _ in range(poisson(rng, _CALM_A_DAY / 24)):
                start_ns = window * self._window_ns + rng.randrange(self._window_ns)
                bps = rng.choice((-1.0, 1.0)) * rng.uniform(10.0, 70.0)
                jumps.append(Jump(venue, start_ns, bps, 0, round(rng.uniform(1.0, 5.0) * _S)))
        return tuple(jumps)

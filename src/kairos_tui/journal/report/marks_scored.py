"""Marks scored: markouts by horizon, and the chances that were told against what came of them.

Before it: scoring. After it: scorecard.
"""

from collections import Counter

from kairos_tui.journal.lines.told import MarkoutTold
from kairos_tui.journal.report.scorecard import CalibrationCard, HorizonCard, ReliabilityBin
from kairos_tui.journal.report.tally import Tally
from kairos_tui.market import CalibrationCount

_MOST_HORIZONS = 50
_MOST_NOTES = 100


class HorizonScore:
    """Markouts of one route, or of all."""

    def __init__(self) -> None:
        self._hits: Counter[int] = Counter()
        self._misses: Counter[int] = Counter()
        self._unpriced: Counter[int] = Counter()
        self._nets: dict[int, Tally] = {}

    def add(self, markout: MarkoutTold) -> None:
        """One markout. One that could not be priced is neither a hit nor a miss."""
        horizon_ms, captured = markout.horizon_ms, came_true(markout)
        if horizon_ms not in self._nets and len(self._nets) >= _MOST_HORIZONS:
            return
        nets = self._nets.setdefault(horizon_ms, Tally())
        if captured is None:
            self._unpriced[horizon_ms] += 1
            return
        (self._hits if captured else self._misses)[horizon_ms] += 1
        if markout.net_bps is not None:
            nets.add(markout.net_bps)

    def cards(self) -> tuple[HorizonCard, ...]:
        """By horizon."""
        return tuple(self._card(horizon_ms) for horizon_ms in sorted(self._nets))

    def _card(self, horizon_ms: int) -> HorizonCard:
        hits, misses = self._hits[horizon_ms], self._misses[horizon_ms]
        return HorizonCard(
            horizon_ms=horizon_ms,
            hits=hits,
            misses=misses,
            unpriced=self._unpriced[horizon_ms],
            hit_rate=hits / (hits + misses) if hits + misses else None,
            median_net_bps=self._nets[horizon_ms].median,
        )


class ChanceScore:
    """Chances against outcomes, and why some markouts have none."""

    def __init__(self) -> None:
        self._count = CalibrationCount()
        self._of_priors = 0
        self.notes: Counter[str] = Counter()

    def add(self, chance: float, *, of_prior: bool, came_true: bool) -> None:
        """One chance, and what came of it."""
        self._count.count(chance, came_true=came_true)
        self._of_priors += of_prior

    def note(self, markout: MarkoutTold) -> None:
        """Why one was not priced."""
        if came_true(markout) is None:
            why = markout.note or "no reason given"
            self.notes[why if why in self.notes or len(self.notes) < _MOST_NOTES else "other reasons"] += 1

    def card(self) -> CalibrationCard:
        """As it stands."""
        calibration = self._count.calibration
        tenths = len(calibration.bins)
        return CalibrationCard(
            told=calibration.told,
            of_priors=self._of_priors,
            brier=calibration.brier,
            brier_of_base=calibration.brier_of_base,
            bins=tuple(
                ReliabilityBin(
                    low=place / tenths,
                    high=(place + 1) / tenths,
                    told=each.told,
                    mean_told=each.mean_p,
                    hit_rate=each.hit_rate,
                )
                for place, each in enumerate(calibration.bins)
            ),
        )


def came_true(markout: MarkoutTold) -> bool | None:
    """Whether it still paid; None when that cannot be said."""
    if markout.captured is None and markout.profit is not None:
        return markout.profit > 0.0
    return markout.captured

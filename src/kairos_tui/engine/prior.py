"""Prior: the chance that an edge stands after the reaction, while too few were seen to end. Labelled so.

Market-math section 7, cold start. Before it: markouts at the reaction. After it: lifetimes.
"""

from collections import deque

from kairos_tui.engine.watch import Chance
from kairos_tui.market import Opportunity, Reversion, Thresholds, fit_reversion

_LEAST, _MOST = 8, 64
_DIGITS = 6
"""Of a chance. What is beyond them depends on whose exp, log and erf it is: a replay is the same on all."""


class Prior:
    """The spread between two venues falls back to nothing; how fast, the latest markouts say.

    Spreads are before fees, which differ: of each edge its own fees are taken.
    """

    def __init__(self, thresholds: Thresholds) -> None:
        self._reaction_ms = float(thresholds.reaction_ms)
        self._level_bps = max(thresholds.close_net_bps, 0.0)
        self._pairs: deque[tuple[float, float]] = deque(maxlen=_MOST)
        self._fitted: Reversion | None = None

    def on_markout(self, opened: Opportunity, later: Opportunity) -> None:
        """The same route and size after the reaction."""
        self._pairs.append((opened.gross_bps, later.gross_bps))
        self._fitted = None

    def chance(self, priced: Opportunity) -> Chance | None:
        """Of what was priced now; None while there were too few markouts."""
        if len(self._pairs) < _LEAST:
            return None
        if self._fitted is None:
            self._fitted = fit_reversion(self._pairs, self._reaction_ms, mean=0.0)
        if self._fitted is None:
            return None
        level_bps = self._level_bps + priced.fees_bps
        p = self._fitted.chance_above(level_bps, priced.gross_bps, self._reaction_ms)
        return Chance(round(p, _DIGITS), len(self._pairs), is_prior=True)

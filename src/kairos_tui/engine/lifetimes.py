"""Lifetimes: how long edges of a kind last, and so the chance that one still stands after the reaction.

Market-math sections 7 and 8. Before it: signal_gate, with every edge that begins and ends, candidates too.
After it: signals' capture_p, grades. Kaplan-Meier once enough have ended; before that a prior.
"""

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Iterator

from kairos_tui.engine.births import Births
from kairos_tui.engine.prior import Prior
from kairos_tui.engine.stratum import Stratum
from kairos_tui.engine.watch import Chance, Watch
from kairos_tui.market import FINISHED, CloseReason, Lifetime, Route, Thresholds

LEAST = 20
"""So many must have ended, and so many been seen to reach an age, for it to be said what comes after it."""

_WEIGHT = 20
"""A wider pool counts for as much as so many lifetimes of the narrower one."""

_BANDS_BPS = (5.0, 10.0, 20.0)
"""Where one band of initial edges ends and the next begins."""

_MOST_STRATA = 512
_MOST_OF_ROUTE, _MOST_OF_POOL = 128, 256

_Key = tuple[object, ...]


class Lifetimes:
    """Strata, narrow to wide: a route and band of first edges; a pair of venues and band; all.

    Of routes and pairs the one longest without news makes room for a new one. `undrawn` lack news; `ended`
    are routes of which a lifetime ended since their grades were looked at.
    """

    def __init__(self, births: Births, prior: Prior, thresholds: Thresholds) -> None:
        self._births = births
        self._prior = prior
        self._reaction_ms = float(thresholds.reaction_ms)
        self._strata: OrderedDict[_Key, Stratum] = OrderedDict()
        self._all = Stratum(_MOST_OF_POOL)
        self.undrawn: dict[Stratum, None] = {}
        self.ended: dict[Route, None] = {}
        self._standing: dict[Watch, tuple[Stratum, ...]] = {}

    def begin(self, watch: Watch) -> None:
        """An edge is seen that was not watched until now."""
        watch.is_birth = self._births.is_one(watch.priced)
        strata = self._standing[watch] = tuple(self._of(watch))
        for stratum in strata if watch.is_birth else ():
            stratum.begin(watch)

    def end(self, watch: Watch, reason: CloseReason, now_ns: int) -> None:
        """It is over; for one of most reasons it was only lost sight of."""
        strata = self._standing.pop(watch, ())
        self.ended[watch.priced.route] = None
        for stratum in strata if watch.is_birth else ():
            stratum.end(watch, ended=reason in FINISHED, now_ns=now_ns)
            if stratum.is_due:
                self.undrawn[stratum] = None

    def chance(self, watch: Watch, now_ns: int) -> Chance | None:
        """That it stands for the user's reaction from now; None when nothing is known yet.

        A narrow stratum has its say by how many it knows, the wider one fills up. `n` is of the narrowest
        with enough of them.
        """
        p, count = 0.0, 0
        age_ms = (now_ns - watch.since_ns) / 1e6
        for stratum in reversed(self._standing.get(watch, ())):
            known = stratum.curve.at_risk(age_ms)
            own = stratum.curve.chance(age_ms, self._reaction_ms)
            if not count and (known < LEAST or stratum.curve.ended < LEAST):
                break
            if own is not None:
                p = own if not count else (known * own + _WEIGHT * p) / (known + _WEIGHT)
                count = known if known >= LEAST else count
        return Chance(p, count, is_prior=False) if count else self._prior.chance(watch.priced)

    def draw(self, now_ns: int) -> None:
        """One curve that lacks news is drawn anew: after the signals went out, not before."""
        stratum = next(iter(self.undrawn))
        del self.undrawn[stratum]
        stratum.draw(now_ns)

    def of_route(self, route: Route, now_ns: int) -> list[Lifetime]:
        """Of all bands, those that stand included."""
        held = [self._strata.get((route, band)) for band in range(len(_BANDS_BPS) + 1)]
        return [each for stratum in held if stratum is not None for each in stratum.lifetimes(now_ns)]

    def _of(self, watch: Watch) -> Iterator[Stratum]:
        """Narrow to wide."""
        route, band = watch.priced.route, bisect_right(_BANDS_BPS, watch.priced.net_bps)
        yield self._narrow((route, band), _MOST_OF_ROUTE)
        yield self._narrow((route.buy_venue, route.sell_venue, band), _MOST_OF_POOL)
        yield self._all

    def _narrow(self, key: _Key, most: int) -> Stratum:
        stratum = self._strata.get(key)
        if stratum is None:
            stratum = self._strata[key] = Stratum(most)
            if len(self._strata) > _MOST_STRATA:
                self._strata.popitem(last=False)
        self._strata.move_to_end(key)
        return stratum

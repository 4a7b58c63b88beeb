"""Routes scored: what became of each route's signals, and of all of them together.

Before it: scoring. After it: scorecard.
"""

from kairos_tui.journal.lines.told import MarkoutTold, SignalTold
from kairos_tui.journal.report.lives import Lives
from kairos_tui.journal.report.marks_scored import HorizonScore
from kairos_tui.journal.report.scorecard import MoneyCard, RouteCard
from kairos_tui.journal.report.tally import Tally

MOST_ROUTES = 2_000
_MOST_QUOTES = 50
_LIVES_OF_ROUTE = 5_000
_SHOWN = 40


class RouteScore:
    """One route's."""

    def __init__(self, signal: SignalTold) -> None:
        self._signal = signal.without_legs
        self.opened = 0
        self._nets, self._profits = Tally(), Tally()
        self.lives, self.horizons = Lives(_LIVES_OF_ROUTE), HorizonScore()

    def open(self, signal: SignalTold) -> None:
        """A signal of it opened."""
        self.opened += 1
        self._nets.add(signal.net_bps)
        self._profits.add(signal.profit)

    def card(self) -> RouteCard:
        """As it stands."""
        of = self._signal
        nets = self._nets.spread()
        return RouteCard(
            route=of.route,
            buy_venue=of.buy_venue,
            sell_venue=of.sell_venue,
            buy_symbol=of.buy_symbol,
            sell_symbol=of.sell_symbol,
            mode=of.mode,
            quote=of.quote,
            opened=self.opened,
            net_bps_median=nets.median,
            net_bps_best=nets.most,
            profit_median=self._profits.median,
            lifetimes=self.lives.card(with_curve=False),
            horizons=self.horizons.cards(),
        )


class RouteScores:
    """Every route that had a signal, as far as there is room for them."""

    def __init__(self) -> None:
        self._routes: dict[str, RouteScore] = {}
        self._money: dict[str, tuple[Tally, Tally]] = {}
        self.not_followed: set[str] = set()
        self.lives, self.horizons = Lives(), HorizonScore()

    def open(self, signal: SignalTold) -> None:
        """A signal opened."""
        score = self._score(signal)
        if score is not None:
            score.open(signal)
        if signal.quote in self._money or len(self._money) < _MOST_QUOTES:
            profit, notional = self._money.setdefault(signal.quote, (Tally(), Tally()))
            profit.add(signal.profit)
            notional.add(signal.notional)

    def end(self, signal: SignalTold, stood_us: int, *, ended: bool, dwell_ms: int) -> None:
        """A signal closed, or was lost sight of."""
        self.lives.add(stood_us, ended=ended, dwell_ms=dwell_ms)
        score = self._score(signal)
        if score is not None:
            score.lives.add(stood_us, ended=ended, dwell_ms=dwell_ms)

    def mark(self, route: str | None, markout: MarkoutTold) -> None:
        """A signal was priced again; `route` None: nobody says of which."""
        self.horizons.add(markout)
        score = self._routes.get(route) if route is not None else None
        if score is not None:
            score.horizons.add(markout)

    def cards(self) -> tuple[RouteCard, ...]:
        """Those with the most signals."""
        ranked = sorted(self._routes.values(), key=lambda score: -score.opened)
        return tuple(score.card() for score in ranked[:_SHOWN])

    @property
    def more(self) -> int:
        """Routes that have no card."""
        return max(0, len(self._routes) - _SHOWN) + len(self.not_followed)

    def money(self) -> tuple[MoneyCard, ...]:
        """By quote, as no quote is another."""
        return tuple(
            MoneyCard(quote=quote, profit=profit.spread(), notional=notional.spread())
            for quote, (profit, notional) in sorted(self._money.items())
        )

    def _score(self, signal: SignalTold) -> RouteScore | None:
        route = signal.route
        score = self._routes.get(route)
        if score is None and len(self._routes) < MOST_ROUTES:
            score = self._routes[route] = RouteScore(signal)
        elif score is None and len(self.not_followed) < MOST_ROUTES:
            self.not_followed.add(route)
        return score

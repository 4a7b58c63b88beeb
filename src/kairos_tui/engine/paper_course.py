"""Course: one signal on its way through paper: what was ordered, what came of it, what must be taken back.

Before it: paper_asks. After it: paper, which moves it on, and the fill that it ends as.
"""

from fractions import Fraction

from kairos_tui.engine.exact import exact
from kairos_tui.engine.paper_asks import Ask
from kairos_tui.engine.paper_ledger import Place
from kairos_tui.market import Asset, Fill, Opportunity, PaperOrder, PaperOutcome

_DUST = Fraction(1, 10**12)
"""Of an order; less than that is what floats leave."""


class Course:
    """`orders`: those that reached their books, the asks' own first. `left`: what is still to be taken back,
    tried `tries` times in vain. `needs`: what is set aside for it. `changes`: of each asset, all venues."""

    __slots__ = (
        "asks",
        "changes",
        "left",
        "needs",
        "note",
        "opened_ns",
        "orders",
        "priced",
        "signal_id",
        "tries",
    )

    def __init__(self, signal_id: str, priced: Opportunity, asks: tuple[Ask, ...], opened_ns: int) -> None:
        self.signal_id = signal_id
        self.priced = priced
        self.asks = asks
        self.opened_ns = opened_ns
        self.needs: dict[Place, Fraction] = {}
        self.orders: list[PaperOrder] = []
        self.left: list[Ask] = []
        self.tries = 0
        self.changes: dict[Asset, Fraction] = {}
        self.note: str | None = None

    def enter(self, order: PaperOrder, changes: dict[Asset, Fraction]) -> None:
        """An order has reached its book."""
        self.orders.append(order)
        for asset, change in changes.items():
            self.changes[asset] = self.changes.get(asset, Fraction(0)) + change

    def excess(self) -> list[tuple[Ask, Fraction]]:
        """What was filled beyond the share of the order that was filled least."""
        shares = self._shares()
        least = min(shares)
        pairs = zip(self.asks, shares, strict=True)
        return [(ask, (share - least) * exact(ask.size)) for ask, share in pairs if share - least > _DUST]

    def outcome(self) -> PaperOutcome:
        """How it went, once it is over."""
        shares = self._shares() if self.orders else [Fraction(0)]
        if self.left:
            return "stuck"
        if min(shares) >= 1 - _DUST:
            return "filled"
        if min(shares) > _DUST:
            return "partial"
        return "unwound" if len(self.orders) > len(self.asks) else "missed"

    def end(self, outcome: PaperOutcome, profit: float, now_ns: int) -> Fill:
        """All of it, as it is told."""
        notes = [order.note for order in self.orders if order.note is not None]
        return Fill(
            id=self.signal_id,
            route=self.priced.route,
            outcome=outcome,
            opened_ns=self.opened_ns,
            at_ns=now_ns,
            size=self.priced.size,
            expected=self.priced.profit,
            profit=profit,
            orders=tuple(self.orders),
            note=self.note or next(iter(notes), None),
        )

    def _shares(self) -> list[Fraction]:
        """Of each ask, how much was filled; 1 = all."""
        asked = zip(self.asks, self.orders[: len(self.asks)], strict=True)
        return [
            sum((exact(size) for _, size in order.levels), Fraction(0)) / exact(ask.size)
            for ask, order in asked
        ]

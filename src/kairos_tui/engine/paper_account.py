"""PaperAccount: how many followed signals ended how, and what that earned. Counts and sums, nothing else.

Before it: fills. After it: the board's PaperView.
"""

from collections import Counter, deque

from kairos_tui.engine.paper_ledger import PaperLedger
from kairos_tui.market import Asset, Fill, PaperOutcome, PaperResult, PaperView, split_symbol

_MOST_RECENT = 32
"""Results that the board carries, for the cards."""

_WHOLE = 1.0 - 1e-12


class PaperAccount:
    """followed = the outcomes' counts + what is in flight."""

    def __init__(self, latency_ms: int) -> None:
        self.followed = 0
        self._latency_ms = latency_ms
        self._ended: Counter[PaperOutcome] = Counter()
        self._profits: dict[Asset, float] = {}
        self._recent: deque[PaperResult] = deque(maxlen=_MOST_RECENT)

    def take(self, fill: Fill) -> None:
        """One signal has come to its end."""
        self._ended[fill.outcome] += 1
        quote = split_symbol(fill.route.symbol)[1]
        if fill.outcome != "refused":
            self._profits[quote] = self._profits.get(quote, 0.0) + fill.profit
        self._recent.appendleft(result_of(fill))

    def view(self, ledger: PaperLedger, in_flight: int) -> PaperView:
        """As it stands."""
        ended = self._ended
        return PaperView(
            latency_ms=self._latency_ms,
            followed=self.followed,
            filled=ended["filled"],
            partial=ended["partial"],
            unwound=ended["unwound"],
            missed=ended["missed"],
            refused=ended["refused"],
            stuck=ended["stuck"],
            in_flight=in_flight,
            profits=tuple(self._profits.items()),
            drift=tuple((asset, float(change)) for asset, change in ledger.drift().items()),
            stocks=ledger.stocks(),
            recent=tuple(self._recent),
        )


def result_of(fill: Fill) -> PaperResult:
    """In a card's words."""
    asked = [order for order in fill.orders if order.role != "unwind"]
    whole = [order for order in asked if order.filled >= order.size * _WHOLE]
    return PaperResult(fill.id, fill.outcome, fill.profit, (len(whole), len(asked)), fill.note)

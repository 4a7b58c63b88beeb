"""Paper scored: what simulated orders made of the signals they followed.

Before it: scoring. After it: scorecard.
"""

from collections import Counter

from kairos_tui.journal.lines.told import FillTold
from kairos_tui.journal.report.scorecard import PaperCard, PaperMoney

_MOST_QUOTES = 50


class PaperScore:
    """Adds up fills."""

    def __init__(self) -> None:
        self._outcomes: Counter[str] = Counter()
        self._expected: dict[str, float] = {}
        self._profit: dict[str, float] = {}

    def add(self, fill: FillTold) -> None:
        """One signal that was followed to its end."""
        self._outcomes[fill.outcome] += 1
        if fill.quote in self._profit or len(self._profit) < _MOST_QUOTES:
            self._expected[fill.quote] = self._expected.get(fill.quote, 0.0) + fill.expected
            self._profit[fill.quote] = self._profit.get(fill.quote, 0.0) + fill.profit

    def card(self) -> PaperCard | None:
        """None where nothing was followed."""
        if not self._outcomes:
            return None
        return PaperCard(
            followed=self._outcomes.total(),
            outcomes=dict(self._outcomes.most_common()),
            money=tuple(
                PaperMoney(quote=quote, expected=self._expected[quote], profit=profit)
                for quote, profit in sorted(self._profit.items())
            ),
        )

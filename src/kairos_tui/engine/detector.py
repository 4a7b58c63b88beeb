"""SEAM Detector: slots that changed -> opportunities. To add one: a module and a line in engine.py.

Before it: quote_board. After it: the signal gate, which alone knows identity and history.
"""

from collections.abc import Iterable
from typing import Protocol

from kairos_tui.engine.quote_board import QuoteBoard
from kairos_tui.engine.slot import Slot
from kairos_tui.market import Opportunity, Symbol


class Detector(Protocol):
    """Prices routes at an instant. Reads no clock, keeps no identity, remembers nothing between calls.

    Must yield every healthy route that a touched slot belongs to and that is worth keeping a signal
    open for, at most once, and nothing else: what is not yielded is taken to be gone.
    """

    def detect(self, touched: Iterable[Slot], board: QuoteBoard, now_ns: int) -> Iterable[Opportunity]:
        """Example: CrossVenue yields the two-leg routes of every touched venue, sized and priced."""
        ...

    def pass_over(self, symbols: frozenset[Symbol]) -> None:
        """From now on yield no route that buys one of these: another engine does.

        They may be wanted again at any moment: what is kept of their books is kept up.
        """
        ...

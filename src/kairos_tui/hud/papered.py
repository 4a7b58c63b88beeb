"""Papered: what simulated orders made of signals, in the words of header, cards and inspector. All say paper.

Before it: tape, with each board's account. After it: panels.
"""

from typing import Final

from kairos_tui.hud import numbers
from kairos_tui.hud.glyphs import safe
from kairos_tui.hud.segments import Row
from kairos_tui.market import Board, PaperResult, PaperView, Venue

_MOST: Final = 400
_MOST_QUOTES: Final = 2
_IN_FULL: Final = 100
_WITH_COUNTS: Final = 48
_LARGE: Final = 1_000.0


class PaperResults:
    """How each signal went, long after the board has left it out. Bounded: the oldest are forgotten."""

    def __init__(self) -> None:
        self._by_id: dict[str, PaperResult] = {}

    def on_board(self, board: Board) -> None:
        """What the board has of the latest."""
        for result in reversed(board.paper.recent if board.paper is not None else ()):
            self._by_id[result.id] = result
        while len(self._by_id) > _MOST:
            del self._by_id[next(iter(self._by_id))]

    def of(self, signal_id: str) -> PaperResult | None:
        """How that signal went; None while it is on its way, or where nothing is followed."""
        return self._by_id.get(signal_id)

    def copy(self) -> "PaperResults":
        """As they are now, for a frozen view."""
        twin = PaperResults()
        twin._by_id = self._by_id.copy()
        return twin


def account_row(paper: PaperView, width: int, ink: str = "text") -> Row:
    """`PAPER +12.40 USDT  7/9 filled`, in a header of so many cells; in less where that is narrow."""
    signs = {profit > 0.0 for _, profit in paper.profits if profit}
    worth = "text" if len(signs) != 1 else "buy" if True in signs else "sell"
    said = [f"{numbers.signed_amount(profit)} {safe(asset, 6)}" for asset, profit in paper.profits]
    shown = said[: _MOST_QUOTES if width >= _IN_FULL else 1]
    if len(said) == 1 and width < _IN_FULL:
        shown = [numbers.signed_amount(paper.profits[0][1])]
    more = f" +{len(said) - len(shown)} more" if len(said) > len(shown) else ""
    money = " ".join(shown) + more
    counts = f" {paper.filled}/{paper.ended}" if width >= _WITH_COUNTS else ""
    counts = f" {counts} filled" if width >= _IN_FULL else counts
    return (
        (" PAPER ", "sim"),
        (f" {money}" if money else "", worth if ink == "text" else ink),
        (counts, "muted" if ink == "text" else ink),
    )


def result_words(result: PaperResult) -> str:
    """`filled 2/2`; of one that was not whole, why."""
    if result.outcome == "refused":
        return f"refused: {safe(result.note or '', 60)}"
    done, of = result.legs
    why = f" · {safe(result.note, 60)}" if result.note and result.outcome != "filled" else ""
    return f"{result.outcome} {done}/{of}{why}" if of else f"{result.outcome}{why}"


def result_money(result: PaperResult, quote: str) -> str:
    """`+1.24 USDT`; nothing where nothing was ordered."""
    return "" if result.outcome == "refused" else f"{numbers.signed_amount(result.profit)} {safe(quote, 8)}"


def stock_words(paper: PaperView, venue: Venue) -> str:
    """What that venue holds in simulation: `0.482 BTC, 10,230 USDT`; empty before it was needed."""
    held = [stock for stock in paper.stocks if stock.venue == venue]
    return ", ".join(f"{_said(stock.held)} {safe(stock.asset, 6)}" for stock in held)


def _said(amount: float) -> str:
    return numbers.amount(amount) if amount >= _LARGE else numbers.size(amount)

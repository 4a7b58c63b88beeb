"""Words: what may stand after a command, as far as that is known; and the nearest to one that may not.

Before it: actions, view_state. After it: commands, worded, choices of the palette.
"""

from collections.abc import Callable, Iterable
from difflib import get_close_matches
from typing import Final

from kairos_tui.hud.actions import Word
from kairos_tui.hud.layouts import LAYOUTS, PANELS
from kairos_tui.hud.look import FIGURES, ORDERS, SPANS_S, span_label
from kairos_tui.hud.view_state import View

_MOST_CHARACTERS: Final = 200
_NEAR: Final = 0.5


def words(view: View, word: Word) -> tuple[str, ...]:
    """Every word of that kind; none where anything may be typed."""
    known = _KNOWN.get(word)
    return known(view) if known is not None else ()


def nearest(typed: str, known: Iterable[str]) -> str:
    """`; did you mean ember?`, or nothing when none is near."""
    folded = {each.casefold(): each for each in known}
    close = get_close_matches(typed[:_MOST_CHARACTERS].casefold(), folded, n=1, cutoff=_NEAR)
    return f"; did you mean {folded[close[0]]}?" if close else ""


def one_of(typed: str, known: Iterable[str]) -> str | None:
    """The known word that is meant: written the same in any case, or the only one that begins so."""
    folded = {each.casefold(): each for each in known}
    if typed.casefold() in folded:
        return folded[typed.casefold()]
    begun = [each for fold, each in folded.items() if fold.startswith(typed.casefold())]
    return begun[0] if len(begun) == 1 else None


def _themes(view: View) -> tuple[str, ...]:
    return tuple(theme.title for theme in view.wardrobe.themes)


def _symbols(view: View) -> tuple[str, ...]:
    if view.board is None:
        return tuple(view.plan.symbols)
    return tuple(view.board.symbols[place].symbol for place in view.symbol_places if view.board.symbols)


_KNOWN: Final[dict[Word, Callable[[View], tuple[str, ...]]]] = {
    "theme": _themes,
    "symbol": _symbols,
    "panel": lambda _: PANELS,
    "figure": lambda _: FIGURES,
    "order": lambda _: ORDERS,
    "span": lambda _: tuple(map(span_label, SPANS_S)),
    "layout": lambda _: tuple(layout.name for layout in LAYOUTS),
}

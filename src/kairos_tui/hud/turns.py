"""Turns: the moves that change how panels are set: symbol, layout, the matrix's figure, order, span.

Before it: look, layouts, layout, view_state. After it: moves, which has them among all others.
"""

from collections.abc import Callable
from typing import Final

from kairos_tui.hud.common import turn_common
from kairos_tui.hud.layout import size_class
from kairos_tui.hud.layouts import LAYOUTS, layout_at
from kairos_tui.hud.look import FIGURES, ORDERS, SPANS_S, span_words
from kairos_tui.hud.view_state import View

Move = Callable[[View], None]

_SAID_S: Final = 2.0


def turn_symbol(view: View, step: int, *, around: bool = True) -> None:
    """The next symbol that some venue lists; `around`: after the last one comes the first."""
    places = view.symbol_places
    if len(places) < 2:
        view.say("one symbol is listed; give kairos watch several to switch between them")
        return
    at = places.index(view.symbol_index) if view.symbol_index in places else 0
    at = (at + step) % len(places) if around else max(0, min(at + step, len(places) - 1))
    if places[at] != view.symbol_index:
        turn_symbol_to(view, places[at])


def turn_symbol_to(view: View, place: int) -> None:
    """Show the symbol of that number, counted from 0."""
    view.symbol_index = place
    view.cell = view.inspected = view.venue = None


def _symbol(step: int) -> Move:
    return lambda view: turn_symbol(view, step)


def _figure(step: int) -> Move:
    def turn(view: View) -> None:
        look = view.look
        look.figure = FIGURES[(FIGURES.index(look.figure) + step) % len(FIGURES)]
        view.say(f"matrix: {look.figure}", for_s=_SAID_S)

    return turn


def _order(view: View) -> None:
    look = view.look
    look.order, look.reversed = ORDERS[(ORDERS.index(look.order) + 1) % len(ORDERS)], False
    view.say(f"venues by {order_words(look.order)}", for_s=_SAID_S)


def order_words(order: str) -> str:
    """`given` in words, the others as they are."""
    return "the order given" if order == "given" else order


def _reverse(view: View) -> None:
    view.look.reversed = not view.look.reversed


def _span(step: int) -> Move:
    def turn(view: View) -> None:
        place = SPANS_S.index(view.look.span_s) + step
        view.look.span_s = SPANS_S[max(0, min(place, len(SPANS_S) - 1))]
        view.say(f"plot over {span_words(view.look.span_s)}", for_s=_SAID_S)

    return turn


def _layout(view: View) -> None:
    pick_layout(view, (view.look.layout + 1) % len(LAYOUTS))


def pick_layout(view: View, place: int) -> None:
    """The layout of that number, counted from 0; its first panel takes the focus unless one of those that
    the screen has room for has it: a panel that is in none of its columns would stand in another's place."""
    layout = layout_at(place)
    view.look.layout, view.zoomed = place, False
    shown = layout.narrow if size_class(*view.size) == "sm" else (*layout.left, *layout.right)
    if view.focus not in shown:
        view.focus = shown[0]
    view.say(f"layout {place + 1} of {len(LAYOUTS)}: {layout.name}", for_s=_SAID_S)


def _pick(place: int) -> Move:
    return lambda view: pick_layout(view, place)


TURNS: Final[dict[str, Move]] = {
    "symbol_previous": _symbol(-1),
    "symbol_next": _symbol(1),
    "figure_next": _figure(1),
    "figure_previous": _figure(-1),
    "sort_next": _order,
    "sort_reverse": _reverse,
    "common_quote": turn_common,
    "span_shorter": _span(-1),
    "span_longer": _span(1),
    "layout_next": _layout,
    **{f"layout_{place + 1}": _pick(place) for place in range(len(LAYOUTS))},
}

"""Worded: what actions do with a word behind them. Each says in a sentence why it could not, or nothing.

Before it: words, moves, deeds. After it: prompting, for `:` and the palette.
"""

from collections.abc import Callable
from math import nan
from typing import Final

from kairos_tui.hud import numbers
from kairos_tui.hud.actions import Action, Word
from kairos_tui.hud.commands import quoted
from kairos_tui.hud.deeds import MOST_FPS, Hands
from kairos_tui.hud.finding import filter_by
from kairos_tui.hud.layouts import LAYOUTS
from kairos_tui.hud.look import FIGURES, ORDERS, SPANS_S, span_label, span_words
from kairos_tui.hud.replaying import seek
from kairos_tui.hud.turns import order_words, pick_layout, turn_symbol_to
from kairos_tui.hud.view_state import View
from kairos_tui.hud.words import nearest, one_of, words


def do_with_word(hands: Hands, action: Action, word: str) -> str | None:
    """Do it with that word; the sentence to say when it could not be done."""
    assert action.word is not None
    known = words(hands.view, action.word)
    if known:
        meant = one_of(word, known)
        if meant is None:
            return _unknown(hands, action.word, word, known)
        word = meant
    return WORDED[action.id](hands, word)


def _unknown(hands: Hands, kind: Word, word: str, known: tuple[str, ...]) -> str:
    if kind == "symbol":
        return _unwatched(hands.view, word, known)
    broken = hands.view.wardrobe.problem_of(word) if kind == "theme" else ""
    return broken or f"there is no {kind} {quoted(word)}{nearest(word, known) or _list(known)}"


def _unwatched(view: View, word: str, known: tuple[str, ...]) -> str:
    """The nearest is one of the same coin: all that end in /USDT are near one another."""
    coin = word.casefold().partition("/")[0]
    same = [symbol for symbol in known if symbol.casefold().partition("/")[0] == coin]
    others = "" if view.plan.remote or view.feed == "replay" else "; for others start kairos watch anew"
    return f"{quoted(word)} is not watched{nearest(word, same)}{others}"


def _list(known: tuple[str, ...]) -> str:
    return f": {', '.join(known[:6])}{', …' if len(known) > 6 else ''}"


def _theme(hands: Hands, word: str) -> None:
    wardrobe = hands.view.wardrobe
    wardrobe.wear(word)
    problem = wardrobe.problem_of(word)
    hands.view.say(f"theme {word}, as it was: {problem}" if problem else f"theme {word}", for_s=2.0)


def _symbol(hands: Hands, word: str) -> None:
    view = hands.view
    board = view.board
    known = [one.symbol for one in board.symbols] if board is not None else list(view.plan.symbols)
    turn_symbol_to(view, next(place for place, symbol in enumerate(known) if symbol == word))


def _zoom(hands: Hands, word: str) -> None:
    hands.perform(f"panel_{word}")
    hands.view.zoomed, hands.view.inspected = True, None


def _filter(hands: Hands, word: str) -> str | None:
    return filter_by(hands.view, word)


def _fps(hands: Hands, word: str) -> str | None:
    if not word.isdecimal() or not 1 <= int(word) <= MOST_FPS:
        return f"{quoted(word)} is no number from 1 to {MOST_FPS}"
    hands.pace(int(word))
    hands.view.say(f"at most {int(word)} frames a second")
    return None


def _mode(hands: Hands, word: str) -> None:
    hands.view.look.figure = next(figure for figure in FIGURES if figure == word)
    hands.view.say(f"matrix: {word}", for_s=2.0)


def _sort(hands: Hands, word: str) -> None:
    look = hands.view.look
    look.order, look.reversed = next(order for order in ORDERS if order == word), False
    hands.view.say(f"venues by {order_words(word)}", for_s=2.0)


def _span(hands: Hands, word: str) -> None:
    span_s = next(span_s for span_s in SPANS_S if span_label(span_s) == word)
    hands.view.look.span_s = span_s
    hands.view.say(f"plot over {span_words(span_s)}", for_s=2.0)


def _threshold(hands: Hands, word: str) -> str | None:
    view = hands.view
    least = view.thresholds.close_net_bps
    try:
        net_bps = float(word.replace("−", "-"))
    except ValueError:
        net_bps = nan
    if view.plan.remote or view.feed == "replay":
        return "what opens a signal is decided where Kairos watches; a replay has --min-net-bps for it"
    if not least <= net_bps <= MOST_BPS:
        return f"{quoted(word)} is no net from {least:g}, at which signals close, to {MOST_BPS:g} bps"
    hands.commands.open_at(net_bps)
    view.say(f"signals open at {numbers.bps(net_bps)} bps from now on; those that stand go on")
    return None


def _layout(hands: Hands, word: str) -> None:
    pick_layout(hands.view, next(place for place, layout in enumerate(LAYOUTS) if layout.name == word))


MOST_BPS: Final = 10_000.0

WORDED: Final[dict[str, Callable[[Hands, str], str | None]]] = {
    "theme": _theme,
    "symbol": _symbol,
    "zoom": _zoom,
    "filter": _filter,
    "mode": _mode,
    "sort": _sort,
    "layout": _layout,
    "fps": _fps,
    "threshold": _threshold,
    "span": _span,
    "seek": seek,
}

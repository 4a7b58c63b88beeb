"""Finding: what the actions of the group Find do to the view. Prompts begin here; matches are gone through.

Before it: prompt, filters, matching. After it: moves, worded, prompting.
"""

from collections.abc import Callable
from typing import Final

from kairos_tui.hud.cards import Card
from kairos_tui.hud.cursor import cell_or_best, hold_card
from kairos_tui.hud.filters import Malformed, parse_filter
from kairos_tui.hud.jumps import cards_shown, notes_shown
from kairos_tui.hud.line_editor import line_of
from kairos_tui.hud.matching import entries, lets_through
from kairos_tui.hud.prompt import Jump, Prompt, Purpose
from kairos_tui.hud.replaying import NO_REPLAY
from kairos_tui.hud.view_state import View

Find = Callable[[View], None]


def filter_by(view: View, text: str) -> str | None:
    """Let through what the text asks for, a blank one everything; the sentence when it is malformed."""
    found = parse_filter(text)
    if isinstance(found, Malformed):
        return f"at {found.at + 1}: {found.what}"
    view.filter = found if found.terms else None
    return None


def _command(text: str) -> Find:
    """Begin to type a command; what is given stands there already."""

    def ask(view: View) -> None:
        view.prompt = Prompt("command", line_of(text), text)

    return ask


def _listing(purpose: Purpose) -> Find:
    def ask(view: View) -> None:
        view.prompt = Prompt(purpose)
        view.helping = view.measuring = False

    return ask


def _palette(view: View) -> None:
    view.prompt = Prompt("palette")


def _jump(view: View) -> None:
    view.jump, view.helping, view.measuring = Jump("", cards_shown(view), notes_shown(view)), False, False


def _filter(view: View) -> None:
    text = view.filter.text if view.filter is not None else ""
    view.prompt = Prompt("filter", line_of(text), text, before=text)


def _match(step: int) -> Find:
    def find(view: View) -> None:
        if view.filter is None:
            view.say("no filter is set; / sets one")
        elif not (_next_signal(view, step) if view.focus == "feed" else _next_route(view, step)):
            view.say(f"nothing matches /{view.filter.text}")

    return find


def _next_signal(view: View, step: int) -> bool:
    """The cursor on the next signal that matches, around the end."""
    keys = [entry.key for entry in entries(view) if isinstance(entry, Card)]
    if keys:
        place = keys.index(view.card) + step if view.card in keys else min(0, step)
        hold_card(view, keys[place % len(keys)])
    return bool(keys)


def _next_route(view: View, step: int) -> bool:
    """The cursor on the next cell that matches, row by row, around the end."""
    one, names = view.symbol_board, [venue.venue for venue in view.venues]
    routes = one.routes if one is not None else ()
    matching = sorted(
        (names.index(route.buy_venue), names.index(route.sell_venue))
        for route in routes
        if one is not None and route.net_bps is not None and lets_through(view, one.symbol, route)
    )
    if matching:
        here = cell_or_best(view)
        beyond = [cell for cell in matching if (cell > here if step > 0 else cell < here)]
        view.focus, view.cell = "matrix", (beyond or matching)[0 if step > 0 else -1]
    return bool(matching)


def _seek(view: View) -> None:
    if view.feed == "replay":
        _command("seek ")(view)
    else:
        view.say(NO_REPLAY)


FINDS: Final[dict[str, Find]] = {
    "command": _command(""),
    "keys": _listing("keys"),
    "settings": _listing("settings"),
    "palette": _palette,
    "jump": _jump,
    "theme": _command("theme "),
    "symbol": _command("symbol "),
    "fps": _command("fps "),
    "span": _command("span "),
    "threshold": _command("threshold "),
    "mode": _command("mode "),
    "sort": _command("sort "),
    "layout": _command("layout "),
    "seek": _seek,
    "filter": _filter,
    "match_next": _match(1),
    "match_previous": _match(-1),
}

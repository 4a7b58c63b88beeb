"""Glance: one symbol in three lines, or in one, for a status bar, a prompt or a corner of a terminal.

Before it: view_state, verdict. After it: runtime's glance, which has the boards. The three answers of every
screen: is it alive, where is the edge, what happened. Pure; reads no clock.
"""

from collections import Counter
from typing import Final

from rich.color import ColorSystem
from rich.style import Style

from kairos_tui.hud import numbers
from kairos_tui.hud.glyph_sets import translation
from kairos_tui.hud.glyphs import STRONG, mark_of, safe
from kairos_tui.hud.palette import Palette
from kairos_tui.hud.reach import Depth, Reach
from kairos_tui.hud.routes import MODES
from kairos_tui.hud.segments import Row, cut
from kairos_tui.hud.theme import Theme
from kairos_tui.hud.view_state import View

_SEPARATOR = " · "
_SYSTEMS: Final[dict[Depth, ColorSystem]] = {
    "truecolor": ColorSystem.TRUECOLOR,
    "256": ColorSystem.EIGHT_BIT,
    "16": ColorSystem.STANDARD,
    "none": ColorSystem.STANDARD,  # nothing of it is a colour then
}
_PLAIN = frozenset({"text", "near", "muted"})
_WORDS = {
    "no_edge": ("○", "no edge", "text+b"),
    "profit": ("▲", "in profit", "buy+b"),
    "signal": (STRONG, "edge", "hot"),
}


def board_rows(view: View) -> tuple[Row, Row, Row]:
    """Alive; the edge, or how far from one; the signals."""
    return _alive(view), _edge(view), _signals(view)


def board_row(view: View) -> Row:
    """All of it in one row of some fifty cells: feed, symbol, best route, venues."""
    verdict, (live, of) = view.verdict(), view.live_venues()
    head: Row = ((f"{view.feed} ", "accent"), (f"{safe(view.symbol, 20)} ", "text+b"))
    if verdict.kind == "none":
        return (*head, (_why_none(view), "warn"))
    ink = "buy+b" if verdict.net_bps > 0 else "text"
    glyph = _WORDS[verdict.kind][0]
    best: Row = ((f"{glyph} {numbers.bps(verdict.net_bps)} bps ", ink), (verdict.route, "text"))
    return (*head, *best, (f" {live}/{of}", "muted"))


def is_live(view: View) -> bool:
    """Whether a venue's book may be believed now."""
    return view.live_venues()[0] > 0


class Brush:
    """Rows -> text for a terminal, with the glyphs and colours that it can show."""

    def __init__(self, theme: Theme, reach: Reach) -> None:
        self._palette = Palette(theme, reach)
        self._system = _SYSTEMS[reach.depth]
        self._glyphs = translation(dict(theme.glyphs), ascii_only=reach.glyphs == "ascii")

    def plain(self, row: Row, width: int | None = None) -> str:
        """Without a colour; cut to so many cells."""
        text = "".join(text for text, _ in (row if width is None else cut(row, width))).rstrip()
        return text if self._glyphs is None else text.translate(self._glyphs)

    def coloured(self, row: Row, width: int) -> str:
        """In the theme's colours; plain text in the terminal's own, for the ground is not the theme's."""
        pieces = []
        for text, ink in cut(row, width):
            style = self._palette[ink]
            if style.bgcolor == self._palette["text"].bgcolor:
                own = None if ink.partition("+")[0] in _PLAIN else style.color
                dim = style.dim or ink == "muted" or None
                style = Style(
                    color=own, bold=style.bold, dim=dim, reverse=style.reverse, underline=style.underline
                )
            shown = text if self._glyphs is None else text.translate(self._glyphs)
            pieces.append(style.render(shown, color_system=self._system))
        return "".join(pieces)


def _alive(view: View) -> Row:
    live, of = view.live_venues()
    mood = f" {view.mood}" if view.mood and view.feed == "sim" else ""
    badge = (f" {view.feed.upper()}{mood} ", "sim" if view.feed != "live" else "onair")
    state = ("●", "buy") if live else ("✖", "down") if view.board is not None else ("◔", "accent")
    count = f" {live}/{of} venues" if of else " starting"
    rate = f"{numbers.compact(view.board.rates.ticks_per_s)} t/s" if live and view.board is not None else ""
    at = f"{numbers.clock_s(view.board.at_us if view.board is not None else view.now_us)}Z"
    tail = "".join(_SEPARATOR + part for part in (rate, at) if part)
    return (
        ("KAIROS ", "focus+b"), (f"{safe(view.symbol, 20)} ", "text+b"), badge, (" ", "text"),
        state, (count, "text"), (tail, "muted"),
    )  # fmt: skip


def _edge(view: View) -> Row:
    verdict = view.verdict()
    if verdict.kind == "none":
        return (("◌ ", "warn"), (_why_none(view), "warn"))
    glyph, word, ink = _WORDS[verdict.kind]
    net = (f"{numbers.bps(verdict.net_bps)} bps net", "buy+b" if verdict.net_bps > 0 else "near")
    row: Row = ((f"{glyph} ", ink), net, (f"  {verdict.route}", "text"))
    if verdict.mode is not None:
        row += ((f"  {MODES[verdict.mode][0]}", MODES[verdict.mode][1]),)
    row += ((_SEPARATOR, "muted"), (word, ink))
    if verdict.kind == "no_edge":
        costs = f"gross {numbers.bps(verdict.gross_bps)}, {verdict.worst} eats most"
        row += ((f"{_SEPARATOR}needs {numbers.bps(verdict.to_profit)}{_SEPARATOR}{costs}", "muted"),)
    return (*row, (_sized(view), "muted"))


def _sized(view: View) -> str:
    one = view.symbol_board
    found = one.sized if one is not None else None
    if found is None or found.net_bps <= 0:
        return ""
    size = f"{numbers.size(found.size)} {safe(found.asset, 12)}"
    return f"{_SEPARATOR}{size}{_SEPARATOR}{numbers.signed_amount(found.profit)} {safe(found.quote, 12)}"


def _signals(view: View) -> Row:
    one = view.symbol_board
    if one is None or view.trust != "fresh":
        return (("signals: not known", "muted"),)
    standing = [signal.opportunity.net_bps for signal in one.open_signals]
    row: Row = ()
    if standing:
        plural = "s" if len(standing) > 1 else ""
        best = numbers.bps(max(standing))
        row += ((f"{STRONG} {len(standing)} signal{plural} open, best {best} bps", "buy"),)
    elif one.last_signal_age_us is None:
        row += (("no signal yet", "muted"),)
    else:
        row += ((f"no signal for {numbers.span(one.last_signal_age_us)}", "muted"),)
    limit = f"from {numbers.bps(view.thresholds.min_net_bps)} bps"
    return (*row, (f"{_SEPARATOR}{one.signals:,} since start{_SEPARATOR}{limit}", "muted"))


def _why_none(view: View) -> str:
    """What keeps a number from being shown: how many are live is said first."""
    if view.board is None:
        return "connecting"
    if view.trust != "fresh":
        return f"silent for {numbers.span(view.silence_us)}: nothing is known to be true now"
    live, of = view.live_venues()
    if live:
        return f"{live} of {of} live: {'two make a route' if live == 1 else 'no route can be priced'}"
    reasons = Counter(_reason(view, place) for place in range(of))
    (reason, count), *_ = reasons.most_common(1) or [("no venue lists it", of)]
    return f"0 of {of} live: {reason}" + (f" ×{count}" if count < of else "")


def _reason(view: View, place: int) -> str:
    """Each venue has addresses of its own."""
    venue = view.venues[place]
    return safe(venue.reason, 48).partition(" at ")[0] if venue.reason else mark_of(venue).word.lower()

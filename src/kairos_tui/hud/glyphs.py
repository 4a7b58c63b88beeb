"""Glyphs: the mark and word of every state, and `safe()`, the one door for text from outside.

Before it: market. After it: panels. Every colour on the screen has one of these as its twin.
"""

import unicodedata
from functools import lru_cache
from typing import Final

from msgspec import Struct
from rich.cells import cell_len

from kairos_tui.market import FeedState, RouteView, VenueView


class Mark(Struct, frozen=True):
    """A glyph, a word of at most eight cells, an ink."""

    glyph: str
    word: str
    ink: str


STATES: Final[dict[FeedState, Mark]] = {
    FeedState.CONNECTING: Mark("◔", "CONNECT", "accent"),
    FeedState.LIVE: Mark("●", "LIVE", "buy"),
    FeedState.QUIET: Mark("○", "QUIET", "muted"),
    FeedState.LAGGING: Mark("◷", "LAGGING", "warn"),
    FeedState.STALE: Mark("◌", "STALE", "warn"),
    FeedState.RESYNC: Mark("◍", "RESYNC", "warn"),
    FeedState.QUARANTINED: Mark("⊘", "HELD", "down"),
    FeedState.DOWN: Mark("✖", "DOWN", "down"),
}
EXCLUDED: Final = Mark("⊘", "EXCLUDED", "down")
UNLISTED: Final = Mark("–", "UNLISTED", "muted")
SILENT: Final = Mark("◌", "SILENT", "warn")

CELL_STALE: Final = "··"
CELL_DOWN: Final = "××"
CELL_UNLISTED: Final = "--"
CELL_SELF: Final = "·"
STRONG: Final = "◆"
POSITIVE: Final = "▲"

PROOFS: Final = {"checksum": "✓✓", "sequence": "✓", "snapshot": "~", "unproven": "?"}
FEE_SOURCES: Final = {"config": "c", "market": "m", "default": "d"}

_UNSAFE: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Mn", "Me", "Mc"})
_MOST_CELLS: Final = 64
_GONE: Final = frozenset({FeedState.DOWN, FeedState.QUARANTINED})


@lru_cache(maxsize=4096)
def safe(text: str, most: int = _MOST_CELLS) -> str:
    """Text from outside, fit to be drawn: control, bidi, zero-width and unpaired characters become
    visible escapes, and at most `most` cells remain. Never markup: what is drawn is only ever text."""
    shown: list[str] = []
    cells = 0
    for character in text[: most * 4]:
        piece = _escape(character) if unicodedata.category(character) in _UNSAFE else character
        cells += cell_len(piece)
        if cells > most:
            return _cut("".join(shown), most)
        shown.append(piece)
    return "".join(shown)


def _escape(character: str) -> str:
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _cut(text: str, most: int) -> str:
    while cell_len(text) > most - 1:
        text = text[:-1]
    return text + "…"


@lru_cache(maxsize=1024)
def venue_name(venue: str) -> str:
    """A venue as the HUD writes it."""
    return safe(venue, 24).upper()


def mark_of(venue: VenueView, *, trusted: bool = True) -> Mark:
    """The state of a venue's row. `trusted` False: the engine is silent, so nothing is known."""
    if not venue.listed:
        return UNLISTED
    if not trusted and venue.state not in _GONE:
        return SILENT
    return EXCLUDED if is_excluded(venue) else STATES[venue.state]


def is_excluded(venue: VenueView) -> bool:
    """The whole venue is held for its score, not this one market: its reason begins with the score."""
    return venue.state is FeedState.QUARANTINED and (venue.reason or "").startswith("score ")


def is_gone(venue: VenueView) -> bool:
    """Down or held: not merely late."""
    return venue.state in _GONE


def cell_glyph(route: RouteView | None, buy: VenueView, sell: VenueView) -> str | None:
    """What stands in a matrix cell that has no number, or None when it has one."""
    if not (buy.listed and sell.listed):
        return CELL_UNLISTED
    if is_gone(buy) or is_gone(sell):
        return CELL_DOWN
    if route is None or route.net_bps is None or route.blocked is not None:
        return CELL_STALE
    return None

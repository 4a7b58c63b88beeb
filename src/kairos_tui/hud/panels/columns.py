"""Columns: which of a venue's figures fit beside its book, and how each is written.

Before it: market's VenueView. After it: the venues panel. Columns come in by rank as the width allows.
"""

from collections.abc import Callable
from typing import Final

from msgspec import Struct

from kairos_tui.hud import numbers
from kairos_tui.hud.glyphs import FEE_SOURCES, PROOFS, venue_name
from kairos_tui.hud.panels.header import latency_badge
from kairos_tui.hud.segments import cells
from kairos_tui.hud.view_state import View
from kairos_tui.market import Proof, VenueView

SIZE: Final = 6
STATE: Final = 11
_LEAST_PRICE: Final = 9
_MOST_NAME: Final = 10
_SPARKS: Final = (7, 40)

Figure = Callable[[View, VenueView, VenueView], tuple[str, str]]
"""(view, venue, the same venue a calm quarter second ago) -> text and ink."""


class Column(Struct, frozen=True):
    """A heading, a width in cells, and how the figure is made."""

    name: str
    width: int
    figure: Figure


class Grid(Struct, frozen=True):
    """The widths of one drawing of the panel; `spark` 0 = no sparkline."""

    name: int
    price: int
    places: int
    columns: tuple[Column, ...]
    spark: int


def _spread(view: View, venue: VenueView, calm: VenueView) -> tuple[str, str]:
    if venue.bid is None or venue.ask is None or venue.bid <= 0:
        return numbers.UNKNOWN, "muted"
    return f"{(venue.ask / venue.bid - 1) * 1e4:.2f}", "muted"


def _latency(view: View, venue: VenueView, calm: VenueView) -> tuple[str, str]:
    glyph, ink = latency_badge(calm.latency_us)
    return (
        f"{glyph} {numbers.latency(calm.latency_us)}" if calm.latency_us is not None else numbers.UNKNOWN,
        ink,
    )


def _rate(view: View, venue: VenueView, calm: VenueView) -> tuple[str, str]:
    return numbers.compact(calm.ticks_per_s), "text" if calm.ticks_per_s >= 0.5 else "muted"


def _age(view: View, venue: VenueView, calm: VenueView) -> tuple[str, str]:
    age_us = age_of(calm)
    ink = "muted" if age_us is None or age_us < view.thresholds.age_limit_ms * 1000 else "warn"
    silent_us = view.silence_us if view.trust != "fresh" else 0
    return numbers.age(None if age_us is None else age_us + silent_us), ink


def age_of(venue: VenueView) -> int | None:
    """The age that gates, in us: since the last proof that the book holds, not since it last changed."""
    return venue.age_us if venue.alive_us is None else venue.alive_us


def _fee(view: View, venue: VenueView, calm: VenueView) -> tuple[str, str]:
    if venue.taker is None:
        return numbers.UNKNOWN, "muted"
    return f"{venue.taker * 1e4:.1f} {FEE_SOURCES.get(venue.fee_source or 'default', '?')}", "muted"


def _proof(view: View, venue: VenueView, calm: VenueView) -> tuple[str, str]:
    return PROOFS.get(
        venue.proof or "", numbers.UNKNOWN
    ), "warn" if venue.proof is Proof.UNPROVEN else "muted"


_BY_RANK: Final = (
    Column("LATENCY", 9, _latency),
    Column("T/S", 6, _rate),
    Column("FEE", 8, _fee),
    Column("AGE", 6, _age),
    Column("SPRD", 6, _spread),
    Column("PF", 4, _proof),
)
_BY_PLACE: Final = ("SPRD", "LATENCY", "T/S", "AGE", "PF", "FEE")


def grid_for(venues: tuple[VenueView, ...], inner: int, *, valued: bool = False) -> Grid:
    """The columns that fit in `inner` cells beside names and books of these widths.

    `valued`: each price has a mark before it, for it is no price of that venue.
    """
    name = max((min(_MOST_NAME, cells(venue_name(venue.venue))) for venue in venues), default=8)
    prices = [price for venue in venues for price in (venue.bid, venue.ask) if price is not None]
    places = numbers.price_places(max(prices, default=None))
    price = max((len(numbers.price(value, places)) for value in prices), default=_LEAST_PRICE)
    price = max(_LEAST_PRICE, price + valued)
    room = inner - (3 + name + 1 + STATE + 2 * (price + 3 + SIZE) + 3 + 1)
    least, most = _SPARKS
    chosen: list[Column] = []
    for rank, column in enumerate(_BY_RANK):
        if room - column.width - (least + 2 if rank >= 2 else 0) >= 0:
            chosen.append(column)
            room -= column.width
    chosen.sort(key=lambda column: _BY_PLACE.index(column.name))
    spark = min(most, room - 2) if room >= least + 2 else 0
    return Grid(name, price, places, tuple(chosen), spark)

"""Explained: one number taken apart, and how its parts are written. Pure text; the panel draws it.

Before it: numbers. After it: every module of explain. `here` is the formula with this row's figures put in:
it can be typed into a calculator, and a test does so.
"""

from typing import Final

from msgspec import Struct

from kairos_tui.hud import numbers
from kairos_tui.hud.glyphs import venue_name
from kairos_tui.hud.panels.columns import age_of
from kairos_tui.market import Fees, VenueView

BPS: Final = "bps: hundredths of a per cent"


class Explained(Struct, frozen=True):
    """`name` is what the screen calls it, `of` whose it is, `value` what stands there.

    `what` says what it is; `formula` how it comes about, in words, and `here` in figures. `source` is where
    the parts are from, `age` how old they are.
    """

    name: str
    of: str
    value: str
    what: str
    formula: str = ""
    here: str = ""
    unit: str = ""
    age: str = ""
    source: str = ""


def fraction(taker: float) -> str:
    """A fee as a formula takes it: `0.001`."""
    return f"{taker:.8f}".rstrip("0").rstrip(".")


def bought(price: str, fees: Fees) -> str:
    """What a unit costs, its fee included: `67,044.86 × (1 + 0.001)`."""
    return f"{price} ÷ (1 − {fraction(fees.taker)})" if fees.buys_less else _times(price, "+", fees)


def sold(price: str, fees: Fees) -> str:
    """What a unit brings, its fee taken off."""
    return f"{price} ÷ (1 + {fraction(fees.taker)})" if fees.sells_more else _times(price, "−", fees)


def plain(value: float) -> str:
    """A price in full, so that the result can be recomputed to the last digit that is shown."""
    return f"{value:,.{numbers.price_places(value)}f}"


def exact(value: float) -> str:
    """An amount in full."""
    return f"{value:,.8f}".rstrip("0").rstrip(".")


def ages(*venues: VenueView) -> str:
    """`0.1s BINANCE, 0.3s BYBIT`: since the last proof that each book holds."""
    told = (f"{numbers.age(age_of(venue))} {venue_name(venue.venue)}" for venue in venues)
    return ", ".join(dict.fromkeys(told)) + " since the last proof that the book holds"


def proofs(*venues: VenueView) -> str:
    """`BINANCE (sequence), BYBIT (checksum)`."""
    return ", ".join(f"{venue_name(each.venue)} ({each.proof or 'no proof yet'})" for each in venues)


def _times(price: str, sign: str, fees: Fees) -> str:
    return f"{price} × (1 {sign} {fraction(fees.taker)})"

"""Instrument and Fees: what is traded and what it costs. Facts from a venue's market table."""

from math import lcm
from typing import Literal

from msgspec import Struct

from kairos_tui.market.names import Asset, Symbol, Venue

_SCALE = 10**10
"""Venues state steps with at most ten decimals."""

_NOISE = 1e-14
"""0.7999999999999999 is 0.8 that went through floats: sizes are believed to thirteen digits."""

FeeSource = Literal["config", "market", "default"]


class Fees(Struct, frozen=True, array_like=True, gc=False):
    """A taker fee as a fraction of the quote amount, and where the number came from.

    `source`: `config` (the user's override) > `market` (ccxt's entry for this market) > `default`.
    `as_of_us`: wall-clock epoch us when it was read.
    Formulas: market-math section 1; a fee in quote costs the buyer a(1+f) and leaves the seller b(1-f).
    """

    taker: float
    source: FeeSource
    as_of_us: int

    def cost_to_buy(self, price: float) -> float:
        """Quote paid per base unit bought at `price`."""
        return price * (1.0 + self.taker)

    def proceeds_of_sale(self, price: float) -> float:
        """Quote received per base unit sold at `price`."""
        return price * (1.0 - self.taker)


class Instrument(Struct, frozen=True, array_like=True, gc=False):
    """One venue's market. `lot` is the size step and `price_step` the price step, 0.0 when unknown.

    `min_size` in base, `min_cost` in quote, 0.0 when the venue states none; `max_size` None = no limit.
    """

    venue: Venue
    symbol: Symbol
    market_id: str
    base: Asset
    quote: Asset
    lot: float = 0.0
    price_step: float = 0.0
    min_size: float = 0.0
    min_cost: float = 0.0
    max_size: float | None = None
    active: bool = True


class Listing(Struct, frozen=True, array_like=True, gc=False):
    """A venue's market with its fee: what the engine must know before a leg may be priced."""

    instrument: Instrument
    fees: Fees


def floor_to_lots(size: float, lots: tuple[float, ...]) -> float:
    """The greatest size <= `size` that is a whole number of every lot step (0.0 = no step).

    Steps are decimal (0.001, 0.00001, 5.0): each is scaled to an integer before the least common
    multiple is taken, so 0.1 and 0.25 give 0.5. Counted in integers, so the answer is the double
    nearest to the decimal meant; it exceeds `size` by float noise (1e-14 of it) and never by more.
    """
    step = _scaled_step(lots)
    if step == 0:
        return size
    numerator, denominator = (size * (1.0 + _NOISE)).as_integer_ratio()
    return (numerator * _SCALE // (denominator * step)) * step / _SCALE


def common_step(lots: tuple[float, ...]) -> float:
    """Least common multiple of decimal steps; 0.0 when there is none."""
    return _scaled_step(lots) / _SCALE


def _scaled_step(lots: tuple[float, ...]) -> int:
    scaled = [whole for lot in lots if (whole := round(lot * _SCALE)) > 0]
    return lcm(*scaled) if scaled else 0

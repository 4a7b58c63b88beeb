"""Instrument and Fees: what is traded and what it costs. Facts from a venue's market table."""

from math import isfinite, lcm
from typing import Literal

from msgspec import Struct

from kairos_tui.market.names import Asset, Symbol, Venue

_SCALE = 10**10
"""Venues state steps with at most ten decimals."""

_NOISE = 1e-14
"""0.7999999999999999 is 0.8 that went through floats: sizes are believed to thirteen digits."""

LEAST, MOST = 1e-18, 1e15
"""No venue's step, minimum or contract is smaller or greater: what is, is a mistake."""

FeeSource = Literal["config", "market", "default"]
FeeCharged = Literal["quote", "base", "received", "token"]
"""What a venue takes its fee in: the quote, the base, whichever the trade delivers, or a token of its own."""

MarketKind = Literal["spot", "linear", "inverse"]


class Fees(Struct, frozen=True, array_like=True, gc=False):
    """A taker fee as a fraction of the amount traded, what it is charged in, and where the number came from.

    `source`: `config` (the user's override) > `market` (ccxt's entry for this market) > `default`.
    `as_of_us`: wall-clock epoch us when it was read. A fee in a token is valued at its quote amount.
    Formulas: market-math section 1. Charged in quote, a buyer pays a(1+f) per base unit and a seller keeps
    b(1-f); charged in base, a buyer pays a/(1-f) per unit delivered and a seller gives 1+f for each.
    """

    taker: float
    source: FeeSource
    as_of_us: int
    charged: FeeCharged = "quote"

    @property
    def buys_less(self) -> bool:
        """A buy of q delivers q(1-f) of base."""
        return self.charged in ("base", "received")

    @property
    def sells_more(self) -> bool:
        """A sale of q takes q(1+f) of base."""
        return self.charged == "base"

    def cost_to_buy(self, price: float) -> float:
        """Quote paid per base unit delivered, bought at `price`."""
        return price / (1.0 - self.taker) if self.buys_less else price * (1.0 + self.taker)

    def proceeds_of_sale(self, price: float) -> float:
        """Quote received per base unit given, sold at `price`."""
        return price / (1.0 + self.taker) if self.sells_more else price * (1.0 - self.taker)


class Instrument(Struct, frozen=True, array_like=True, gc=False):
    """One venue's market. `lot` is the size step and `price_step` the price step, 0.0 when unknown.

    `min_size` in base, `min_cost` in quote, 0.0 when the venue states none; `max_size` None = no limit.
    All are in units of `symbol`'s base, whatever the venue counts in: `contract_size` base units a contract,
    `multiplier` of them to the venue's own unit (1000 where PEPE is traded as 1000PEPE).
    Evidence of identity: the coin's `name` as the venue says it and its contract address per network, lower
    case; `confirmed` when the user has said that it is the same coin.
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
    kind: MarketKind = "spot"
    contract_size: float = 1.0
    multiplier: float = 1.0
    name: str | None = None
    networks: dict[str, str] = {}
    confirmed: bool = False


class Listing(Struct, frozen=True, array_like=True, gc=False):
    """A venue's market with its fee: what the engine must know before a leg may be priced."""

    instrument: Instrument
    fees: Fees


def untrue_in(listing: Listing) -> str | None:
    """Which fact cannot be true, as a sentence, or None; 0.0 is an unknown one. Compute nothing with it."""
    at, taker = listing.instrument, listing.fees.taker
    stated = {
        "lot": at.lot,
        "price step": at.price_step,
        "smallest size": at.min_size,
        "smallest cost": at.min_cost,
        "contract size": at.contract_size,
        "multiplier": at.multiplier,
    }
    for what, number in stated.items():
        if number != 0.0 and not LEAST <= number <= MOST:
            return _untrue(what, number)
    if at.max_size is not None and not (isfinite(at.max_size) and at.max_size > 0.0):
        return _untrue("largest size", at.max_size)
    return None if -1.0 < taker < 1.0 else _untrue("fee", taker)


def _untrue(what: str, number: float) -> str:
    return f"its {what} of {number:g} cannot be true" if isfinite(number) else f"its {what} is not a number"


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

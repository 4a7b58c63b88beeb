"""Ladder: one leg as a walk sees it. Mark: proceeds that are valued and not converted now.

A ladder takes one asset and gives another, level by level, its fee inside the rate; rates only get worse.
Before it: slots. After it: ladder_walk, orders, sizing.
"""

from msgspec import Struct

from kairos_tui.market import Fees, Instrument, Level, Side


class Ladder(Struct, frozen=True, gc=False):
    """Asks that are bought or bids that are sold into, best first, never empty; sizes in the market's base.

    Each unit ordered takes `take` (times the price for a buy, which pays in quote) and gives `give` (times
    the price for a sale). `in_base`: the fee is, so what is ordered is not what changes hands.
    Market-math section 1.
    """

    side: Side
    levels: tuple[Level, ...]
    fees: Fees
    market: Instrument
    take: float
    give: float
    in_base: bool

    @classmethod
    def of(cls, side: Side, levels: tuple[Level, ...], fees: Fees, market: Instrument) -> "Ladder":
        """With what the fee makes of a unit, by what it is charged in."""
        in_base = fees.charged != "quote" and (fees.buys_less if side == "buy" else fees.sells_more)
        if side == "buy":
            take, give = (1.0, 1.0 - fees.taker) if in_base else (1.0 + fees.taker, 1.0)
        else:
            take, give = (1.0 + fees.taker, 1.0) if in_base else (1.0, 1.0 - fees.taker)
        return cls(side, levels, fees, market, take, give, in_base)


class Mark(Struct, frozen=True, gc=False):
    """Mids at which proceeds are valued in turn, less one haircut; a `buy` divides by its mid."""

    mids: tuple[tuple[Side, float], ...] = ()
    haircut_bps: float = 0.0

    @property
    def rate(self) -> float:
        """The route's quote per unit of what the sale gave; 1.0 when nothing is marked."""
        worth = 1.0 - self.haircut_bps / 10_000.0
        for side, mid in self.mids:
            worth = worth / mid if side == "buy" else worth * mid
        return worth


UNMARKED = Mark()

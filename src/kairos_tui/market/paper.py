"""Paper: simulated orders that follow signals, and what became of them. None of it is ever sent to a venue.

Before it: instrument, opportunity. After it: the engine fills them in; lines, board and cards tell them.
"""

from math import fsum
from typing import Literal

from msgspec import Struct

from kairos_tui.market.instrument import Fees
from kairos_tui.market.names import Asset, Symbol, Venue
from kairos_tui.market.opportunity import Route, Side
from kairos_tui.market.tick import Level

PaperOutcome = Literal["filled", "partial", "unwound", "missed", "refused", "stuck"]
"""filled: every leg whole. partial: a lesser share of the signal went through all its legs. unwound: some leg
filled and another did not, so the first was taken back. missed: no leg filled. refused: nothing was ordered,
the stock was short. stuck: what had to be taken back could not be.
"""
PaperRole = Literal["leg", "convert", "unwind"]

Amount = tuple[Asset, float]
"""So much of an asset."""


class PaperTerms(Struct, frozen=True):
    """How signals are followed. An order reaches its book `latency_ms` after the signal; its limit is the
    worst price of the signal there, and `tolerance_bps` worse.

    `stock`: what each venue holds at the start; one that is not named has ten times `max_notional` of all
    that it needs.
    """

    latency_ms: int = 150
    tolerance_bps: float = 0.0
    stock: tuple[tuple[Venue, tuple[Amount, ...]], ...] = ()


class PaperOrder(Struct, frozen=True, array_like=True, gc=False):
    """One simulated order at the instant it reached its book, and what it took there; no levels: nothing.

    `size` in base of its market, as ordered. `limit` None takes any price, as an unwind does.
    """

    venue: Venue
    symbol: Symbol
    side: Side
    role: PaperRole
    size: float
    limit: float | None
    levels: tuple[Level, ...]
    fees: Fees
    at_ns: int
    note: str | None = None

    @property
    def filled(self) -> float:
        """In base of its market."""
        return fsum([size for _, size in self.levels])

    @property
    def notional(self) -> float:
        """Price x size over what it took, in quote of its market, no fee."""
        return fsum([price * size for price, size in self.levels])

    @property
    def fee(self) -> Amount:
        """What the venue would have taken for it; a fee in a token at its worth in quote."""
        base, quote = _assets_of(self.symbol)
        in_base = self.fees.buys_less if self.side == "buy" else self.fees.sells_more
        return (base, self.filled * self.fees.taker) if in_base else (quote, self.notional * self.fees.taker)


class Fill(Struct, frozen=True, array_like=True, gc=False):
    """What became of one followed signal, told once, when its last order is done. `id` is the signal's.

    `expected` and `profit` in the route's first quote: as signalled, and as it came out, fees and unwinding
    included, with what is left over valued as if taken off at the top of its book.
    """

    id: str
    route: Route
    outcome: PaperOutcome
    opened_ns: int
    at_ns: int
    size: float
    expected: float
    profit: float
    orders: tuple[PaperOrder, ...] = ()
    note: str | None = None

    @property
    def assets(self) -> tuple[Asset, Asset]:
        """What is bought and sold, and in what the profit is counted."""
        return _assets_of(self.route.symbol)


class PaperResult(Struct, frozen=True, array_like=True, gc=False):
    """A fill as a card tells it. `legs`: how many of how many orders were filled whole, unwinding apart."""

    id: str
    outcome: PaperOutcome
    profit: float
    legs: tuple[int, int]
    note: str | None = None


class PaperStock(Struct, frozen=True, array_like=True, gc=False):
    """What one venue holds of one asset, and what it began with."""

    venue: Venue
    asset: Asset
    began: float
    held: float


class PaperView(Struct, frozen=True, array_like=True, gc=False):
    """The paper account: how many signals it followed, how they ended, what that earned in each quote.

    followed = filled + partial + unwound + missed + refused + stuck + in_flight. `drift`: of each asset, all
    venues' stock now less at the start. `recent`: the latest results, newest first.
    """

    latency_ms: int
    followed: int = 0
    filled: int = 0
    partial: int = 0
    unwound: int = 0
    missed: int = 0
    refused: int = 0
    stuck: int = 0
    in_flight: int = 0
    profits: tuple[Amount, ...] = ()
    drift: tuple[Amount, ...] = ()
    stocks: tuple[PaperStock, ...] = ()
    recent: tuple[PaperResult, ...] = ()

    @property
    def ended(self) -> int:
        """Signals of which it is known what became of them."""
        return self.followed - self.in_flight


def _assets_of(symbol: Symbol) -> tuple[Asset, Asset]:
    """Base and quote. As `split_symbol`, and of another program's word that is no symbol: something."""
    base, _, quote = symbol.partition("/")
    return Asset(base), Asset(quote.partition(":")[0])

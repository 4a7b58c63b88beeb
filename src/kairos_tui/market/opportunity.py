"""Route, Leg, Opportunity, Signal: an edge across venues, priced at an instant, then given a life."""

from enum import StrEnum
from typing import Literal

from msgspec import Struct

from kairos_tui.market.instrument import Fees
from kairos_tui.market.names import Asset, Symbol, Venue
from kairos_tui.market.tick import Level, Proof
from kairos_tui.market.trace import LatencyTrace

Side = Literal["buy", "sell"]
Kind = Literal["cross", "convert", "triangle", "cycle", "carry"]
Mode = Literal["closed", "inventory"]
SignalEvent = Literal["open", "update", "close"]


class CloseReason(StrEnum):
    """Why a signal ended. All but the first two are censored lifetimes, not finished ones."""

    REVERTED = "reverted"
    DEPTH_GONE = "depth_gone"
    STALE = "stale"
    RESYNC = "resync"
    DOWN = "down"
    DEPEG = "depeg"
    FEE_CHANGE = "fee_change"
    QUARANTINED = "quarantined"
    SHUTDOWN = "shutdown"


FINISHED = frozenset({CloseReason.REVERTED, CloseReason.DEPTH_GONE})
"""Ends the market made. A close for one of these is priced at its end; any other repeats the last price."""


class Route(Struct, frozen=True, array_like=True, gc=False):
    """Buy `symbol` on one venue, sell it on another. Its key never changes while Kairos runs.

    `sell_symbol` is set where the same base is sold for another quote: the proceeds are then converted back,
    now (`closed`) or later (`inventory`). Which book converts is no part of the identity: the cheapest does.
    """

    symbol: Symbol
    buy_venue: Venue
    sell_venue: Venue
    sell_symbol: Symbol | None = None
    mode: Mode = "inventory"

    @property
    def kind(self) -> Kind:
        """`convert` where the two legs have different quotes."""
        return "cross" if self.sell_symbol is None else "convert"

    @property
    def sold_as(self) -> Symbol:
        """The market of the sell leg."""
        return self.sell_symbol or self.symbol

    @property
    def key(self) -> str:
        """kind | asset | ordered legs (venue, market, side) | mode: market-math section 8."""
        base = self.symbol.partition("/")[0]
        buy, sell = f"buy:{self.buy_venue}:{self.symbol}", f"sell:{self.sell_venue}:{self.sold_as}"
        return f"{self.kind}|{base}|{buy}|{sell}|{self.mode}"


class Leg(Struct, frozen=True, array_like=True, gc=False):
    """One side of a priced route. `levels` are those used, in order, with the size taken from each.

    `price` is the best level's price, `vwap` the mean over `levels`, `size` what is ordered there, in base of
    this leg's own market. `age_ns` is now minus the last proof of life at the moment of decision;
    `received_ns` is the receive stamp of the book itself; `lot` the size step, 0.0 when unknown.
    """

    venue: Venue
    symbol: Symbol
    side: Side
    price: float
    vwap: float
    fees: Fees
    age_ns: int
    received_ns: int
    proof: Proof
    levels: tuple[Level, ...]
    size: float = 0.0
    lot: float = 0.0


class Opportunity(Struct, frozen=True, array_like=True, gc=False):
    """A route priced at an instant. No identity, no history.

    size in base; notional = size x buy vwap, outlay = notional x (1 + fee), profit = proceeds - outlay,
    all three in quote. net_bps = proceeds / outlay - 1 with every fee compounded, at `size`;
    net_top_bps the same for the first level only. gross_bps = sell vwap / buy vwap - 1;
    fees_bps = gross_bps - net_bps. asynchrony_ns = the widest distance of two legs' last proofs of life, of
    all legs that are traded now: conversions count in mode `closed`. The gate of that name is on buy and sell
    alone; a conversion's book is a quiet one, held to the age limit.

    `conversions` are the legs that bring the proceeds back into `quote`; in mode `inventory` they are marked,
    not traded: at the conversion's mid less `haircut_bps`, without levels, which is a risk in the quote.
    `residue` is what of the base was delivered and is too small to be sold: it counts as nothing.
    """

    route: Route
    kind: Kind
    mode: Mode
    asset: Asset
    quote: Asset
    buy: Leg
    sell: Leg
    size: float
    notional: float
    outlay: float
    profit: float
    gross_bps: float
    fees_bps: float
    net_bps: float
    net_top_bps: float
    asynchrony_ns: int
    conversions: tuple[Leg, ...] = ()
    haircut_bps: float = 0.0
    residue: float = 0.0


class Signal(Struct, frozen=True, array_like=True, gc=False):
    """An opportunity that opened, updated or closed. `id` is never reused within a run.

    `capture_p` is the chance that it still stands after the user's reaction, told by `capture_n` lifetimes
    of its like; with `is_prior` by a model, for want of them. None: not even that, and of a close.
    """

    id: str
    event: SignalEvent
    opportunity: Opportunity
    opened_ns: int
    at_ns: int
    peak_net_bps: float
    trace: LatencyTrace
    reason: CloseReason | None = None
    capture_p: float | None = None
    capture_n: int | None = None
    is_prior: bool = False

    @property
    def duration_us(self) -> int:
        """How long it has stood, in us."""
        return (self.at_ns - self.opened_ns) // 1000

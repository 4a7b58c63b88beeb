"""Lines: the JSON objects other programs read, one struct per `type`. Flat, snake_case, documented in place.

Before it: line_maker fills them from market's words. After it: any_line, line_text, line_schema.
An added field keeps `v`; a renamed or removed one raises it.
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from kairos_tui.market import (
    CloseReason,
    FeeCharged,
    FeedKind,
    FeedState,
    FeeSource,
    Kind,
    Mode,
    Mood,
    Proof,
    Side,
    SignalEvent,
)

VERSION: Literal[1] = 1
LARGEST_INT = 2**53 - 1
"""Beyond it a JSON number is not the same number in every language."""

Count = Annotated[int, Meta(ge=0, le=LARGEST_INT)]
Seq = Annotated[int, Meta(ge=1, le=LARGEST_INT)]
EpochUs = Annotated[int, Meta(ge=0, le=LARGEST_INT, description="wall clock, microseconds since 1970 UTC")]
Us = Annotated[int, Meta(ge=0, le=LARGEST_INT, description="a duration in microseconds")]
Bps = Annotated[float, Meta(description="basis points: 1 bps = 0.01 %")]
Amount = Annotated[float, Meta(ge=0)]
Price = Annotated[float, Meta(gt=0, description="quote per base")]
Lot = Annotated[float, Meta(gt=0)]
Timestamp = Annotated[
    str,
    Meta(
        pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z$",
        description="`ts_us` as ISO-8601 in UTC",
        extra_json_schema={"format": "date-time"},
    ),
]


class Line(Struct, frozen=True, kw_only=True):
    """What every line carries. `seq` has no holes within a run but those a gap line names."""

    v: Literal[1]
    run: Annotated[str, Meta(description="random per start")]
    seq: Seq
    ts: Timestamp
    ts_us: EpochUs
    feed: Annotated[FeedKind, Meta(description="where the prices come from")]


class ThresholdsShown(Struct, frozen=True):
    """What makes a signal on this run."""

    min_net_bps: Bps
    close_net_bps: Bps
    dwell_ms: Count
    max_notional: Amount
    max_age_ms: Annotated[Count | None, Meta(description="null: as each stream has learned of itself")]
    max_asynchrony_ms: Count
    depeg_bps: Annotated[Bps, Meta(description="a stablecoin further from 1 converts nothing")]
    haircut_bps: Annotated[Bps, Meta(description="taken off proceeds that stay in another quote")]
    reaction_ms: Annotated[Count, Meta(description="what capture_p speaks of, and a horizon of its own")] = 0


class FeeShown(Struct, frozen=True):
    """One venue's taker fee for one market, and where the number comes from. Null: not known yet."""

    venue: str
    symbol: str
    taker_bps: Bps | None
    source: FeeSource | None
    charged: Annotated[FeeCharged | None, Meta(description="received: in what the trade delivers")] = None
    as_of_us: Annotated[EpochUs | None, Meta(description="when it was read")] = None


class LegShown(Struct, frozen=True):
    """One leg of a signal with the levels it used, best first: enough to recompute its figures.

    A conversion that is marked and not traded (mode inventory) has no levels: its price is the mid.
    """

    venue: str
    symbol: str
    side: Side
    price: Annotated[Price, Meta(description="the first level's")]
    vwap: Annotated[Price, Meta(description="mean over `levels`, weighted by size")]
    fee_bps: Bps
    fee_source: Annotated[FeeSource, Meta(description="your config, ccxt's entry, or ccxt's default")]
    fee_charged: Annotated[FeeCharged, Meta(description="received: in what the trade delivers")]
    size: Annotated[Amount, Meta(description="what is ordered, in base of this leg's market")]
    age_us: Annotated[Us, Meta(description="last proof of this book to the decision")]
    proof: Proof
    levels: Annotated[
        tuple[tuple[Price, Amount], ...], Meta(description="[price, size taken there], in order")
    ]
    lot: Annotated[Lot | None, Meta(description="the step of sizes; null: not stated, or not traded")] = None


class HelloLine(Line, frozen=True, kw_only=True, tag="hello"):
    """The first line of a stream."""

    version: str
    symbols: tuple[str, ...]
    venues: tuple[str, ...]
    thresholds: ThresholdsShown
    fees: tuple[FeeShown, ...]
    mood: Annotated[Mood | None, Meta(description="of the simulated market; null when it is not ours")] = None
    seed: Annotated[int | None, Meta(description="of the simulated market: same seed, same market")] = None
    redirected: Annotated[
        tuple[str, ...], Meta(description="venues whose addresses the configuration replaces")
    ] = ()
    back_test: Annotated[
        tuple[str, ...], Meta(description="of a replay: which settings differ from the recording's")
    ] = ()


class SignalLine(Line, frozen=True, kw_only=True, tag="signal"):
    """An opportunity opened, updated or closed."""

    id: str
    event: SignalEvent
    kind: Kind
    asset: str
    quote: str
    mode: Mode
    buy_venue: str
    buy_symbol: str
    buy_price: Price
    buy_vwap: Price
    buy_fee_bps: Bps
    buy_age_us: Us
    buy_proof: Proof
    sell_venue: str
    sell_symbol: str
    sell_price: Price
    sell_vwap: Price
    sell_fee_bps: Bps
    sell_age_us: Us
    sell_proof: Proof
    size: Annotated[
        Amount, Meta(description="bought, in base; a close keeps the last size and shows its price then")
    ]
    notional: Annotated[Amount, Meta(description="size x buy_vwap, in quote")]
    profit: Annotated[float, Meta(description="proceeds - outlay, in quote")]
    gross_bps: Annotated[
        Bps, Meta(description="sell_vwap / buy_vwap - 1; of other quotes, at the conversion's mid")
    ]
    fees_bps: Annotated[Bps, Meta(description="gross_bps - net_bps")]
    net_bps: Annotated[Bps, Meta(description="proceeds / outlay - 1 at `size`, every fee compounded")]
    net_top_bps: Annotated[Bps, Meta(description="the same for the first level only")]
    asynchrony_us: Annotated[
        Us,
        Meta(description="widest distance of two traded legs' last proofs; in mode closed conversions count"),
    ]
    haircut_bps: Annotated[Bps, Meta(description="taken off proceeds that stay in another quote")]
    quote_risk: Annotated[bool, Meta(description="the proceeds stay in another quote than was spent")]
    residue: Annotated[Amount, Meta(description="base bought that is too small to be sold: worth nothing")]
    capture_p: Annotated[
        Annotated[float, Meta(ge=0, le=1)] | None,
        Meta(description="chance that it stands after your reaction; null: too early to say, and of a close"),
    ]
    capture_n: Annotated[Count | None, Meta(description="lifetimes that tell it; of a prior, markouts")]
    capture_prior: Annotated[bool, Meta(description="told by a model, for want of lifetimes")] = False
    tick_to_signal_us: Annotated[Us, Meta(description="socket read to signal published")]
    wire_us: Annotated[Us, Meta(description="socket read to arrival in the engine: decode, outbox, hop")]
    engine_us: Annotated[Us, Meta(description="arrival in the engine to the decision")]
    decode_us: Annotated[Us, Meta(description="frame to tick; the stages sum to tick_to_signal_us")]
    outbox_us: Annotated[Us, Meta(description="waiting to leave the worker, packing included")]
    hop_us: Annotated[Us, Meta(description="from the worker to the engine")]
    slot_us: Annotated[Us, Meta(description="in the engine, until the decision begins")]
    gates_us: Annotated[Us, Meta(description="what the engine holds against streams is judged")]
    detect_us: Annotated[Us, Meta(description="routes priced and sized")]
    publish_us: Annotated[Us, Meta(description="until the signal leaves the engine")]
    peak_net_bps: Bps
    duration_us: Us
    reason: Annotated[CloseReason | None, Meta(description="why it closed; null until then")]
    legs: Annotated[tuple[LegShown, ...], Meta(description="buy, sell, then what converts the proceeds")]


class QuoteLine(Line, frozen=True, kw_only=True, tag="quote"):
    """An accepted change of a venue's best bid or ask."""

    venue: str
    symbol: str
    bid: Price
    bid_size: Amount
    ask: Price
    ask_size: Amount
    timestamp: Annotated[int | None, Meta(description="the exchange's own clock, epoch ms")]
    nonce: int | None
    recv_us: EpochUs
    proof: Proof


class VenueLine(Line, frozen=True, kw_only=True, tag="venue"):
    """A feed's state changed. `symbol` null speaks of the whole venue."""

    venue: str
    symbol: str | None
    state: FeedState
    reason: str | None
    since_us: EpochUs


class GapLine(Line, frozen=True, kw_only=True, tag="gap"):
    """Lines `from_seq` to `to_seq` were not delivered on this stream."""

    from_seq: Seq
    to_seq: Seq
    count: Seq
    reason: str


class HeartbeatLine(Line, frozen=True, kw_only=True, tag="heartbeat"):
    """Nothing happened for a while, and all is well. Null: no route can be priced now."""

    best_net_bps: Bps | None
    best_route: Annotated[str | None, Meta(description="kind|asset|buy:venue:symbol|sell:venue:symbol|mode")]
    routes: Annotated[Count, Meta(description="routes that can be priced now")]
    live_venues: Annotated[Count, Meta(description="venues with a usable book now")]
    suspended: Annotated[
        Count, Meta(description="routes whose legs are good and whose proceeds nothing converts now")
    ] = 0
    suspended_why: Annotated[str | None, Meta(description="what keeps the first of them from it")] = None


class ByeLine(Line, frozen=True, kw_only=True, tag="bye"):
    """The last line of a stream that ended in order."""

    ticks: Count
    signals: Count
    dropped: Annotated[Count, Meta(description="lines and messages named by gap lines")]
    reason: str

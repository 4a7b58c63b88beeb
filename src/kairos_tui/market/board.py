"""Board: the picture displays draw. Sampled, newest only; all that is on screen is here or in signals."""

from typing import Literal

from msgspec import MsgspecError, Struct
from msgspec.msgpack import Decoder, Encoder
from msgspec.structs import replace

from kairos_tui.market.calibration import Calibration
from kairos_tui.market.feed_status import FeedState
from kairos_tui.market.instrument import FeeCharged, FeeSource
from kairos_tui.market.latency import StageView
from kairos_tui.market.markout import RouteGrade
from kairos_tui.market.names import Symbol, Venue
from kairos_tui.market.opportunity import Mode, Opportunity, Signal
from kairos_tui.market.paper import PaperView
from kairos_tui.market.recorded import RecordingView
from kairos_tui.market.replayed import ReplayView
from kairos_tui.market.role import RoleView
from kairos_tui.market.thresholds import Thresholds
from kairos_tui.market.tick import Books, Level, Proof, are_sane

FeedKind = Literal["live", "sim", "replay"]
Mood = Literal["lively", "calm"]

_pack = Encoder().encode
_unpack = Decoder(Books).decode
_MOST = 1e15
"""No price and no size is larger."""


class VenueView(Struct, frozen=True, array_like=True, gc=False):
    """One venue's row for one symbol. None = never known. Ages in us at the board's `at_ns`.

    `fee_as_of_us` is the wall-clock epoch us when the fee was read.
    `age_us` counts from the last change of the book, `alive_us` from the last proof that it still holds.
    `latency_us` is the local pipeline, socket read to applied in the engine, median of recent ticks;
    `wire_us` is receive wall clock minus the exchange's stamp (another machine's clock: shown apart).
    Where several ingesters send the venue, `lead` is the one that is believed, `standby` counts the others.
    """

    venue: Venue
    state: FeedState
    reason: str | None = None
    retry_in_us: int | None = None
    bid: float | None = None
    bid_size: float | None = None
    ask: float | None = None
    ask_size: float | None = None
    age_us: int | None = None
    state_age_us: int = 0
    usable: bool = False
    proof: Proof | None = None
    taker: float | None = None
    fee_source: FeeSource | None = None
    listed: bool = True
    ticks: int = 0
    ticks_per_s: float = 0.0
    latency_us: int | None = None
    wire_us: int | None = None
    bad_frames: int = 0
    refused: int = 0
    reconnects: int = 0
    gaps: int = 0
    checks: int = 0
    disagreements: int = 0
    score: int = 100
    clock_offset_us: int | None = None
    clock_uncertainty_us: int | None = None
    lag_us: int | None = None
    alive_us: int | None = None
    charged: FeeCharged | None = None
    fee_as_of_us: int | None = None
    frames: int = 0
    lead: str = ""
    standby: int = 0


class RouteView(Struct, frozen=True, array_like=True, gc=False):
    """One ordered pair of venues, priced at the top of both books; net_bps None = blocked, with why.

    gross_bps = sell bid / buy ask - 1; buy_fee_bps and sell_fee_bps are what each fee takes of the net
    (they sum with gross to net_bps). `top_size` is min of both top sizes in base.
    With a `sell_symbol` the legs have different quotes: gross is taken at the conversion's mid, and
    `convert_bps` is what converting at `convert_venue` takes (spread, fee; in `inventory` the haircut).
    """

    buy_venue: Venue
    sell_venue: Venue
    gross_bps: float | None = None
    buy_fee_bps: float | None = None
    sell_fee_bps: float | None = None
    net_bps: float | None = None
    top_size: float | None = None
    age_us: int | None = None
    asynchrony_us: int | None = None
    blocked: str | None = None
    open_id: str | None = None
    sell_symbol: Symbol | None = None
    mode: Mode = "inventory"
    convert_venue: Venue | None = None
    convert_symbol: Symbol | None = None
    convert_bps: float | None = None


class BookView(Struct, frozen=True, array_like=True, gc=False):
    """All levels of one venue's book as they came, packed: of a board's books few are ever drawn."""

    venue: Venue
    depth: bytes

    @classmethod
    def of(cls, venue: Venue, bids: tuple[Level, ...], asks: tuple[Level, ...]) -> "BookView":
        """The same from open levels, best first."""
        return cls(venue, _pack((bids, asks)))

    def books(self) -> Books:
        """Bids and asks, best first; both empty where they make no sense."""
        try:
            bids, asks = _unpack(self.depth)
        except MsgspecError:
            return (), ()
        figures = [figure for level in (*bids, *asks) for figure in level]
        return (bids, asks) if are_sane(bids, asks) and max(figures, default=0.0) <= _MOST else ((), ())


class ConversionView(Struct, frozen=True, array_like=True, gc=False):
    """One market that converts one quote into another, on one venue. `off_bps`: its mid's distance from 1,
    None where 1 is not expected (BTC/EUR's euro). `chosen`: the cheapest that may be used now.
    """

    venue: Venue
    symbol: Symbol
    state: FeedState
    bid: float | None = None
    ask: float | None = None
    age_us: int | None = None
    off_bps: float | None = None
    chosen: bool = False
    blocked: str | None = None


class SymbolBoard(Struct, frozen=True, array_like=True, gc=False):
    """All of one symbol: venue rows in the user's order, every ordered pair, and its open signals.

    `best` is the unblocked route with the highest net. `sized` prices the best route at its best size
    when that is profitable, else None. `notes` are sentences for the viewer (what is not compared).
    `converted` are the best routes that buy here and sell in another quote, highest net first. `suspended`
    counts those of them whose legs are good and whose proceeds nothing may convert now, for `suspended_why`.
    `books` are those of the usable venues alone: what may not be traded on has no depth here.
    `grades` are those of the routes that buy here and have had signals, those with the most first.
    """

    symbol: Symbol
    venues: tuple[VenueView, ...]
    routes: tuple[RouteView, ...]
    best: RouteView | None = None
    sized: Opportunity | None = None
    open_signals: tuple[Signal, ...] = ()
    last_signal_age_us: int | None = None
    signals: int = 0
    notes: tuple[str, ...] = ()
    converted: tuple[RouteView, ...] = ()
    suspended: int = 0
    suspended_why: str | None = None
    books: tuple[BookView, ...] = ()
    grades: tuple[RouteGrade, ...] = ()


class Rates(Struct, frozen=True, array_like=True, gc=False):
    """The ledger of the tick path since start: offered = used + conflated + rejected + lost + standby + in
    flight.

    Latency is tick to signal path, socket read to decision, in us over the last few seconds.
    `received`: ticks that came over the hop. `standby`: those of them that stand by, or were of no use.
    """

    ticks_per_s: float = 0.0
    offered: int = 0
    used: int = 0
    conflated: int = 0
    rejected: int = 0
    lost: int = 0
    signals: int = 0
    dropped: int = 0
    latency_p50_us: int | None = None
    latency_p99_us: int | None = None
    engine_p99_us: int | None = None
    received: int = 0
    standby: int = 0


class Board(Struct, frozen=True, array_like=True, gc=False):
    """The whole picture at `at_ns` (monotonic), `at_us` (wall-clock epoch us). `is_last`: its engine ends.

    Of several engines `epochs` has each one's, in their order (-1: it has yet to speak), and `oldest_ns` is
    the instant of the oldest part that is not silent: of what came after it the picture may know nothing.
    `engines` are their numbers, where those are not 0, 1, 2 and so on.
    `calibration` holds the chances told with signals against their markouts; None before the first.
    `told` is how many signals its engine has told, opened, updated and closed: the number of the last one.
    """

    run: str
    feed: FeedKind
    epoch: int
    at_ns: int
    at_us: int
    uptime_us: int
    thresholds: Thresholds
    symbols: tuple[SymbolBoard, ...]
    rates: Rates
    roles: tuple[RoleView, ...] = ()
    mood: Mood | None = None
    seed: int | None = None
    conversions: tuple[ConversionView, ...] = ()
    stages: tuple[StageView, ...] = ()
    is_last: bool = False
    epochs: tuple[int, ...] = ()
    oldest_ns: int | None = None
    recording: RecordingView | None = None
    replay: ReplayView | None = None
    calibration: Calibration | None = None
    paper: PaperView | None = None
    engines: tuple[int, ...] = ()
    told: int = 0

    @property
    def complete_ns(self) -> int:
        """Everything that happened before it is in the picture."""
        return self.at_ns if self.oldest_ns is None else self.oldest_ns

    @property
    def public(self) -> "Board":
        """The same for screens on walls and other machines."""
        roles = tuple(role.public for role in self.roles)
        recording, replay = self.recording and self.recording.public, self.replay and self.replay.public
        return replace(self, roles=roles, recording=recording, replay=replay)

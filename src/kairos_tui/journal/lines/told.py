"""Told: our JSON lines as reports and tables read them, one struct per `type`.

Before it: line_source. After it: told_reader. Later fields are optional: an older file has none of them.
"""

from typing import Annotated

from msgspec import Meta, Raw, Struct
from msgspec.structs import replace

from kairos_tui.market import PaperOutcome, SignalEvent

LARGEST_INT = 2**53 - 1
_Count = Annotated[int, Meta(ge=0, le=LARGEST_INT)]
_Figure = Annotated[float, Meta(ge=-1e30, le=1e30)]
"""Beyond it no figure is true, and their sums would be none."""


class Told(Struct, frozen=True, kw_only=True, tag_field="type"):
    """What every line carries."""

    v: int
    run: str
    seq: _Count
    ts_us: _Count
    feed: str


class ThresholdsTold(Struct, frozen=True):
    """Of a run: what the scorecard needs to read its signals."""

    min_net_bps: _Figure | None = None
    max_notional: _Figure | None = None
    dwell_ms: _Count = 0
    reaction_ms: _Count = 100


class HelloTold(Told, frozen=True, kw_only=True, tag="hello"):
    """A run begins."""

    version: str = ""
    symbols: tuple[str, ...] = ()
    venues: tuple[str, ...] = ()
    thresholds: ThresholdsTold = ThresholdsTold()


class SignalTold(Told, frozen=True, kw_only=True, tag="signal"):
    """One event of a signal. `legs` stay as text until somebody asks for them."""

    id: str
    event: SignalEvent
    kind: str
    asset: str
    quote: str
    mode: str
    buy_venue: str
    buy_symbol: str
    sell_venue: str
    sell_symbol: str
    size: _Figure
    notional: _Figure
    profit: _Figure
    gross_bps: _Figure
    fees_bps: _Figure
    net_bps: _Figure
    net_top_bps: _Figure
    peak_net_bps: _Figure
    duration_us: _Count
    reason: str | None = None
    asynchrony_us: _Count | None = None
    haircut_bps: _Figure | None = None
    quote_risk: bool | None = None
    residue: _Figure | None = None
    capture_p: Annotated[float, Meta(ge=0, le=1)] | None = None
    capture_n: _Count | None = None
    capture_prior: bool = False
    tick_to_signal_us: _Count | None = None
    wire_us: _Count | None = None
    engine_us: _Count | None = None
    legs: Raw = Raw(b"[]")

    @property
    def without_legs(self) -> "SignalTold":
        """For keeping: the text of its legs would keep the whole line."""
        return replace(self, legs=Raw(b"[]"))

    @property
    def route(self) -> str:
        """The route's identity: kind | asset | ordered legs | mode."""
        buy, sell = f"buy:{self.buy_venue}:{self.buy_symbol}", f"sell:{self.sell_venue}:{self.sell_symbol}"
        return f"{self.kind}|{self.asset}|{buy}|{sell}|{self.mode}"


class LegTold(Struct, frozen=True):
    """One leg of a signal."""

    venue: str
    symbol: str
    side: str
    price: _Figure
    vwap: _Figure
    fee_bps: _Figure
    fee_source: str | None = None
    fee_charged: str | None = None
    size: _Figure | None = None
    age_us: _Count | None = None
    proof: str | None = None
    lot: _Figure | None = None
    levels: tuple[tuple[_Figure, _Figure], ...] = ()


class MarkoutTold(Told, frozen=True, kw_only=True, tag="markout"):
    """An opened signal, priced again."""

    id: str
    horizon_ms: _Count
    at_us: _Count | None = None
    route: str | None = None
    size: _Figure | None = None
    net_bps: _Figure | None = None
    profit: _Figure | None = None
    captured: bool | None = None
    note: str | None = None


class FillTold(Told, frozen=True, kw_only=True, tag="fill"):
    """What became of a signal that was followed on paper."""

    id: str
    outcome: PaperOutcome
    kind: str
    mode: str
    asset: str
    quote: str
    buy_venue: str
    buy_symbol: str
    sell_venue: str
    sell_symbol: str
    size: _Figure
    expected: _Figure
    profit: _Figure
    latency_us: _Count | None = None
    note: str | None = None


class VenueTold(Told, frozen=True, kw_only=True, tag="venue"):
    """A stream's state changed."""

    venue: str
    symbol: str | None
    state: str
    reason: str | None = None
    since_us: _Count = 0


class QuoteTold(Told, frozen=True, kw_only=True, tag="quote"):
    """A best bid or ask changed."""

    venue: str
    symbol: str


class GapTold(Told, frozen=True, kw_only=True, tag="gap"):
    """Lines that were not delivered."""

    count: _Count
    reason: str = ""


class HeartbeatTold(Told, frozen=True, kw_only=True, tag="heartbeat"):
    """Nothing happened."""


class ByeTold(Told, frozen=True, kw_only=True, tag="bye"):
    """A run ended in order."""

    ticks: _Count = 0
    signals: _Count = 0
    dropped: _Count = 0
    reason: str = ""


AnyTold = (
    HelloTold
    | SignalTold
    | MarkoutTold
    | FillTold
    | VenueTold
    | QuoteTold
    | GapTold
    | HeartbeatTold
    | ByeTold
)

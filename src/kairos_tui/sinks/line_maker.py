"""Line maker: market's words -> lines. The one place where nanoseconds become microseconds.

Before it: what the engine published. After it: line_stream numbers and sends.
"""

from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from kairos_tui.market import (
    Board,
    FeedKind,
    FeedStatus,
    Leg,
    Mood,
    Opportunity,
    Quote,
    Route,
    RouteView,
    Side,
    Signal,
    Symbol,
    Thresholds,
)
from kairos_tui.sinks.line_latency import latency_fields
from kairos_tui.sinks.line_text import iso_of, within
from kairos_tui.sinks.lines import (
    LARGEST_INT,
    VERSION,
    ByeLine,
    FeeShown,
    GapLine,
    HeartbeatLine,
    HelloLine,
    LegShown,
    QuoteLine,
    SignalLine,
    ThresholdsShown,
    VenueLine,
)


class Stamp(Struct, frozen=True, gc=False):
    """What every line begins with. `now_ns` is the monotonic instant of `ts_us`."""

    run: str
    seq: int
    ts_us: int
    feed: FeedKind
    now_ns: int = 0

    def head(self) -> dict[str, Any]:
        """The shared fields, by name."""
        ts_us = within(self.ts_us)
        return {
            "v": VERSION,
            "run": self.run,
            "seq": self.seq,
            "ts": iso_of(ts_us),
            "ts_us": ts_us,
            "feed": self.feed,
        }

    def wall_us(self, monotonic_ns: int) -> int:
        """A monotonic instant as epoch us."""
        return within(self.ts_us - (self.now_ns - monotonic_ns) // 1000)


def hello_line(
    stamp: Stamp,
    *,
    version: str,
    symbols: tuple[str, ...],
    venues: tuple[str, ...],
    thresholds: Thresholds,
    fees: tuple[FeeShown, ...],
    mood: Mood | None = None,
    seed: int | None = None,
    redirected: tuple[str, ...] = (),
    back_test: tuple[str, ...] = (),
) -> HelloLine:
    """The first line."""
    shown = ThresholdsShown(
        min_net_bps=thresholds.min_net_bps,
        close_net_bps=thresholds.close_net_bps,
        dwell_ms=thresholds.dwell_ms,
        max_notional=thresholds.max_notional,
        max_age_ms=thresholds.max_age_ms,
        max_asynchrony_ms=thresholds.max_asynchrony_ms,
        depeg_bps=thresholds.depeg_bps,
        haircut_bps=thresholds.haircut_bps,
        reaction_ms=within(thresholds.reaction_ms),
    )
    return HelloLine(
        **stamp.head(),
        version=version,
        symbols=symbols,
        venues=venues,
        thresholds=shown,
        fees=tuple(map(_fee_within, fees)),
        mood=mood,
        seed=seed,
        redirected=redirected,
        back_test=back_test,
    )


def _fee_within(fee: FeeShown) -> FeeShown:
    """Its stamp is another program's too: what not every reader could hold exactly is not told."""
    return replace(fee, as_of_us=_exact_or_none(fee.as_of_us))


def signal_line(stamp: Stamp, signal: Signal) -> SignalLine:
    """A signal as published at `stamp.now_ns`."""
    priced = signal.opportunity
    legs = tuple(map(leg_shown, (priced.buy, priced.sell, *priced.conversions)))
    return SignalLine(
        **stamp.head(),
        **_beside("buy", legs[0]),
        **_beside("sell", legs[1]),
        **_figures(priced),
        id=signal.id,
        event=signal.event,
        **_chance(signal),
        **latency_fields(signal.trace, signal.trace.published_ns or stamp.now_ns),
        peak_net_bps=signal.peak_net_bps,
        duration_us=within(signal.duration_us),
        reason=signal.reason,
        legs=legs,
    )


def _chance(signal: Signal) -> dict[str, Any]:
    p, n = signal.capture_p, signal.capture_n
    return {
        "capture_p": None if p is None else min(max(p, 0.0), 1.0),
        "capture_n": None if n is None else within(n),
        "capture_prior": signal.is_prior,
    }


def _beside(side: Side, shown: LegShown) -> dict[str, Any]:
    names = ("venue", "symbol", "price", "vwap", "fee_bps", "age_us", "proof")
    return {f"{side}_{name}": getattr(shown, name) for name in names}


def _figures(priced: Opportunity) -> dict[str, Any]:
    names = ("kind", "asset", "quote", "mode", "size", "notional", "profit", "residue")
    rates = ("gross_bps", "fees_bps", "net_bps", "net_top_bps", "haircut_bps")
    fields = {name: getattr(priced, name) for name in names + rates}
    return fields | {
        "asynchrony_us": within(priced.asynchrony_ns // 1000),
        "quote_risk": priced.kind == "convert" and priced.mode == "inventory",
    }


def leg_shown(leg: Leg) -> LegShown:
    """One side with its levels."""
    return LegShown(
        venue=leg.venue,
        symbol=leg.symbol,
        side=leg.side,
        price=leg.price,
        vwap=leg.vwap,
        fee_bps=bps_of(leg.fees.taker),
        fee_source=leg.fees.source,
        fee_charged=leg.fees.charged,
        size=leg.size,
        age_us=within(leg.age_ns // 1000),
        proof=leg.proof,
        levels=leg.levels,
        lot=leg.lot or None,
    )


def bps_of(fraction: float) -> float:
    """0.0006 is 6.0 bps, not 5.999999999999999."""
    return round(fraction * 10_000, 10)


def quote_line(stamp: Stamp, quote: Quote) -> QuoteLine:
    """A quote as published at `stamp.now_ns`."""
    return QuoteLine(
        **stamp.head(),
        venue=quote.venue,
        symbol=quote.symbol,
        bid=quote.bid,
        bid_size=quote.bid_size,
        ask=quote.ask,
        ask_size=quote.ask_size,
        timestamp=_exact_or_none(quote.timestamp_ms),
        nonce=_exact_or_none(quote.nonce),
        recv_us=stamp.wall_us(quote.received_ns),
        proof=quote.proof,
    )


def venue_line(stamp: Stamp, status: FeedStatus) -> VenueLine:
    """A feed's state as published at `stamp.now_ns`."""
    return VenueLine(
        **stamp.head(),
        venue=status.venue,
        symbol=status.symbol,
        state=status.state,
        reason=status.reason,
        since_us=stamp.wall_us(status.since_ns),
    )


def gap_line(stamp: Stamp, *, from_seq: int, to_seq: int, reason: str) -> GapLine:
    """Names the numbers that no line will carry."""
    count = to_seq - from_seq + 1
    return GapLine(**stamp.head(), from_seq=from_seq, to_seq=to_seq, count=count, reason=reason)


def heartbeat_line(stamp: Stamp, board: Board | None) -> HeartbeatLine:
    """The board in a nutshell; None before the first board."""
    symbols = board.symbols if board else ()
    priced = [
        (route.net_bps, _key(each.symbol, route))
        for each in symbols
        for route in each.routes + each.converted
        if route.net_bps is not None
    ]
    net_bps, key = max(priced, default=(None, None))
    return HeartbeatLine(
        **stamp.head(),
        best_net_bps=net_bps,
        best_route=key,
        routes=len(priced),
        live_venues=len({venue.venue for each in symbols for venue in each.venues if venue.usable}),
        suspended=within(sum(each.suspended for each in symbols)),
        suspended_why=next((each.suspended_why for each in symbols if each.suspended_why), None),
    )


def _key(symbol: Symbol, route: RouteView) -> str:
    return Route(symbol, route.buy_venue, route.sell_venue, route.sell_symbol, route.mode).key


def bye_line(stamp: Stamp, *, ticks: int, signals: int, dropped: int, reason: str) -> ByeLine:
    """The last line."""
    return ByeLine(**stamp.head(), ticks=ticks, signals=signals, dropped=dropped, reason=reason)


def _exact_or_none(number: int | None) -> int | None:
    """A foreign number that not every reader could hold exactly is not told at all."""
    return number if number is not None and abs(number) <= LARGEST_INT else None

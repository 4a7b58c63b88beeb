"""BoardPainter: slots and open signals -> the boards that displays draw. Sampled, so nothing here is hot.

Before it: quote_board, signal_gate. After it: the signal wire, the HUD. route_view and words do the parts.
"""

from collections.abc import Mapping, Sequence

from kairos_tui.engine.conversions import Conversions
from kairos_tui.engine.convert_routes import Crossing
from kairos_tui.engine.converted_view import count_suspended, view_converted
from kairos_tui.engine.gates import Limits, find_leg_block
from kairos_tui.engine.grades import Grades
from kairos_tui.engine.pricing import price_pair
from kairos_tui.engine.quote_board import QuoteBoard
from kairos_tui.engine.route_view import OpenIds, view_routes
from kairos_tui.engine.signal_gate import SignalGate
from kairos_tui.engine.slot import Slot
from kairos_tui.engine.watchlist import Watchlist
from kairos_tui.engine.words import write_notes
from kairos_tui.market import (
    BookView,
    FeedCounts,
    FeedState,
    Opportunity,
    RouteView,
    Symbol,
    SymbolBoard,
    Thresholds,
    Venue,
    VenueView,
)

_NONE = (None, None)
_ALONE = ("", 0)
_WIRE_MOST_US = 2**53
"""Beyond it a wire delay is no delay: the stamp was not in milliseconds."""


class BoardPainter:
    """Reads everything, changes nothing but the feeds' totals it keeps for the venue rows."""

    def __init__(
        self,
        board: QuoteBoard,
        gate: SignalGate,
        watchlist: Watchlist,
        conversions: Conversions,
        grades: Grades,
        crossings: Mapping[Symbol, tuple[Crossing, ...]],
        thresholds: Thresholds,
    ) -> None:
        """`crossings` has every watched symbol, with what is bought as it and sold in another quote."""
        self._board = board
        self._gate = gate
        self._watchlist = watchlist
        self._conversions = conversions
        self._grades = grades
        self._crossings = crossings
        self._limits = Limits.of(thresholds)
        self._max_notional = thresholds.max_notional
        self._counts: dict[Venue, FeedCounts] = {}
        self.hidden: frozenset[Symbol] = frozenset()
        """Markets that another engine shows."""
        self.leads: Mapping[Venue, tuple[str, int]] = {}
        """Of venues that several ingesters send: which of them is believed, how many stand by."""

    def on_counts(self, counts: FeedCounts) -> None:
        """The newest totals of one venue's feed."""
        self._counts[counts.venue] = counts

    def paint(self, now_ns: int, wall_offset_ns: int | None) -> tuple[SymbolBoard, ...]:
        """One board per symbol, in the order they are watched."""
        shown = [symbol for symbol in self._crossings if symbol not in self.hidden]
        return tuple(self._paint(symbol, now_ns, wall_offset_ns) for symbol in shown)

    def _paint(self, symbol: Symbol, now_ns: int, wall_offset_ns: int | None) -> SymbolBoard:
        slots = self._board.markets[symbol].slots
        routes = view_routes(slots, self._open_ids(symbol), self._limits, now_ns)
        best = max([route for route in routes if route.net_bps is not None], key=_net_bps, default=None)
        last_ns = self._gate.last_event_ns.get(symbol)
        crossings = self._crossings[symbol]
        venues = tuple([self._view_venue(slot, now_ns, wall_offset_ns) for slot in slots])
        suspended, why = count_suspended(crossings, self._conversions, self._limits, now_ns)
        return SymbolBoard(
            symbol=symbol,
            venues=venues,
            routes=routes,
            best=best,
            sized=self._size(symbol, best, now_ns),
            open_signals=self._gate.open_signals(symbol, now_ns),
            last_signal_age_us=None if last_ns is None else (now_ns - last_ns) // 1000,
            signals=self._gate.opened_by_symbol.get(symbol, 0),
            notes=write_notes(slots, self._board.markets),
            converted=view_converted(crossings, self._conversions, self._gate, self._limits, now_ns),
            suspended=suspended,
            suspended_why=why,
            books=_view_books(slots, venues),
            grades=self._grades.of_symbol(symbol, now_ns),
        )

    def _open_ids(self, symbol: Symbol) -> OpenIds:
        """Of the routes that are bought and sold in this market."""
        return {
            (watch.priced.route.buy_venue, watch.priced.route.sell_venue): watch.signal_id
            for watch in self._watchlist.of_symbol(symbol)
            if watch.signal_id is not None and watch.priced.route.sell_symbol is None
        }

    def _size(self, symbol: Symbol, best: RouteView | None, now_ns: int) -> Opportunity | None:
        if best is None or _net_bps(best) <= 0.0:
            return None
        buy, sell = self._board.slot(best.buy_venue, symbol), self._board.slot(best.sell_venue, symbol)
        if buy is None or sell is None:
            return None
        return price_pair(buy, sell, floor_bps=0.0, max_notional=self._max_notional, now_ns=now_ns)

    def _view_venue(self, slot: Slot, now_ns: int, wall_offset_ns: int | None) -> VenueView:
        tick, listing, status = slot.tick, slot.listing, slot.shown_status
        retry_ns = status.retry_ns if status else None
        lead, standby = self.leads.get(slot.venue, _ALONE)
        counts = self._counts.get(slot.venue) or FeedCounts(slot.venue)
        (bid, bid_size), (ask, ask_size) = (slot.bid, slot.ask) if tick else (_NONE, _NONE)
        return VenueView(
            venue=slot.venue,
            state=status.state if status else FeedState.CONNECTING,
            reason=status.reason if status else None,
            retry_in_us=None if retry_ns is None else max(retry_ns - now_ns, 0) // 1000,
            bid=bid,
            bid_size=bid_size,
            ask=ask,
            ask_size=ask_size,
            age_us=(now_ns - tick.received_ns) // 1000 if tick else None,
            state_age_us=max(now_ns - status.since_ns, 0) // 1000 if status else 0,
            usable=find_leg_block(slot, now_ns, self._limits) is None,
            proof=tick.proof if tick else None,
            taker=listing.fees.taker if listing else None,
            fee_source=listing.fees.source if listing else None,
            fee_as_of_us=listing.fees.as_of_us if listing else None,
            listed=status.listed if status else True,
            ticks=slot.ticks,
            ticks_per_s=self._board.rates.of(slot, now_ns),
            latency_us=_median(slot),
            wire_us=_wire_us(slot, wall_offset_ns),
            frames=counts.frames,
            lead=lead,
            standby=standby,
            bad_frames=counts.bad_frames,
            refused=counts.refused,
            reconnects=counts.reconnects,
            gaps=counts.gaps,
            checks=counts.checks,
            disagreements=counts.disagreements,
            score=counts.score,
            clock_offset_us=counts.clock_offset_us,
            clock_uncertainty_us=counts.clock_uncertainty_us,
            lag_us=counts.lag_us,
            alive_us=(now_ns - slot.alive_ns) // 1000 if tick else None,
            charged=listing.fees.charged if listing else None,
        )


def _view_books(slots: Sequence[Slot], venues: Sequence[VenueView]) -> tuple[BookView, ...]:
    """The books of what may be traded on, unopened."""
    return tuple(
        [
            BookView(slot.venue, slot.tick.depth)
            for slot, venue in zip(slots, venues, strict=True)
            if slot.tick is not None and venue.usable
        ]
    )


def _net_bps(route: RouteView) -> float:
    return route.net_bps if route.net_bps is not None else float("-inf")


def _median(slot: Slot) -> int | None:
    ranked = sorted(slot.latencies_us)
    return ranked[len(ranked) // 2] if ranked else None


def _wire_us(slot: Slot, wall_offset_ns: int | None) -> int | None:
    """Receive wall clock minus the exchange's stamp, of the newest tick; negative when its clock is ahead."""
    if slot.tick is None or slot.tick.timestamp_ms is None or wall_offset_ns is None:
        return None
    wire_us = (slot.tick.received_ns + wall_offset_ns) // 1000 - slot.tick.timestamp_ms * 1000
    return wire_us if abs(wire_us) <= _WIRE_MOST_US else None

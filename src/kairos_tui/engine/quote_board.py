"""QuoteBoard: every slot, the newest tick in each, and the ledger of what became of the others.

Before it: the wire. After it: detectors, boards. Ticks offered = used + conflated + rejected + pending.
Whatever changes a slot goes past the quarantines before a detector sees it.
"""

from collections.abc import Iterable
from math import inf

from kairos_tui.engine.block import Block
from kairos_tui.engine.gates import Limits
from kairos_tui.engine.quarantines import Quarantines
from kairos_tui.engine.slot import Slot
from kairos_tui.engine.source_change import change_source
from kairos_tui.engine.tick_check import FUTURE_TOLERANCE_NS, Fault, find_fault
from kairos_tui.engine.tick_rates import TickRates
from kairos_tui.engine.top_prices import MarketQuotes
from kairos_tui.market import FeedStatus, Listing, PackedTick, Pulse, Symbol, Thresholds, Venue, untrue_in

_DOUBTS = {
    Fault.CROSSED: Block.CROSSED,
    Fault.LOCKED: Block.LOCKED,
    Fault.ONE_SIDED: Block.ONE_SIDED,
}
"""Faults that say the book itself is wrong now, so what is held must not be traded on either."""


class QuoteBoard:
    """Slots by (venue, symbol). `touched` are those whose routes must be looked at again."""

    def __init__(
        self,
        symbols: tuple[Symbol, ...],
        venues: tuple[Venue, ...],
        thresholds: Thresholds,
    ) -> None:
        self.markets = {symbol: MarketQuotes([Slot(venue, symbol) for venue in venues]) for symbol in symbols}
        self._slots = {(slot.venue, slot.symbol): slot for slot in self._all_slots()}
        self.by_venue = {venue: [self._slots[venue, symbol] for symbol in symbols] for venue in venues}
        limits = Limits.of(thresholds)
        self._quarantines = Quarantines(
            {symbol: market.slots for symbol, market in self.markets.items()}, limits
        )
        self._seats = {
            venue: {
                slot.symbol: (slot, self.markets[slot.symbol], self._quarantines.wall_of(slot.symbol))
                for slot in slots
            }
            for venue, slots in self.by_venue.items()
        }
        # A shorter silence makes no leg stale and no two legs too far apart.
        self._unnoticed_ns = min(limits.max_age_ns, limits.max_asynchrony_ns)
        for slot in self._slots.values():
            slot.unnoticed_ns = self._unnoticed_ns
        self._now_ns = 0
        self.touched: dict[Slot, None] = {}
        self._repriced: set[Slot] = set()
        self.rates = TickRates()
        self.used = 0
        self.conflated = 0
        self.pending = 0
        self.rejected = 0

    def slot(self, venue: Venue, symbol: Symbol) -> Slot | None:
        """The slot of a watched (venue, symbol)."""
        return self._slots.get((venue, symbol))

    def apply_tick(self, tick: PackedTick, *, sent_ns: int, arrived_ns: int) -> Slot | None:
        """Put the tick into its slot; None when it was rejected."""
        self._now_ns = arrived_ns
        seats = self._seats.get(tick.venue)
        seat = seats.get(tick.symbol) if seats is not None else None
        if seat is None:
            self._reject(None, Fault.UNKNOWN)
            return None
        slot, market, wall = seat
        bid, ask, latest_ns = tick.bid, tick.ask, arrived_ns + FUTURE_TOLERANCE_NS
        is_timely = slot.listing is not None and slot.received_ns <= tick.received_ns <= latest_ns
        # What nearly every tick is, seen in one call; the others are asked what is wrong with them.
        if not (
            is_timely
            and bid
            and ask
            and 0.0 < bid[0] < ask[0] < inf
            and 0.0 < bid[1] < inf
            and 0.0 < ask[1] < inf
        ):
            fault = _fault_in_slot(slot, tick, arrived_ns) or find_fault(tick)
            if fault is not None:
                self._reject(slot, fault)
                return None
        if slot.pending:
            self.conflated += 1
        else:
            slot.pending = True
            self.pending += 1
            self.touched[slot] = None
        slot.hold(tick, sent_ns=sent_ns, arrived_ns=arrived_ns)
        self.rates.count(slot, arrived_ns)
        if slot.suspicion is not None or not wall.low <= slot.mid <= wall.high:
            self._note(self._quarantines.check_book(wall, slot, arrived_ns))
        market.note(slot)
        return slot

    def apply_listing(self, listing: Listing) -> None:
        """A market's facts were learned or changed: what it is held against is judged with it.

        Facts that cannot be true are not taken: without any, the leg is in no route.
        """
        slot = self._slots.get((listing.instrument.venue, listing.instrument.symbol))
        if slot is not None and slot.listing != listing and untrue_in(listing) is None:
            if slot.list_as(listing):
                self._repriced.add(slot)
            for each in (*self._quarantines.check_facts(slot, self._now_ns), slot):
                self._touch(each)

    def apply_pulse(self, pulse: Pulse, now_ns: int | None = None) -> list[Slot]:
        """The books of these streams were still right at its instant, unless that has not happened yet.

        What had been silent long enough to have left its routes is looked at again. The slots whose books
        are known to have held for longer than before.
        """
        self._now_ns = now_ns if now_ns is not None else max(self._now_ns, pulse.at_ns)
        if pulse.at_ns > self._now_ns + FUTURE_TOLERANCE_NS:
            return []
        noticed_ns, vouched = self._now_ns - self._unnoticed_ns, []
        for symbol in pulse.symbols:
            slot = self._slots.get((pulse.venue, symbol))
            was_noticed = slot is not None and slot.alive_ns < noticed_ns
            if slot is not None and slot.vouch(pulse.at_ns):
                vouched.append(slot)
                if was_noticed:
                    slot.unsettle()
                    self._touch(slot)
        return vouched

    def apply_status(self, status: FeedStatus) -> bool:
        """A stream's state, or a whole venue's; True when it says something new of what is watched."""
        news = False
        for slot in self._slots_meant(status):
            held = slot.venue_status if status.symbol is None else slot.own_status
            news = news or not _says_the_same(held, status)
            if held != status:
                self._quarantines.heard(slot)
                if slot.hear(status):
                    self._touch(slot)
        return news

    def change_source(self, venue: Venue, symbols: Iterable[Symbol]) -> None:
        """Of these streams another feed's books and states come now."""
        for symbol in symbols:
            slot = self._slots.get((venue, symbol))
            if slot is not None:
                change_source(slot)
                self._touch(slot)

    def take_touched(self, now_ns: int) -> tuple[list[Slot], list[Slot], set[Slot]]:
        """The slots to look at now, as they were touched; of them those whose tick is used now; those whose
        fees have changed. Legs in doubt are judged as of now before anything is priced."""
        self._now_ns = now_ns
        if self._quarantines.watched:
            self._note(self._quarantines.check_due(now_ns))
        taken, repriced, fresh = [*self.touched], self._repriced, []
        self.touched.clear()
        for slot in taken:
            if slot.pending:
                slot.pending = False
                fresh.append(slot)
        self.pending -= len(fresh)
        self.used += len(fresh)
        if repriced:
            self._repriced = set()
        return taken, fresh, repriced

    def new_statuses(self, now_ns: int) -> list[FeedStatus]:
        """QUARANTINED for each leg that the engine shut out since the last call, with the reason; the feed's
        own state again for each that it let back in. To be said after the feeds' own statuses."""
        self._now_ns = now_ns
        self._note(self._quarantines.check_again(now_ns))
        return self._quarantines.new_statuses(now_ns)

    def retell(self, slots: Iterable[Slot]) -> None:
        """Their routes are looked at again, and what the engine holds against them is told anew."""
        self.touched.update(dict.fromkeys(slots))
        self._quarantines.retell(slots)

    def _slots_meant(self, status: FeedStatus) -> list[Slot]:
        if status.symbol is None:
            return self.by_venue.get(status.venue, [])
        slot = self.slot(status.venue, status.symbol)
        return [] if slot is None else [slot]

    def _touch(self, slot: Slot) -> None:
        self._note(self._quarantines.check(slot, self._now_ns))
        self._note((slot,))

    def _note(self, changed: Iterable[Slot]) -> None:
        for slot in changed:
            self.touched[slot] = None
            self.markets[slot.symbol].note(slot)

    def _reject(self, slot: Slot | None, fault: Fault) -> None:
        self.rejected += 1
        if slot is not None and fault in _DOUBTS:
            slot.doubt(_DOUBTS[fault])
            self._touch(slot)

    def _all_slots(self) -> list[Slot]:
        return [slot for market in self.markets.values() for slot in market.slots]


def _fault_in_slot(slot: Slot, tick: PackedTick, arrived_ns: int) -> Fault | None:
    """What makes the tick unfit for this slot now: no listing, older than what is held, not yet happened."""
    if slot.listing is None:
        return Fault.UNLISTED
    held, received_ns = slot.tick, tick.received_ns
    if received_ns < slot.received_ns and held is not None and tick.generation <= held.generation:
        return Fault.OUTDATED
    return Fault.FUTURE if received_ns > arrived_ns + FUTURE_TOLERANCE_NS else None


def _says_the_same(held: FeedStatus | None, status: FeedStatus) -> bool:
    """Apart from its start: a state repeated is not news."""
    return held is not None and (held.state, held.reason, held.retry_ns, held.listed, held.nearest) == (
        status.state,
        status.reason,
        status.retry_ns,
        status.listed,
        status.nearest,
    )

"""Paper: each opened signal is followed by simulated orders, after a latency, on the books of that moment.

Before it: signals as they open, slots. After it: fills and the paper account. Nothing here reaches a venue.
"""

from collections.abc import Iterable
from heapq import heappop, heappush
from itertools import count

from msgspec.structs import replace

from kairos_tui.engine.exact import exact
from kairos_tui.engine.gates import Limits, find_leg_block
from kairos_tui.engine.paper_account import PaperAccount
from kairos_tui.engine.paper_asks import Ask, asks_of, undo, worst_needs
from kairos_tui.engine.paper_book import PaperBook, SlotOf, Wanted
from kairos_tui.engine.paper_course import Course
from kairos_tui.engine.paper_ledger import PaperLedger
from kairos_tui.engine.paper_worth import worth_of
from kairos_tui.engine.slot import Slot
from kairos_tui.engine.words import say_block
from kairos_tui.market import (
    Fill,
    Level,
    Listing,
    PaperOrder,
    PaperTerms,
    PaperView,
    Signal,
    Thresholds,
    floor_to_lots,
    split_symbol,
)

_NEVER_NS = 2**63
_MOST_IN_FLIGHT = 1_000
_MOST_TRIES = 20
"""So often is a leg taken back for which there is no book, or too little of one."""

_LEAST_PAUSE_NS = 100_000_000
_WHOLE = 1.0 - 1e-12
_ENDOWED = 10.0
"""Stock where none is stated: so many times the greatest signal."""


class Paper:
    """`follow` what opens; `settle` up to an instant, before anything later is put into the slots.

    Orders of one signal reach their books together. What filled beyond the leg that filled least is taken
    back where it filled, one latency later, at any price.
    """

    def __init__(self, slot_of: SlotOf, terms: PaperTerms, thresholds: Thresholds) -> None:
        self._slot_of = slot_of
        self._terms = terms
        self._limits = Limits.of(thresholds)
        self._max_notional = thresholds.max_notional
        self._latency_ns = terms.latency_ms * 1_000_000
        self._ledger = PaperLedger(terms)
        self._book = PaperBook()
        self._account = PaperAccount(terms.latency_ms)
        self._heap: list[tuple[int, int, Course]] = []
        self._turn = count()
        self._refused: list[Fill] = []
        self._view: PaperView | None = None

    @property
    def is_busy(self) -> bool:
        """There is something to settle, now or later."""
        return bool(self._refused or self._heap)

    @property
    def due_ns(self) -> int:
        """When there is something to settle; beyond any clock when there is not."""
        if self._refused:
            return 0
        return self._heap[0][0] if self._heap else _NEVER_NS

    def follow(self, signals: Iterable[Signal], now_ns: int) -> None:
        """Orders for each of them that has just opened are on their way, or refused for want of stock."""
        for signal in signals:
            if signal.event == "open":
                self._view = None
                self._account.followed += 1
                asks = asks_of(signal.opportunity, self._terms.tolerance_bps)
                self._send(Course(signal.id, signal.opportunity, asks, now_ns))

    def settle(self, until_ns: int) -> list[Fill]:
        """What has come to its end by then; each order at its own instant."""
        ended, self._refused = self._refused, []
        while self._heap and self._heap[0][0] <= until_ns:
            due_ns, _, course = heappop(self._heap)
            self._view = None
            if course.orders:
                self._take_back(course, due_ns)
            else:
                self._reach(course, due_ns)
            if course.left and course.tries < _MOST_TRIES:
                self._wait(course, due_ns)
            else:
                ended.append(self._end(course, due_ns))
        return ended

    def finish(self, now_ns: int) -> list[Fill]:
        """Of what is still on its way nothing more is done: what could not be taken back is stuck."""
        ended = self.settle(now_ns)
        while self._heap:
            course = heappop(self._heap)[2]
            self._view = None
            course.note = "the run ended first"
            ended.append(self._end(course, now_ns))
        return ended

    def view(self) -> PaperView:
        """The account as it stands; made anew when it has changed, for boards come often."""
        if self._view is None:
            self._view = self._account.view(self._ledger, in_flight=len(self._heap))
        return self._view

    def _send(self, course: Course) -> None:
        """On their way, with what they may cost set aside; or refused."""
        self._endow(course)
        needs = worst_needs(course.asks, [self._listing(ask).fees for ask in course.asks])
        if len(self._heap) >= _MOST_IN_FLIGHT:
            self._refuse(course, f"{_MOST_IN_FLIGHT} signals are on their way already")
            return
        short = self._ledger.set_aside(needs)
        if short is not None:
            self._refuse(course, f"{short[0]} is short of {short[1]}")
            return
        course.needs = needs
        heappush(self._heap, (course.opened_ns + self._latency_ns, next(self._turn), course))

    def _refuse(self, course: Course, why: str) -> None:
        course.note = why
        fill = course.end("refused", 0.0, course.opened_ns)
        self._account.take(fill)
        self._refused.append(fill)

    def _endow(self, course: Course) -> None:
        """Every place that its orders touch has stock for several more like the greatest."""
        times = _ENDOWED * self._max_notional / course.priced.notional
        legs = (course.priced.buy, course.priced.sell, *course.priced.conversions)
        for leg in legs[: len(course.asks)]:
            base, quote = split_symbol(leg.symbol)
            self._ledger.endow((leg.venue, base), _rounded(times * leg.size))
            self._ledger.endow((leg.venue, quote), _rounded(times * leg.size * leg.vwap))

    def _reach(self, course: Course, now_ns: int) -> None:
        """The orders reach their books; what filled alone is to be taken back."""
        self._ledger.release(course.needs)
        for ask in course.asks:
            self._fill(course, ask, now_ns)
        undone = [undo(ask, excess, self._listing(ask)) for ask, excess in course.excess()]
        course.left = [ask for ask in undone if ask is not None]

    def _take_back(self, course: Course, now_ns: int) -> None:
        """At any price. What finds no book, or too little of one, is tried again."""
        course.tries += 1
        left = []
        for ask in course.left:
            order = self._fill(course, ask, now_ns, only_if_taken=course.tries > 1)
            rest = floor_to_lots(ask.size - order.filled, (self._listing(ask).instrument.lot,))
            if order.filled < ask.size * _WHOLE and rest > 0.0:
                left.append(replace(ask, size=rest))
        course.left = left

    def _wait(self, course: Course, now_ns: int) -> None:
        pause_ns = max(self._latency_ns, _LEAST_PAUSE_NS) if course.tries else self._latency_ns
        heappush(self._heap, (now_ns + pause_ns, next(self._turn), course))

    def _end(self, course: Course, now_ns: int) -> Fill:
        fill = course.end(course.outcome(), worth_of(course.changes, course.priced, self._slot_of), now_ns)
        self._account.take(fill)
        return fill

    def _fill(self, course: Course, ask: Ask, now_ns: int, *, only_if_taken: bool = False) -> PaperOrder:
        """Immediate or cancel, on the book as it is now."""
        slot = self._slot(ask)
        block = find_leg_block(slot, now_ns, self._limits)
        levels: tuple[Level, ...] = ()
        if block is None:
            wanted = Wanted(ask.side, exact(ask.size), ask.limit, self._ledger.spare(ask.paid_from))
            levels = self._book.take(slot, wanted)
        note = say_block(slot, block, slot, slot, now_ns) if block is not None else None
        order = PaperOrder(
            ask.venue,
            ask.symbol,
            ask.side,
            ask.role,
            ask.size,
            ask.limit,
            levels,
            self._listing(ask).fees,
            now_ns,
            note,
        )
        if order.filled < ask.size * _WHOLE and note is None:
            order = replace(order, note=_say_short(ask, order.filled))
        if levels or not only_if_taken:
            course.enter(order, self._ledger.enter(order))
        return order

    def _slot(self, ask: Ask) -> Slot:
        slot = self._slot_of(ask.venue, ask.symbol)
        assert slot is not None
        return slot

    def _listing(self, ask: Ask) -> Listing:
        listing = self._slot(ask).listing
        assert listing is not None
        return listing


def _say_short(ask: Ask, filled: float) -> str:
    """Why an order was not filled whole, its feed being well."""
    within = "" if ask.limit is None else f" within {ask.limit:.10g}"
    return f"{ask.venue}: {filled:.8g} of {ask.size:.8g} to {ask.side}{within}"


def _rounded(amount: float) -> float:
    """To two digits: an endowment is a round sum."""
    return float(f"{amount:.2g}")

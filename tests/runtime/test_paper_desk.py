"""The promise: the engine's desk sends simulated orders into the books as they were when they were due,
late as it may look, and tells each fill once; without `paper` it does nothing of the kind."""

from typing import Any

from kairos_tui.market import (
    Asset,
    Board,
    FeedState,
    FeedStatus,
    Fees,
    Fill,
    Instrument,
    Listing,
    PackedTick,
    PaperTerms,
    Signal,
    Symbol,
    Thresholds,
    Tick,
    Venue,
    deal,
)
from kairos_tui.runtime.engine_desk import EngineDesk
from kairos_tui.runtime.engine_plan import EnginePlan
from kairos_tui.runtime.engine_rates import Hop
from kairos_tui.wire import Arrival, Tally

MS = 1_000_000
BTC = Symbol("BTC/USDT")
VENUES = (Venue("alpha"), Venue("beta"))


class Room:
    """A desk with two live venues, and what it published."""

    def __init__(self, paper: PaperTerms | None) -> None:
        self.now_ns = 1_000_000 * MS
        self.said: list[Any] = []
        plan = EnginePlan(
            "k7f3",
            0,
            "sim",
            "",
            "",
            deal((BTC,), 1)[0],
            VENUES,
            Thresholds(max_age_ms=5_000),
            10,
            paper=paper,
        )
        self.desk = EngineDesk(
            plan,
            lambda body, at_ns: self.said.append(body),
            clock_ns=lambda: self.now_ns,
            started_ns=self.now_ns,
        )
        for venue in VENUES:
            market = Instrument(venue, BTC, BTC, Asset("BTC"), Asset("USDT"), lot=0.00001)
            self.arrive(
                Listing(market, Fees(0.001, "market", 0)), FeedStatus(venue, BTC, FeedState.LIVE, self.now_ns)
            )

    def arrive(self, *records: Any) -> None:
        self.desk.apply(
            [Arrival(each, "alpha", self.now_ns, self.now_ns) for each in records], is_quoted=False
        )

    def book(self, venue: Venue, bid: float, ask: float) -> PackedTick:
        levels = ((bid, 0.01),), ((ask, 0.01),)
        return PackedTick.of(Tick(venue, BTC, *levels, self.now_ns, self.now_ns))

    def fills(self) -> list[Fill]:
        return [body for body in self.said if isinstance(body, Fill)]

    def board(self) -> Board:
        return self.desk.board(self.now_ns, wall_ns=self.now_ns, hop=Hop(Tally()))

    def open(self) -> None:
        self.arrive(self.book(VENUES[0], 59_999.0, 60_000.0), self.book(VENUES[1], 60_200.0, 60_300.0))
        self.desk.decide(self.now_ns)


def test_orders_meet_the_books_as_they_were_before_what_came_later() -> None:
    room = Room(PaperTerms(latency_ms=30))
    room.open()
    assert room.desk.next_check_ns(room.now_ns) == room.now_ns + 30 * MS

    room.now_ns += 45 * MS
    room.arrive(room.book(VENUES[1], 60_010.0, 60_300.0))

    (fill,) = room.fills()
    assert (fill.outcome, fill.at_ns - fill.opened_ns) == ("filled", 30 * MS)
    assert room.said[-1] is fill


def test_a_fill_is_told_after_its_signal_and_the_board_keeps_the_account() -> None:
    room = Room(PaperTerms(latency_ms=0))
    room.open()

    (signal,) = [body for body in room.said if isinstance(body, Signal)]
    (fill,) = room.fills()
    assert fill.id == signal.id
    assert room.said.index(fill) > room.said.index(signal)
    view = room.board().paper
    assert view is not None
    assert (view.followed, view.filled, view.ended) == (1, 1, 1)
    assert view.profits == (("USDT", fill.profit),)
    assert [result.id for result in view.recent] == [signal.id]


def test_what_is_on_its_way_when_the_run_ends_is_told_too() -> None:
    room = Room(PaperTerms(latency_ms=100))
    room.open()
    room.desk.close(room.now_ns)

    assert [fill.note for fill in room.fills()] == ["the run ended first"]


def test_without_paper_nothing_is_followed() -> None:
    room = Room(None)
    room.open()
    room.now_ns += 500 * MS
    room.desk.decide(room.now_ns)

    assert room.fills() == []
    assert room.board().paper is None

"""Promise: of two ingesters of a venue one is believed; when it fails the other one is, within a second.

Wherever in their course the lead ends, and however: silently, by its launcher's word, or by its own. It never
goes to and fro, every tick is accounted for, and a replay of the same frames says the same.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.runtime.made_recording import LIMITS, STARTED_US
from tests.runtime.test_open_at import Heard

from kairos_tui.journal import Channel, Header, Recorder, Recording
from kairos_tui.market import (
    Asset,
    FeedCounts,
    FeedState,
    FeedStatus,
    Fees,
    Instrument,
    Listing,
    PackedTick,
    Pulse,
    Rates,
    Signal,
    Symbol,
    Thresholds,
    Tick,
    Venue,
    VenueView,
    deal,
)
from kairos_tui.runtime.engine_desk import EngineDesk
from kairos_tui.runtime.engine_plan import EnginePlan
from kairos_tui.runtime.engine_rates import Hop
from kairos_tui.runtime.player import Player
from kairos_tui.runtime.replay_plan import ReplayPlan
from kairos_tui.runtime.venue_leads import CALM_NS, GONE_NS, VenueLeads
from kairos_tui.wire import Arrival, OutboxCounts, Tally, pack_record
from kairos_tui.wire.codec import FrameHead, pack_frame

MS = 1_000_000
BTC, ETH = Symbol("BTC/USDT"), Symbol("ETH/USDT")
SYMBOLS = (BTC, ETH)
ALPHA, BETA = Venue("alpha"), Venue("beta")
START_NS = 1_000_000 * MS
THRESHOLDS = Thresholds(max_age_ms=1_000)
STEP_MS = 10


class Ingester:
    """Sends one venue as a worker does: a market in motion, a quiet one, pulses, its facts twice a second."""

    def __init__(self, venue: Venue, name: str, *, phase_ms: int) -> None:
        self.venue, self.sender = venue, f"ingest:{venue}@{name}" if name else f"ingest:{venue}"
        self.phase_ms = phase_ms
        self.alive = True
        self.began_ms: int | None = None
        self.ticks = 0
        self.states: dict[Symbol, FeedStatus] = {}

    def say(self, at_ms: int) -> list[Any]:
        """What it sends in this step."""
        if not self.alive:
            return []
        now_ns, since_ms = START_NS + at_ms * MS, at_ms + self.phase_ms
        records: list[Any] = []
        if self.began_ms is None:
            self.began_ms = at_ms
            self.states = {each: FeedStatus(self.venue, each, FeedState.LIVE, now_ns) for each in SYMBOLS}
            records += [
                *self._listings(),
                *self.states.values(),
                *(self._book(each, now_ns) for each in SYMBOLS),
            ]
        if since_ms % 50 == 0:
            records.append(self._book(BTC, now_ns))
        if since_ms % 100 == 0:
            records.append(Pulse(self.venue, SYMBOLS, now_ns))
        if since_ms % 500 == 0:
            counts = OutboxCounts(self.sender, self.ticks, 0, sent=self.ticks)
            records += [*self._listings(), *self.states.values(), FeedCounts(self.venue), counts]
        self.ticks += sum(isinstance(record, PackedTick) for record in records)
        return records

    def _listings(self) -> list[Listing]:
        return [
            Listing(
                Instrument(self.venue, each, each, Asset(each[:3]), Asset("USDT"), lot=0.00001),
                Fees(0.0, "config", 0),
            )
            for each in SYMBOLS
        ]

    def _book(self, symbol: Symbol, now_ns: int) -> PackedTick:
        mid = 100.0 if self.venue == ALPHA else 100.09
        levels = ((mid, 1.0),), ((mid + 1e-6, 1.0),)
        return PackedTick.of(Tick(self.venue, symbol, *levels, now_ns, now_ns))


class Course:
    """Two ingesters of alpha, one of beta, and a desk that hears them, on a clock of its own."""

    def __init__(self, on_frame: Callable[[int, str, list[Any]], None] | None = None) -> None:
        self.at_ms = 0
        self.said: list[Any] = []
        self.received = 0
        self.first, self.second = Ingester(ALPHA, "a", phase_ms=0), Ingester(ALPHA, "b", phase_ms=20)
        self.beta = Ingester(BETA, "a", phase_ms=30)
        plan = EnginePlan("k7f3", 0, "sim", "", "", deal(SYMBOLS, 1)[0], (ALPHA, BETA), THRESHOLDS, 10)
        self.desk = EngineDesk(
            plan,
            lambda body, at_ns: self.said.append(body),
            clock_ns=lambda: self.now_ns,
            started_ns=START_NS,
        )
        self._on_frame = on_frame
        self.on_turn: Callable[[int], None] = lambda at_ns: None
        self.leads: list[str] = []

    @property
    def now_ns(self) -> int:
        return START_NS + self.at_ms * MS

    def hear(self, sender: str, records: list[Any]) -> None:
        if not records:
            return
        self.received += sum(isinstance(record, PackedTick) for record in records)
        if self._on_frame is not None:
            self._on_frame(self.now_ns, sender, records)
        self.desk.apply(
            [Arrival(each, sender, self.now_ns, self.now_ns) for each in records], is_quoted=False
        )

    def step(self) -> None:
        self.at_ms += STEP_MS
        for each in (self.first, self.second, self.beta):
            self.hear(each.sender, each.say(self.at_ms))
        self.on_turn(self.now_ns)
        self.desk.decide(self.now_ns)
        lead = self.desk.leads.views.get(ALPHA, ("", 0))[0]
        if lead and (not self.leads or self.leads[-1] != lead):
            self.leads.append(lead)

    def run(self, for_ms: int) -> None:
        for _ in range(for_ms // STEP_MS):
            self.step()

    def view(self, symbol: Symbol = BTC) -> VenueView:
        board = self.desk.board(self.now_ns, wall_ns=0, hop=Hop(Tally(received=self.received)))
        shown = next(each for each in board.symbols if each.symbol == symbol)
        return next(each for each in shown.venues if each.venue == ALPHA)

    @property
    def rates(self) -> Rates:
        return self.desk.board(self.now_ns, wall_ns=0, hop=Hop(Tally(received=self.received))).rates

    @property
    def open(self) -> set[Symbol]:
        heard: dict[str, Symbol] = {}
        for body in self.said:
            if isinstance(body, Signal) and body.event == "close":
                del heard[body.id]
            elif isinstance(body, Signal):
                heard[body.id] = body.opportunity.route.symbol
        return set(heard.values())


def silently(course: Course, ingester: Ingester) -> None:
    """As when its machine is gone."""


def by_its_launcher(course: Course, ingester: Ingester) -> None:
    """As when its process was killed."""
    status = FeedStatus(ALPHA, None, FeedState.DOWN, course.now_ns, "its worker ended")
    course.hear(f"launcher@{ingester.sender.partition('@')[2]}", [status])


def by_its_own_word(course: Course, ingester: Ingester) -> None:
    """As when its connection to the venue ends: of each stream, one after the other."""
    for symbol in (ETH, BTC):
        down = FeedStatus(ALPHA, symbol, FeedState.DOWN, course.now_ns, "connection lost")
        course.hear(ingester.sender, [down])
    course.desk.decide(course.now_ns)


ENDS = [silently, by_its_launcher, by_its_own_word]


@pytest.mark.parametrize("ends", ENDS)
@pytest.mark.parametrize("after_ms", range(1_010, 1_520, 30))
def test_wherever_the_lead_ends_its_legs_are_fresh_within_a_second(ends, after_ms) -> None:
    course = Course()
    course.run(after_ms)
    assert course.open == set(SYMBOLS)
    assert course.leads == ["a"]
    course.first.alive = False
    ends(course, course.first)
    course.run(1_000)

    assert course.leads == ["a", "b"]
    for symbol in SYMBOLS:
        view = course.view(symbol)
        assert (view.usable, view.state) == (True, FeedState.LIVE)
        assert (view.lead, view.standby) == ("b", 1)
        assert view.alive_us is not None
        assert view.alive_us <= 200_000
    assert course.open == set(SYMBOLS)
    course.run(3_000)
    assert course.leads == ["a", "b"]
    is_exact(course)


@pytest.mark.parametrize("ends", [by_its_launcher, by_its_own_word])
def test_a_lead_that_says_it_is_down_is_replaced_at_once(ends) -> None:
    course = Course()
    course.run(1_200)
    course.first.alive = False
    ends(course, course.first)

    assert course.view().usable
    assert course.view(ETH).usable
    assert course.desk.leads.views[ALPHA] == ("b", 1)


@pytest.mark.parametrize("ends", ENDS)
def test_back_again_it_stands_by_until_it_is_needed(ends) -> None:
    course = Course()
    course.run(1_200)
    course.first.alive = False
    ends(course, course.first)
    course.run(1_500)
    course.first.alive, course.first.began_ms = True, None
    course.run(2_000)
    assert course.leads == ["a", "b"]

    course.second.alive = False
    ends(course, course.second)
    course.run(1_000)
    assert course.leads == ["a", "b", "a"]
    assert course.view().usable
    assert course.view(ETH).usable
    is_exact(course)


def test_a_quiet_book_that_a_lead_has_told_is_there_when_it_leads_again() -> None:
    """The other one's connection ended, and with it what it had told; this one says a quiet book but once."""
    course = Course()
    course.run(1_200)
    course.first.began_ms = None
    course.run(100)
    course.first.alive = False
    course.run(1_500)
    course.first.alive = True
    course.run(1_500)
    by_its_own_word(course, course.second)
    course.second.alive = False
    course.run(300)

    assert course.leads == ["a", "b", "a"]
    assert course.view(ETH).usable


def test_two_that_are_down_by_turns_are_changed_by_turns_and_two_that_are_silent_not_at_all() -> None:
    course = Course()
    course.run(1_200)
    course.first.alive = course.second.alive = False
    course.run(5_000)
    assert course.leads == ["a"]
    assert not course.view().usable

    course.second.alive = True
    course.run(1_000)
    assert course.leads == ["a", "b"]
    assert course.view().usable


def test_silences_by_turns_change_the_lead_once_a_second_at_most() -> None:
    course = Course()
    course.run(1_200)
    for _ in range(10):
        for silent, heard in ((course.first, course.second), (course.second, course.first)):
            silent.alive, heard.alive = False, True
            course.run(700)
    assert len(course.leads) <= 1 + 14_000 * MS // CALM_NS
    is_exact(course)


@pytest.mark.parametrize("slept_ms", [500, 2_000, 30_000])
def test_an_engine_that_slept_holds_it_against_nobody(slept_ms) -> None:
    """SIGSTOP: what waited arrives at once, the other's first."""
    course = Course()
    course.run(1_200)
    course.at_ms += slept_ms
    course.hear(course.second.sender, [Pulse(ALPHA, SYMBOLS, course.now_ns)])
    course.desk.decide(course.now_ns)
    course.run(1_000)

    assert course.leads == ["a"]
    assert course.view().usable


def test_what_is_gone_for_a_minute_stands_by_no_more() -> None:
    course = Course()
    course.run(1_200)
    assert course.desk.leads.views == {ALPHA: ("a", 1)}
    course.second.alive = False
    course.run(GONE_NS // MS + 1_100)

    assert course.desk.leads.views == {}
    assert course.view().usable
    course.first.alive = False
    course.run(2_000)
    assert not course.view().usable
    is_exact(course)


def test_a_lone_ingester_that_is_down_is_shown_as_down() -> None:
    course = Course()
    course.second.alive = False
    course.run(1_200)
    by_its_launcher(course, course.first)

    assert course.view().state == FeedState.DOWN
    assert course.rates.standby == 0


def test_the_word_of_a_dead_worker_that_stood_by_is_not_the_leads() -> None:
    course = Course()
    course.run(1_200)
    by_its_launcher(course, course.second)
    assert course.view().state == FeedState.LIVE
    course.first.alive = False
    course.second.alive = False
    course.run(1_500)
    assert course.leads == ["a"]


def test_ingesters_without_a_name_are_alone_and_cost_no_question() -> None:
    leads, ingester = VenueLeads(), Ingester(ALPHA, "", phase_ms=0)
    for record in ingester.say(10):
        assert leads.admit(Arrival(record, ingester.sender, START_NS, START_NS))
    assert leads.sole == {"ingest:alpha"}
    assert leads.admit(Arrival(Pulse(ALPHA, SYMBOLS, START_NS), "", START_NS, START_NS))


def test_members_and_senders_beyond_the_bound_are_left_out() -> None:
    leads = VenueLeads()
    for number in range(2_000):
        ingester = Ingester(ALPHA, f"n{number}", phase_ms=0)
        admitted = [
            leads.admit(Arrival(each, ingester.sender, START_NS, START_NS)) for each in ingester.say(10)
        ]
        assert any(admitted) is (number == 0)
        leads.admit(Arrival(Pulse(BETA, SYMBOLS, START_NS), f"else{number}", START_NS, START_NS))
    assert leads.views[ALPHA] == ("n0", 7)
    assert len(leads.sole) <= 1_024
    assert leads.standby == 1_999 * 2


def test_of_many_lives_of_an_ingester_the_longest_unheard_gives_way_and_never_the_lead() -> None:
    leads, lead = VenueLeads(), Ingester(ALPHA, "lead", phase_ms=0)
    at_ms = 0

    def turn(*speakers: Ingester) -> None:
        nonlocal at_ms
        at_ms += 200
        at_ns = START_NS + at_ms * MS
        for each in speakers:
            for record in each.say(at_ms):
                leads.admit(Arrival(record, each.sender, at_ns, at_ns))
        leads.due(at_ns)

    anew = [Ingester(ALPHA, f"n{number}", phase_ms=0) for number in range(20)]
    for each in anew:  # under another name each time
        turn(lead, each)
    assert leads.views[ALPHA] == ("lead", 7)
    assert leads.take() == []
    for _ in range(5):
        turn(anew[-1])
    assert [switch.lead for switch in leads.take()] == ["n19"]


def test_the_same_frames_replayed_switch_and_say_the_same(tmp_path: Path) -> None:
    numbers: dict[str, tuple[int, int]] = {}
    header = Header(
        kairos="0",
        run="k7f3",
        epoch=0,
        engine=0,
        engines=1,
        feed="sim",
        symbols=SYMBOLS,
        conversions=(),
        venues=(ALPHA, BETA),
        thresholds=THRESHOLDS,
        started_us=STARTED_US,
        started_ns=START_NS,
    )
    recorder = Recorder(tmp_path / "two.kz", header, LIMITS)

    def keep(at_ns: int, sender: str, records: list[Any]) -> None:
        sent, ticks = numbers.get(sender, (0, 0))
        head = FrameHead(sender, 0, sent + 1, ticks, at_ns)
        recorder.put(Channel.FRAME, at_ns, pack_frame(head, [pack_record(record) for record in records]))
        new = sum(isinstance(record, PackedTick) for record in records)
        numbers[sender] = sent + len(records), ticks + new

    course = Course(keep)
    course.on_turn = lambda at_ns: recorder.put(Channel.TURN, at_ns, b"\x01")
    course.run(1_200)
    course.first.alive = False
    course.run(1_500)
    course.first.alive = True
    course.run(500)
    by_its_launcher(course, course.second)
    course.run(500)
    recorder.close(60.0)
    assert course.leads == ["a", "b", "a"]

    heard = Heard()
    path = str(tmp_path / "two.kz")
    player = Player(Recording.open(tmp_path / "two.kz"), ReplayPlan(path), heard)
    while not player.ended:
        player.play(1 << 62, most=97)
    assert [body for _, body in heard.said] == course.said
    shown = player.board().rates
    assert (shown.received, shown.standby, shown.used) == (
        course.received,
        course.rates.standby,
        course.rates.used,
    )


def is_exact(course: Course) -> None:
    """Of every tick that came it is known what became of it, as the engine itself counts."""
    rates, engine = course.rates, course.desk._engine
    assert rates.received == course.received
    assert rates.standby > 0
    assert rates.used + rates.conflated + rates.rejected + engine.pending + rates.standby == course.received
    entered = engine.used + engine.conflated + engine.rejected + engine.pending
    # Books of one that leads again enter anew.
    again = max(0, len(course.leads) - 2) * len(SYMBOLS)
    assert 0 <= entered + rates.standby - course.received <= again

"""Promise: gates fail closed. A leg is used only while everything that is known of it says that it may be:
its feed, its whole venue, its market, its book, its age, the prices of the others. No score overrides it."""

from collections.abc import Sequence
from statistics import median
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kairos_tui.engine.block import Block
from kairos_tui.engine.cross_venue import CrossVenue
from kairos_tui.engine.quote_board import QuoteBoard
from kairos_tui.market import (
    Asset,
    FeedState,
    FeedStatus,
    Fees,
    Instrument,
    Listing,
    Opportunity,
    PackedTick,
    Pulse,
    Symbol,
    Thresholds,
    Tick,
    Venue,
)

MS = 1_000_000
PAIR = Symbol("BTC/USDT")
VENUES = tuple(map(Venue, ("alpha", "beta", "gamma", "delta")))
LIMITS = Thresholds(max_age_ms=1_000)
TROUBLES = [state for state in FeedState if state not in ("live", "quiet")]
JUDGEMENTS = [state for state in TROUBLES if state not in ("connecting", "down")]


# pulses


def test_a_quiet_book_lives_on_the_pulses_of_its_feed(desk) -> None:
    """Ten minutes without a change on a live stream keep the leg, and its signal."""
    desk.edge(20.0)
    for _ in range(2_400):
        desk.wait(250)
        pulse(desk, "alpha", "beta")
        desk.decide()

    assert desk.events().count("close") == 0
    row = desk.board().venues[0]
    assert (row.age_us, row.alive_us, row.usable) == (600_000_000, 0, True)


def test_a_pulse_that_ends_a_silence_has_the_routes_judged_again(desk) -> None:
    desk.edge(20.0)
    desk.wait(1_001)
    assert [signal.reason for signal in desk.decide()] == ["stale"]

    pulse(desk, "alpha", "beta")

    assert desk.engine.next_check_ns(desk.now_ns) == desk.now_ns
    assert [signal.event for signal in desk.decide()] == ["open"]


def test_a_pulse_that_brings_two_legs_together_has_the_routes_judged_again(desk) -> None:
    desk.quote("alpha", 59_999, 60_000)
    desk.wait(501)
    desk.quote("beta", 60_600, 60_601)
    assert desk.decide() == []

    pulse(desk, "alpha")

    assert [signal.event for signal in desk.decide()] == ["open"]


def test_a_pulse_in_time_asks_for_nothing(desk) -> None:
    desk.edge(20.0)
    desk.wait(250)
    due_ns = desk.engine.next_check_ns(desk.now_ns)
    pulse(desk, "alpha", "beta")

    assert desk.engine.next_check_ns(desk.now_ns) == due_ns


def test_pulses_of_one_leg_alone_take_it_away_from_the_other(desk) -> None:
    """None of them ends a silence; together they leave the other leg behind."""
    desk.edge(20.0)
    for expected in ([], ["stale"]):
        desk.wait(300)
        pulse(desk, "beta")

        assert [signal.reason for signal in desk.decide()] == expected


def test_no_pulse_revives_a_book_from_before_a_break(desk) -> None:
    desk.quote("beta", 60_600, 60_601)
    desk.wait(1)
    desk.state("beta", FeedState.RESYNC)
    desk.wait(1)
    desk.state("beta", FeedState.LIVE)
    desk.wait(2_000)
    desk.quote("alpha", 59_999, 60_000)
    pulse(desk, "alpha", "beta")

    assert desk.decide() == []
    assert desk.route("alpha", "beta").blocked == "beta stale 2.0 s"


def test_no_pulse_revives_a_book_that_was_doubted(desk) -> None:
    desk.edge(20.0)
    desk.tick("beta", [(60_602, 1.0)], [(60_601, 1.0)])
    desk.wait(100)
    pulse(desk, "alpha", "beta")

    assert [signal.reason for signal in desk.decide()] == ["resync"]
    assert desk.board().venues[1].alive_us == 100_000


def test_a_pulse_of_what_was_never_seen_is_nothing(desk) -> None:
    pulse(desk, "alpha", "nowhere", symbols=("BTC/USDT", "DOGE/USDT"))

    assert desk.decide() == []
    assert desk.board().venues[0].alive_us is None


def test_a_pulse_from_the_future_is_no_proof_of_life() -> None:
    floor = Floor()
    floor.tick("alpha", 1.0)
    floor.pulse("alpha", ahead_ms=3_000)
    floor.wait(1_001)

    assert floor.block("alpha") == "stale"


def pulse(desk: Any, *venues: str, symbols: Sequence[str] = (PAIR,)) -> None:
    for venue in venues:
        desk.engine.on_pulse(Pulse(Venue(venue), tuple(map(Symbol, symbols)), desk.now_ns), desk.now_ns)


# a whole venue


@pytest.mark.parametrize("state", JUDGEMENTS)
def test_a_judgement_on_a_whole_venue_stands_until_the_venue_is_well(desk, state) -> None:
    """Excluded by its score, say: its streams go on saying live, and mean themselves."""
    desk.state("beta", state, symbol=None, reason="score 31")
    for own in (FeedState.RESYNC, FeedState.LIVE, FeedState.QUIET, FeedState.LIVE):
        desk.wait(10)
        desk.state("beta", own)
        assert desk.edge(20.0) == []
        assert desk.route("alpha", "beta").blocked == f"beta {state}: score 31"
        assert (desk.board().venues[1].state, desk.board().venues[1].reason) == (state, "score 31")

    desk.wait(10)
    desk.state("beta", FeedState.LIVE, symbol=None)
    assert [signal.event for signal in desk.edge(20.0)] == ["open"]


@pytest.mark.parametrize("state", [FeedState.CONNECTING, FeedState.DOWN])
def test_a_venue_whose_worker_died_is_back_when_its_streams_speak(desk, state) -> None:
    desk.state("beta", state, symbol=None)
    assert desk.edge(20.0) == []

    desk.wait(10)
    desk.state("beta", FeedState.LIVE)
    assert [signal.event for signal in desk.edge(20.0)] == ["open"]


def test_a_venue_s_word_of_its_death_is_not_outlived_by_older_words_of_its_streams(desk) -> None:
    before_ns = desk.now_ns
    desk.wait(10)
    desk.state("beta", FeedState.DOWN, symbol=None)
    desk.engine.on_status(FeedStatus(Venue("beta"), PAIR, FeedState.QUIET, before_ns), desk.now_ns)

    assert desk.edge(20.0) == []


def test_a_book_lost_while_its_venue_was_excluded_is_not_believed_after(desk) -> None:
    """The stream's own resync was hidden behind the venue's quarantine; the book is lost all the same."""
    desk.state("beta", FeedState.QUARANTINED, symbol=None)
    desk.wait(10)
    desk.quote("alpha", 59_999, 60_000)
    desk.quote("beta", 60_600, 60_601)
    desk.wait(10)
    desk.state("beta", FeedState.RESYNC)
    desk.wait(10)
    desk.state("beta", FeedState.LIVE)
    desk.state("beta", FeedState.LIVE, symbol=None)

    assert desk.decide() == []
    assert desk.route("alpha", "beta").blocked == "beta waits for a fresh book"


@pytest.mark.parametrize("state", [FeedState.LAGGING, FeedState.STALE])
def test_a_stream_that_only_fell_behind_needs_no_fresh_book(desk, state) -> None:
    desk.edge(20.0)
    desk.wait(10)
    desk.state("beta", state, reason="1.2 s behind its best")
    assert [signal.reason for signal in desk.decide()] == ["stale"]
    assert desk.route("alpha", "beta").blocked == f"beta {state}: 1.2 s behind its best"

    desk.wait(10)
    desk.state("beta", FeedState.LIVE)
    assert [signal.event for signal in desk.decide()] == ["open"]


# everything at once


class Floor:
    """A quote board and a detector, driven as the engine drives them."""

    def __init__(self) -> None:
        self.board = QuoteBoard((PAIR,), VENUES, LIMITS)
        self.detector = CrossVenue(LIMITS)
        self.now_ns = 1_000_000 * MS
        self.known = {venue: Known() for venue in VENUES}
        for venue in VENUES:
            self.list_as(venue)
            self.state(venue, FeedState.LIVE)

    def wait(self, milliseconds: int) -> None:
        self.now_ns += milliseconds * MS

    def tick(self, venue: str, factor: float, *, crossed: bool = False) -> None:
        mid, known = 6_000.0 * factor, self.known[Venue(venue)]
        bid, ask = mid * (1.0001 if crossed else 0.9999), mid * (0.9999 if crossed else 1.0001)
        tick = Tick(Venue(venue), PAIR, ((bid, 1.0),), ((ask, 1.0),), self.now_ns, self.now_ns)
        taken = self.board.apply_tick(PackedTick.of(tick), sent_ns=self.now_ns, arrived_ns=self.now_ns)
        if taken is not None:
            known.mid, known.received_ns = (bid + ask) / 2, self.now_ns
            known.alive_ns, known.doubted = max(known.alive_ns, self.now_ns), False
        elif crossed and self.now_ns >= known.received_ns:
            known.doubted = True

    def pulse(self, venue: str, *, ahead_ms: int = 0) -> None:
        known, at_ns = self.known[Venue(venue)], self.now_ns + ahead_ms * MS
        self.board.apply_pulse(Pulse(Venue(venue), (PAIR,), at_ns), self.now_ns)
        is_believed = known.received_ns > 0 and not known.doubted and known.received_ns >= known.broken_ns
        if ahead_ms <= 5 and is_believed:
            known.alive_ns = max(known.alive_ns, at_ns)

    def state(self, venue: str, state: FeedState, *, whole: bool = False) -> None:
        known = self.known[Venue(venue)]
        self.board.apply_status(FeedStatus(Venue(venue), None if whole else PAIR, state, self.now_ns))
        if whole:
            known.whole = (state, self.now_ns)
        else:
            known.own = (state, self.now_ns)
        if state in ("connecting", "down", "resync", "quarantined"):
            known.broken_ns = max(known.broken_ns, self.now_ns)

    def list_as(self, venue: str, **facts: Any) -> None:
        market = Instrument(Venue(venue), PAIR, "id", Asset("BTC"), Asset("USDT"), **facts)
        self.board.apply_listing(Listing(market, Fees(0.0, "market", 0)))
        self.known[Venue(venue)].market = market

    def decide(self) -> list[Opportunity]:
        touched, _, _ = self.board.take_touched(self.now_ns)
        return list(self.detector.detect(touched, self.board, self.now_ns))

    def block(self, venue: str) -> str | None:
        """Why it may not be used, recomputed from everything that was ever said; None when it may."""
        known = self.known[Venue(venue)]
        hard = self.hard_block(known)
        if hard is not None:
            return hard
        others = [
            other.mid
            for name, other in self.known.items()
            if name != venue and self.hard_block(other) is None and not self.is_another_coin(name)
        ]
        return "outlier" if is_outlier(known.mid, sorted(others)) else None

    def hard_block(self, known: "Known") -> str | None:
        age_ns = self.now_ns - known.alive_ns
        kinds = [other.market.kind for other in self.known.values()]
        blocks = {
            "feed": known.state not in ("live", "quiet"),
            "halted": not known.market.active,
            "kind": 2 * kinds.count(known.market.kind) <= len(kinds),
            "no book": known.received_ns == 0 or known.doubted,
            "stale": age_ns > 1_000 * MS,
            "future": age_ns < -5 * MS,
            "unsynced": known.received_ns < known.broken_ns,
        }
        return next((block for block, holds in blocks.items() if holds), None)

    def is_another_coin(self, venue: Venue) -> bool:
        """Remembered by the engine alone; it neither votes nor trades."""
        slot = self.board.slot(venue, PAIR)
        return slot is not None and slot.suspicion is not None and slot.suspicion.block is Block.IDENTITY


class Known:
    """What has been said of one venue's leg."""

    def __init__(self) -> None:
        self.mid = 0.0
        self.received_ns = self.alive_ns = self.broken_ns = 0
        self.doubted = False
        self.own: tuple[FeedState, int] = (FeedState.CONNECTING, 0)
        self.whole: tuple[FeedState, int] = (FeedState.LIVE, 0)
        self.market: Instrument

    @property
    def state(self) -> FeedState:
        """Trouble of the venue covers its streams; a death is over once a stream speaks later."""
        (own, own_ns), (whole, whole_ns) = self.own, self.whole
        if whole in ("live", "quiet") or (whole in ("connecting", "down") and own_ns > whole_ns):
            return own
        return whole


def is_outlier(mid: float, others: list[float]) -> bool:
    """Further than 2 % and than ten median deviations from the nearest median of the others."""
    if len(others) < 2:
        return any(max(mid, other) / min(mid, other) > 1.02 for other in others)
    nearest = min(max(mid, others[(len(others) - 1) // 2]), others[len(others) // 2])
    spread = median([abs(other - nearest) for other in others])
    return abs(mid - nearest) > max(0.02 * nearest, 10.0 * spread) * (1.0 + 1e-9)


NAMES = st.sampled_from(VENUES)
NEAR, OFF = [1.0, 1.0005, 0.9992, 1.004, 0.993], [1.015, 0.985, 1.031, 0.969, 1.06, 1.3, 1_000.0]
TICKS = st.tuples(st.just("tick"), NAMES, st.sampled_from(NEAR * 3 + OFF))
MOVES = st.one_of(
    TICKS,
    TICKS,
    TICKS,
    TICKS,
    st.tuples(st.just("pulse"), NAMES, st.sampled_from([0, 0, -300, 4, 3_000])),
    st.tuples(st.just("pause"), st.sampled_from([0, 1, 90, 400, 501, 999, 1_001, 2_100, -30])),
    st.tuples(st.just("crossed"), NAMES),
    st.tuples(st.just("state"), NAMES, st.sampled_from([FeedState.LIVE, *FeedState]), st.booleans()),
    st.tuples(
        st.just("listing"),
        NAMES,
        st.sampled_from([{}, {}, {"active": False}, {"kind": "linear"}, {"confirmed": True}]),
    ),
)


@settings(max_examples=150, deadline=None)
@given(moves=st.lists(MOVES, min_size=10, max_size=60))
def test_no_opportunity_ever_contains_a_leg_that_any_gate_blocks(moves) -> None:
    """Whatever is interleaved: each leg of each opportunity passes every gate, recomputed from scratch."""
    floor = Floor()
    for move in moves:
        apply(floor, move)
        for priced in floor.decide():
            for leg in (priced.buy, priced.sell):
                assert floor.block(leg.venue) is None
                assert not floor.is_another_coin(leg.venue)


def apply(floor: Floor, move: tuple[Any, ...]) -> None:
    match move:
        case ("tick", venue, factor):
            floor.tick(venue, factor)
        case ("crossed", venue):
            floor.tick(venue, 1.0, crossed=True)
        case ("pulse", venue, ahead_ms):
            floor.pulse(venue, ahead_ms=ahead_ms)
        case ("pause", milliseconds):
            floor.wait(milliseconds)
        case ("state", venue, state, whole):
            floor.state(venue, state, whole=whole)
        case ("listing", venue, facts):
            floor.list_as(venue, **facts)
        case _:
            raise AssertionError(move)


def test_healthy_legs_are_used_in_the_same_test() -> None:
    """The property above is not kept by using nothing."""
    floor = Floor()
    for venue, factor in zip(VENUES, NEAR, strict=False):
        floor.tick(venue, factor)

    assert len(floor.decide()) == 6

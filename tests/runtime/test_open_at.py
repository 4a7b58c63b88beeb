"""The net at which signals open is changed while an engine runs: it says so, obeys, and closes nothing."""

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from tests.runtime.made_recording import MadeRun, made_market

from kairos_tui.journal import Recording
from kairos_tui.market import (
    Asset,
    FeedState,
    FeedStatus,
    Fees,
    Instrument,
    Listing,
    PackedTick,
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
from kairos_tui.runtime.player import Player
from kairos_tui.runtime.replay_plan import ReplayPlan
from kairos_tui.wire import Arrival, RoleReport, Tally

MS = 1_000_000
BTC = Symbol("BTC/USDT")
VENUES = (Venue("alpha"), Venue("beta"))


class Heard:
    """An outlet of a replay that remembers."""

    is_quoted = False

    def __init__(self) -> None:
        self.said: list[tuple[int, Any]] = []

    def publish(self, body: Any, at_ns: int) -> None:
        self.said.append((at_ns, body))

    def begin(self, epoch: int) -> None:
        """It goes on."""


class Room:
    """A desk with two live venues without fees."""

    def __init__(self, *, obeys_open_at: bool = True) -> None:
        self.now_ns = 1_000_000 * MS
        self.said: list[Any] = []
        shard = deal((BTC,), 1)[0]
        plan = EnginePlan("k7f3", 0, "sim", "", "", shard, VENUES, Thresholds(max_age_ms=60_000), 10)
        plan = replace(plan, obeys_open_at=obeys_open_at)
        self.desk = EngineDesk(
            plan,
            lambda body, at_ns: self.said.append(body),
            clock_ns=lambda: self.now_ns,
            started_ns=self.now_ns,
        )
        for venue in VENUES:
            market = Instrument(venue, BTC, BTC, Asset("BTC"), Asset("USDT"), lot=0.00001)
            live = FeedStatus(venue, BTC, FeedState.LIVE, self.now_ns)
            self.arrive(Listing(market, Fees(0.0, "config", 0)), live)

    def arrive(self, *records: Any) -> None:
        arrivals = [Arrival(each, "alpha", self.now_ns, self.now_ns) for each in records]
        self.desk.apply(arrivals, is_quoted=False)

    def edge(self, bps: float) -> list[str]:
        """So many bps between both; the events that the engine tells of it."""
        self.now_ns += MS
        self.said.clear()
        for venue, mid in zip(VENUES, (100.0, 100.0 * (1 + bps / 1e4)), strict=True):
            books = ((mid, 1.0),), ((mid + 1e-6, 1.0),)
            self.arrive(PackedTick.of(Tick(venue, BTC, *books, self.now_ns, self.now_ns)))
        self.desk.decide(self.now_ns)
        return [body.event for body in self.said if isinstance(body, Signal)]

    @property
    def shown_bps(self) -> float:
        board = self.desk.board(self.now_ns, wall_ns=0, hop=Hop(Tally()))
        return board.thresholds.min_net_bps


def test_a_signal_opens_at_the_net_that_was_asked_for_last() -> None:
    room = Room()
    room.arrive(RoleReport((), 6.0))
    assert room.shown_bps == 6.0
    assert room.edge(4.0) == []
    room.arrive(RoleReport((), 3.0))
    assert room.edge(4.0) == ["open"]


def test_what_is_open_stays_open_until_it_closes_and_opens_at_the_new_net() -> None:
    room = Room()
    assert room.edge(4.0) == ["open"]
    room.arrive(RoleReport((), 6.0))
    assert "close" not in room.edge(3.0)
    assert room.edge(0.0) == ["close"]
    assert room.edge(5.0) == []
    assert room.edge(7.0) == ["open"]


@pytest.mark.parametrize("asked", [None, 0.1, float("nan"), float("inf"), -3.0])
def test_what_cannot_be_leaves_it_as_the_engine_was_started(asked: float | None) -> None:
    room = Room()
    room.arrive(RoleReport((), 6.0))
    room.arrive(RoleReport((), asked))
    assert room.shown_bps == Thresholds().min_net_bps
    assert room.edge(4.0) == ["open"]


def test_a_back_test_with_a_net_of_its_own_keeps_it() -> None:
    room = Room(obeys_open_at=False)
    room.arrive(RoleReport((), 6.0))
    assert room.shown_bps == Thresholds().min_net_bps
    assert room.edge(4.0) == ["open"]


def test_a_recorded_change_is_replayed_as_it_was_and_a_back_test_has_its_own(tmp_path: Path) -> None:
    run = MadeRun(tmp_path / "made.kz", made_market(ticks=1_200))
    run.open()
    run.play(frames=15)
    run.hear([RoleReport((), 500.0)], run.now_ns)
    run.play()
    run.close()
    said = [(published.published_ns, published.body) for published in run.said]
    assert len([body for _, body in said if isinstance(body, Signal)]) > 2
    for own, shown in ((None, 500.0), (1.0, 1.0)):
        heard = Heard()
        player = Player(Recording.open(run.folder), ReplayPlan(str(run.folder), min_net_bps=own), heard)
        while not player.ended:
            player.play(1 << 62, most=997)
        assert player.board().thresholds.min_net_bps == shown
        assert (heard.said == said) == (own is None)

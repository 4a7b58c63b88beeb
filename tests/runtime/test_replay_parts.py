"""A replay's clockwork: how far it should have come, what waits to be asked, where signals opened."""

from pathlib import Path

import msgspec
import pytest
from tests.runtime.made_recording import MadeRun, made_market, make_recording

from kairos_tui.journal import Recording
from kairos_tui.market import FeedState, FeedStatus, Listing, PackedTick, Signal, Symbol, Venue
from kairos_tui.runtime.bench_engine_market import listing_of
from kairos_tui.runtime.frame_intake import FrameIntake, Once
from kairos_tui.runtime.mark_scan import CELLS, MarkScan
from kairos_tui.runtime.order_tray import OrderTray
from kairos_tui.runtime.plans import ReplayDeed, ReplayOrder
from kairos_tui.runtime.player import Player
from kairos_tui.runtime.replay_helm import ReplayHelm
from kairos_tui.runtime.replay_pace import ReplayPace
from kairos_tui.runtime.replay_plan import ReplayPlan
from kairos_tui.wire import Body, OutboxCounts, Received, RoleReport, pack_record
from kairos_tui.wire.codec import FrameHead, pack_frame

SECOND = 1_000_000_000


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> MadeRun:
    return make_recording(tmp_path_factory.mktemp("made") / "a.kz", made_market(ticks=1_600))


class Deaf:
    is_quoted = False

    def publish(self, body: Body, at_ns: int) -> None:
        pass

    def begin(self, epoch: int) -> None:
        pass


def test_pace_is_recorded_time_in_real_time() -> None:
    pace = ReplayPace(4.0)
    assert pace.due_ns(10 * SECOND, 100 * SECOND) == 100 * SECOND
    assert pace.due_ns(10 * SECOND + 50_000_000, 100 * SECOND) == 100 * SECOND + 200_000_000
    pace.turn(0.5)
    assert pace.due_ns(20 * SECOND, 150 * SECOND) == 150 * SECOND
    assert pace.due_ns(21 * SECOND, 150 * SECOND) == 150 * SECOND + SECOND // 2


def test_what_could_not_be_played_in_time_is_not_caught_up_with() -> None:
    pace = ReplayPace(1.0)
    pace.due_ns(0, 0)
    assert pace.due_ns(10 * SECOND, SECOND) == 10 * SECOND
    assert pace.due_ns(10 * SECOND + 1_000, SECOND) == SECOND + 1_000


def test_at_max_everything_is_due() -> None:
    assert ReplayPace(0.0).due_ns(5, 10) > 10**18


def test_orders_wait_up_to_a_bound_and_nonsense_is_dropped() -> None:
    tray = OrderTray()
    tray.put(b'{"do":"fly"}')
    for number in range(70):
        tray.put(msgspec.json.encode(ReplayOrder("seek", number)))
    tray.wait(5.0)

    assert [order.value for order in tray.take()] == list(range(64))
    assert tray.dropped == 7
    assert tray.take() == []


def test_marks_are_where_signals_opened_one_for_each_place(made: MadeRun) -> None:
    recording = Recording.open(made.folder)
    player = Player(recording, ReplayPlan(str(made.folder)), Deaf())
    scan = MarkScan(recording, player.span, player.from_ns, player.to_ns)
    while not scan.done:
        scan.go_on(7)

    opened = [
        player.span.wall_us(published.published_ns)
        for published in made.said
        if isinstance(published.body, Signal) and published.body.event == "open"
    ]
    assert set(scan.marks) <= set(opened)
    assert sorted(scan.marks) == list(scan.marks)
    assert 0 < len(scan.marks) <= min(len(opened), CELLS)
    cell_us = -(-(player.to_ns - player.from_ns) // CELLS // 1_000) + 1
    assert all(min(abs(mark - each) for mark in scan.marks) <= cell_us for each in opened)


def test_of_several_engines_frames_each_record_counts_once(made: MadeRun) -> None:
    once = Once()
    venue, symbol = Venue("v0"), Symbol("C0/USDT")
    tick = next(iter(made.market.opening()))
    later = msgspec.structs.replace(tick, received_ns=tick.received_ns + 5)
    live = FeedStatus(venue, symbol, FeedState.LIVE, 5)
    stale = FeedStatus(venue, symbol, FeedState.STALE, 9)
    listing = listing_of(venue, symbol)
    given: list[Received] = [tick, tick, later, tick, live, live, stale, live, stale, listing, listing]
    kept = [record for record in given if once.is_new(record, "ingest:kraken")]

    assert [type(record) for record in kept] == [PackedTick, PackedTick, FeedStatus, FeedStatus, Listing]
    assert not once.is_new(OutboxCounts("ingest", 1, 0), "ingest")


def test_what_two_ingesters_of_a_venue_say_is_two_things(made: MadeRun) -> None:
    once = Once()
    tick = next(iter(made.market.opening()))
    senders = ["ingest:v0@a", "ingest:v0@b", "ingest:v0@a"]

    assert [once.is_new(tick, sender) for sender in senders] == [True, True, False]


def test_a_frame_that_came_twice_counts_once_and_what_came_before_is_not_lost() -> None:
    intake = FrameIntake(several=False)
    frame = pack_frame(FrameHead("launcher", 3, 500, 77, 5), [pack_record(RoleReport(()))])

    assert len(intake.arrivals(frame, 9)) == 1
    assert intake.arrivals(frame, 10) == []
    assert intake.arrivals(b"nonsense", 11) == []
    assert (intake.ticks.lost, intake.refused) == (0, 1)


@pytest.mark.parametrize("several", [False, True])
def test_a_frame_of_another_machine_is_moved_into_the_engines_clock_as_it_was_then(several: bool) -> None:
    """By its own head: no door needs to be there any more. Nothing in it comes after it arrived."""
    intake, clock_ns, err_ns = FrameIntake(several=several), 5_000 * SECOND, 40
    told = [FeedStatus(Venue("okx"), None, FeedState.LIVE, since_ns) for since_ns in (700, 999)]
    head = FrameHead("ingest:okx@far", 0, 1, 0, 990, clock_ns, err_ns)
    frame = pack_frame(head, [pack_record(record) for record in told])

    arrivals = intake.arrivals(frame, clock_ns + 950)

    since = [each.record.since_ns for each in arrivals if isinstance(each.record, FeedStatus)]
    assert since == [clock_ns + 660, clock_ns + 950]
    assert {each.sent_ns for each in arrivals} == {clock_ns + 950}


def test_a_segment_cut_anywhere_is_played_as_far_as_it_goes(made: MadeRun, tmp_path: Path) -> None:
    (segment,) = made.folder.glob("*.kzs")
    whole = segment.read_bytes()
    for share in (0.4, 0.75, 0.99):
        cut = tmp_path / f"{share}" / "0-000001.kzs"
        cut.parent.mkdir()
        cut.write_bytes(whole[: int(len(whole) * share)])
        said: list[Body] = []

        class Listening(Deaf):
            def publish(self, body: Body, at_ns: int) -> None:
                said.append(body)  # noqa: B023  of this round

        player = Player(Recording.open(cut), ReplayPlan(str(cut)), Listening())
        while not player.ended:
            player.play(1 << 62, most=1_000)
        assert said == [published.body for published in made.said][: len(said)]
        assert said


def test_what_is_asked_of_a_replay_on_its_way_counts_from_where_it_was_sent(made: MadeRun) -> None:
    orders, recording = OrderTray(), Recording.open(made.folder)
    player = Player(recording, ReplayPlan(str(made.folder)), Deaf())
    helm = ReplayHelm(player, ReplayPace(1.0), orders)

    def ask(*asked: tuple[ReplayDeed, float]) -> int:
        for do, value in asked:
            orders.put(msgspec.json.encode(ReplayOrder(do, value)))
        while helm.heed() or player.running_up:
            player.play(0, most=500 if player.running_up else 0)
        return player.at_ns

    middle_us = player.span.wall_us((recording.from_ns + recording.to_ns) // 2)
    middle_ns = ask(("seek", middle_us))
    assert ask(("skip", 50_000), ("skip", 50_000)) == middle_ns + 100_000_000
    ask(("seek", middle_us))
    one_by_one = [ask((do, 0)) for do in ("back", "back", "step", "back")]
    assert one_by_one[1] < one_by_one[0] < middle_ns
    ask(("seek", middle_us))
    assert ask(("back", 0), ("back", 0), ("step", 0), ("back", 0)) == one_by_one[-1]
    assert helm.paused

"""A recording played again decides as the engine did: every signal, field by field; from the middle too."""

from pathlib import Path

import pytest
from msgspec.structs import replace
from tests.runtime.made_recording import STARTED_US, MadeRun, made_market, make_recording

from kairos_tui.journal import BEGIN, Channel, Recording
from kairos_tui.journal.container.entry import Loss, pack_loss
from kairos_tui.market import Board, FeedState, FeedStatus, Signal, SymbolBoard, Venue
from kairos_tui.runtime.bench_engine_market import START_NS
from kairos_tui.runtime.player import ANEW, Player
from kairos_tui.runtime.replay_plan import ReplayPlan
from kairos_tui.wire import Body

_END_NS = 1 << 62


class Listener:
    """An outlet that remembers."""

    is_quoted = False

    def __init__(self) -> None:
        self.said: list[tuple[int, Body]] = []
        self.epochs: list[int] = []

    def publish(self, body: Body, at_ns: int) -> None:
        self.said.append((at_ns, body))

    def begin(self, epoch: int) -> None:
        self.epochs.append(epoch)

    @property
    def signals(self) -> list[Signal]:
        return [body for _, body in self.said if isinstance(body, Signal)]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> MadeRun:
    return make_recording(tmp_path_factory.mktemp("made") / "a.kz")


def open_player(made: MadeRun, plan: ReplayPlan | None = None) -> tuple[Player, Listener]:
    listener = Listener()
    return Player(Recording.open(made.folder), plan or ReplayPlan(str(made.folder)), listener), listener


def play_to(player: Player, at_ns: int) -> None:
    while player.running_up or (player.at_ns < at_ns and not player.ended):
        player.play(at_ns, most=997)


def books(board: Board) -> list[tuple[object, ...]]:
    """What is known of every market, without what only counts."""
    return [
        (
            one.symbol,
            venue.venue,
            venue.state,
            venue.bid,
            venue.bid_size,
            venue.ask,
            venue.usable,
            venue.age_us,
        )
        for one in board.symbols
        for venue in one.venues
    ]


def test_the_decisions_are_the_recorded_ones_to_the_last_field(made: MadeRun) -> None:
    player, listener = open_player(made)
    play_to(player, _END_NS)

    assert listener.said == [(published.published_ns, published.body) for published in made.said]
    assert len(listener.signals) > 50
    assert player.board().rates.lost == 0
    assert player.board().rates.received == made.ticks


@pytest.mark.parametrize("share", [0.25, 0.5, 0.9])
def test_after_a_seek_every_book_is_as_after_playing_through(made: MadeRun, share: float) -> None:
    through, _ = open_player(made)
    there_ns = int(through.from_ns + share * (through.to_ns - through.from_ns))
    play_to(through, there_ns)
    sought, listener = open_player(made)
    sought.seek(there_ns)
    play_to(sought, there_ns)

    assert sought.at_ns == through.at_ns == there_ns
    assert books(sought.board()) == books(through.board())
    assert sought.board().symbols[0].routes == through.board().symbols[0].routes or open_ids_differ(
        sought.board(), through.board()
    )
    assert not listener.signals, "on its way there it says nothing"
    assert {body.state for _, body in listener.said if isinstance(body, FeedStatus)} == {FeedState.LIVE}


def open_ids_differ(one: Board, other: Board) -> bool:
    """The routes are the same but for the names of what stands: those are of another replay's making."""

    def nameless(symbol: SymbolBoard) -> list[object]:
        return [replace(route, open_id=None) for route in symbol.routes]

    return [nameless(symbol) for symbol in one.symbols] == [nameless(symbol) for symbol in other.symbols]


def test_what_opens_after_a_seek_has_ids_that_were_never_recorded(made: MadeRun) -> None:
    player, listener = open_player(made)
    player.seek((player.from_ns + player.to_ns) // 2)
    play_to(player, _END_NS)

    recorded = {published.body.id for published in made.said if isinstance(published.body, Signal)}
    ids = {signal.id for signal in listener.signals}
    assert ids
    assert not ids & recorded
    assert all(name.startswith(f"made-{2 * ANEW}-") for name in ids)
    assert listener.epochs == [0, 1]


def test_back_at_the_start_it_plays_as_before(made: MadeRun) -> None:
    player, listener = open_player(made)
    play_to(player, _END_NS)
    first = [replace(signal, id="") for signal in listener.signals]
    listener.said.clear()
    player.seek(player.from_ns)
    play_to(player, _END_NS)

    assert [replace(signal, id="") for signal in listener.signals] == first


def test_an_event_is_a_decision_on_something_new_and_the_one_before_is_known(made: MadeRun) -> None:
    player, _ = open_player(made)
    instants = []
    for _ in range(3):
        assert player.play_event(most=1_000)
        instants.append(player.at_ns)

    assert sorted(set(instants)) == instants
    assert player.event_before_ns == instants[-2]
    player.seek(instants[1])
    play_to(player, instants[1])
    assert player.at_ns == instants[1]
    assert player.event_before_ns == instants[0]


def test_from_and_to_bound_what_is_played(made: MadeRun) -> None:
    recording = Recording.open(made.folder)
    span_ns = recording.to_ns - recording.from_ns
    plan = ReplayPlan(
        str(made.folder), from_ns=recording.from_ns + span_ns // 4, to_ns=recording.to_ns - span_ns // 2
    )
    player, listener = open_player(made, plan)
    play_to(player, _END_NS)

    assert player.ended
    assert player.at_ns == plan.to_ns
    assert all(player.from_ns <= at_ns <= player.to_ns for at_ns, _ in listener.said)


def test_a_lower_threshold_is_a_back_test_and_finds_more(made: MadeRun) -> None:
    player, listener = open_player(made, ReplayPlan(str(made.folder), min_net_bps=0.0))
    play_to(player, _END_NS)

    opened = [signal for signal in listener.signals if signal.event == "open"]
    before = [
        published.body
        for published in made.said
        if isinstance(published.body, Signal) and published.body.event == "open"
    ]
    assert player.changed == ("min_net_bps 2 -> 0", "close_net_bps 0.5 -> 0")
    assert player.board().replay is not None
    assert player.board().replay.changed == player.changed  # type: ignore[union-attr]
    assert len(opened) >= len(before)
    assert player.board().thresholds.min_net_bps == 0.0


def test_fewer_venues_are_a_back_test_too(made: MadeRun) -> None:
    venues = made.header.venues[:2]
    player, listener = open_player(made, ReplayPlan(str(made.folder), venues=venues))
    play_to(player, _END_NS)

    assert player.changed == (f"venues {','.join(venues)}",)
    assert {
        leg.venue for signal in listener.signals for leg in (signal.opportunity.buy, signal.opportunity.sell)
    } <= {*map(Venue, venues)}
    assert {body.venue for _, body in listener.said if isinstance(body, FeedStatus)} == {*map(Venue, venues)}


def test_an_engine_that_was_restarted_begins_anew_where_it_did(tmp_path: Path) -> None:
    market = made_market(ticks=800)
    first = MadeRun(tmp_path / "b.kz", market)
    first.open()
    first.play()
    first.close()
    second = MadeRun(tmp_path / "b.kz", market, epoch=1, start_ns=first.now_ns + 1_000_000_000)
    second.open()
    second.play()
    second.close()
    player, listener = open_player(first)
    play_to(player, _END_NS)

    both = [*first.said, *second.said]
    assert listener.said == [(published.published_ns, published.body) for published in both]
    assert listener.epochs == [0, 1]


def test_recording_taken_up_again_tells_what_was_missed(tmp_path: Path) -> None:
    """Between the two parts the engine lived on: its checkpoint says what it knew then."""
    run = MadeRun(tmp_path / "c.kz", made_market(ticks=1_200))
    run.open()
    run.play(frames=30)
    run.close()
    run.pause()
    run.play(frames=20)
    run.resume()
    run.checkpoint()
    run.play(frames=10)
    run.close()
    player, _ = open_player(run)
    play_to(player, _END_NS)

    assert books(player.board()) == books(run.board(player.at_ns))


def test_a_checkpoint_whose_end_found_no_room_does_not_silence_what_follows(tmp_path: Path) -> None:
    run = MadeRun(tmp_path / "e.kz", made_market(ticks=1_200))
    run.open()
    run.play(frames=20)
    run.put(Channel.LOST, pack_loss(Loss(run.now_ns, run.now_ns, {Channel.FRAME: 1}, 10)))
    run.put(Channel.CHECKPOINT, BEGIN)
    run.put(Channel.LOST, pack_loss(Loss(run.now_ns, run.now_ns, {Channel.CHECKPOINT: 1}, 3)))
    run.checkpoint()
    run.play()
    run.close()
    player, listener = open_player(run)
    play_to(player, _END_NS)

    assert listener.said == [(published.published_ns, published.body) for published in run.said]


def test_a_checkpoint_cut_off_by_a_kill_does_not_silence_the_next_engine(tmp_path: Path) -> None:
    market = made_market(ticks=800)
    first = MadeRun(tmp_path / "f.kz", market)
    first.put(Channel.CHECKPOINT, BEGIN)
    first.close()
    second = MadeRun(tmp_path / "f.kz", market, epoch=1, start_ns=first.now_ns + 1_000_000_000)
    second.checkpoint()
    second.open()
    second.play()
    second.close()
    player, listener = open_player(first)
    play_to(player, _END_NS)

    assert len(listener.signals) > 5
    assert listener.said == [(published.published_ns, published.body) for published in second.said]


def test_wall_time_is_the_recordings(made: MadeRun) -> None:
    player, _ = open_player(made)
    play_to(player, START_NS + 500_000_000)

    assert player.board().at_us == STARTED_US + 500_000
    assert player.board().feed == "replay"
    assert player.board().run == "made"


def test_of_several_engines_one_decides_what_they_decided(tmp_path: Path) -> None:
    market = made_market(ticks=1_600)
    parts = [MadeRun(tmp_path / "d.kz", market, epoch=number, only=(number, 2)) for number in range(2)]
    for part in parts:
        part.checkpoint()
        part.open()
        part.play(checkpoint_every=20)
        part.close()
    player, listener = open_player(parts[0])
    play_to(player, _END_NS)

    said = [published.body for part in parts for published in part.said]
    recorded = [body for body in said if isinstance(body, Signal)]
    assert {signal.opportunity.route.symbol for signal in recorded} == set(market.symbols)
    assert sorted(map(decided, listener.signals)) == sorted(map(decided, recorded))
    statuses = [body for _, body in listener.said if isinstance(body, FeedStatus)]
    assert len(statuses) == len(market.venues), "each is told once"
    assert player.board().rates.received == sum(part.ticks for part in parts)
    assert [one.symbol for one in player.board().symbols] == list(market.symbols)


def decided(signal: Signal) -> tuple[object, ...]:
    """What does not depend on which engine opened it, the instant first."""
    priced = signal.opportunity
    key, levels = priced.route.key, (priced.buy.levels, priced.sell.levels)
    return signal.at_ns, key, signal.event, priced.size, priced.profit, priced.net_bps, levels

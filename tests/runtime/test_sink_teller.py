"""What a sink is told: hello first, each signal once opened and once closed, only what its URL asks for."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace
from tests.runtime.test_open_signals import published

from kairos_tui.market import (
    Board,
    FeedKind,
    FeedState,
    FeedStatus,
    Markout,
    Rates,
    ReplayView,
    RoleView,
    Route,
    Symbol,
    Thresholds,
    Venue,
)
from kairos_tui.runtime.sink_teller import HELLO_WITHIN_NS, SinkTeller
from kairos_tui.settings import Settings
from kairos_tui.sinks import Backlog, Told, read_url
from kairos_tui.sinks.lines import SignalLine
from kairos_tui.wire import Missed, Published, Topic

BTC = Symbol("BTC/USDT")


class Listening:
    """A teller, and what it has told so far."""

    def __init__(self, url: str, feed: FeedKind = "sim") -> None:
        self.backlog = Backlog(run="run", feed=feed)
        self.boards: list[bytes] = []
        self.teller = SinkTeller(
            read_url(url),
            self.backlog,
            settings=Settings(),
            symbols=(BTC,),
            feed=feed,
            on_board=lambda _board, packed: self.boards.append(packed),
            now_ns=0,
        )

    def hear(self, *items: Published | Missed, now_ns: int = 1) -> None:
        self.teller.take(items, now_ns)

    def told(self) -> list[Told]:
        told: list[Told] = []
        while batch := self.backlog.batch(100):
            told += batch
            self.backlog.took(len(batch))
        return told

    def words(self) -> list[str]:
        return [
            f"{told.line.id} {told.line.event}"
            if isinstance(told.line, SignalLine)
            else str(told.line.__struct_config__.tag)
            for told in self.told()
        ]


@pytest.fixture
def listen() -> Callable[..., Listening]:
    return lambda url="file:x", feed="sim": Listening(url, feed)


def status(at_ns: int = 5, *, state: FeedState = FeedState.LIVE, number: int = 1) -> Published:
    body = FeedStatus(Venue("okx"), None, state, 1)
    return Published("run", 0, Topic.STATUS, number, 1_000, at_ns, body)


def board() -> Published:
    thresholds: Thresholds = Settings().thresholds
    body = Board("run", "sim", 0, 1, 1, 1, thresholds, (), Rates(used=7, signals=2), ())
    return Published("run", 0, Topic.BOARD, 1, 1_000, 5, body)


def board_of_a_replay(*, from_us: int, at_us: int) -> Published:
    played = ReplayView("there", from_us, 2 * at_us, at_us)
    made = board()
    return replace(made, body=replace(made.body, feed="replay", at_us=at_us, replay=played))


def test_hello_waits_for_fees_but_no_signal_waits_for_hello(listen) -> None:
    early, patient = listen(), listen()
    early.hear(status(), published("a", "open"))
    patient.hear(status())

    assert early.words() == ["hello", "venue", "a open"]
    assert patient.words() == []
    patient.hear(now_ns=HELLO_WITHIN_NS)
    assert patient.words() == ["hello", "venue"]


def test_with_the_fees_hello_is_told_at_once(listen) -> None:
    heard = listen()
    heard.hear(board())

    assert heard.words() == ["hello"]
    assert len(heard.boards) == 1


def test_a_replay_tells_nothing_before_a_board_says_when_it_was_and_all_as_of_then(listen) -> None:
    heard = listen(feed="replay")
    heard.hear(published("a", "open"), Missed(Topic.STATUS, 2, 0), now_ns=9 * HELLO_WITHIN_NS)
    assert heard.words() == []

    heard.hear(board_of_a_replay(from_us=3_000, at_us=7_000))
    heard.teller.finish("ended")

    told = heard.told()
    assert [(str(line.line.__struct_config__.tag), line.line.ts) for line in told] == [
        ("hello", "1970-01-01T00:00:00.003000Z"),
        ("signal", "1970-01-01T00:00:00.000005Z"),
        ("gap", "1970-01-01T00:00:00.007000Z"),
        ("signal", "1970-01-01T00:00:00.007000Z"),
        ("bye", "1970-01-01T00:00:00.007000Z"),
    ]


def test_it_is_told_only_the_events_and_lines_it_asked_for(listen) -> None:
    heard = listen("exec:true?events=close&emit=signal")
    heard.hear(published("a", "open"), published("a", "update"), published("a", "close"))
    heard.teller.finish("done")

    assert heard.words() == ["a close"]
    assert set(heard.teller.topics) == {Topic.BOARD, Topic.SIGNAL}


def test_markouts_are_told_to_who_asks_for_them(listen) -> None:
    body = Markout("a", Route(BTC, Venue("okx"), Venue("kraken")), 50, 5, 0.1, 3.0, 0.2)
    markout = Published("run", 0, Topic.MARKOUT, 1, 1_000, 5, body)
    heard, silent = listen("file:x?emit=signal,markout"), listen()
    heard.hear(published("a", "open"), markout)

    assert heard.words() == ["hello", "a open", "markout"]
    assert Topic.MARKOUT in heard.teller.topics
    assert Topic.MARKOUT not in silent.teller.topics


def test_what_a_killed_engine_left_open_is_closed_once(listen) -> None:
    heard = listen()
    heard.hear(published("a", "open"), published("b", "open"), published("c", "open", epoch=1))
    heard.hear(published("d", "open", epoch=2))

    words = heard.words()
    assert words == ["hello", "a open", "b open", "a close", "b close", "c open", "c close", "d open"]


def test_a_close_of_our_own_making_has_no_message_of_the_wire(listen) -> None:
    heard = listen()
    heard.hear(published("a", "open"), published("b", "open", epoch=1))

    assert [bool(told.packed) for told in heard.told()] == [False, True, False, True]


def test_at_the_end_what_still_stands_is_closed_and_bye_is_last(listen) -> None:
    heard = listen()
    heard.hear(board(), published("a", "open"), published("b", "open"), published("b", "close"))
    assert heard.teller.awaits_closes
    heard.teller.finish("done")

    assert heard.words() == ["hello", "a open", "b open", "b close", "a close", "bye"]


def test_what_was_lost_on_the_way_is_a_gap_unless_it_was_a_board(listen) -> None:
    heard = listen()
    heard.hear(published("a", "open"), Missed(Topic.SIGNAL, 3, 0), Missed(Topic.BOARD, 9, 0))

    assert heard.words() == ["hello", "a open", "gap"]
    assert heard.backlog.counts.missed == 3


def test_a_status_that_the_engine_repeats_for_a_newcomer_is_no_news(listen) -> None:
    heard = listen()
    heard.hear(published("a", "open"), status(), status(number=2), status(state=FeedState.DOWN, number=3))

    assert heard.words() == ["hello", "a open", "venue", "venue"]


def test_that_feeds_go_down_while_we_stop_is_no_news(listen) -> None:
    heard = listen()
    heard.hear(published("a", "open"))
    heard.teller.stop_begins(100)
    heard.hear(status(99), status(101, state=FeedState.DOWN), published("a", "close"))

    assert heard.words() == ["hello", "a open", "venue", "a close"]


def test_after_ten_quiet_seconds_there_is_a_heartbeat(listen) -> None:
    heard = listen()
    clock = [0]
    heard.backlog._clock_ns = lambda: clock[0]
    heard.hear(board())
    heard.told()
    clock[0] += 10_100_000_000_000
    heard.hear()
    heard.hear()

    assert heard.words() == ["heartbeat"]


def test_the_picture_for_other_machines_has_the_mirror_s_address_and_not_its_token(listen) -> None:
    listening, item = listen(), board()
    assert isinstance(item.body, Board)
    where = "http://0.0.0.0:4321/?token=s3cret, http://0.0.0.0:9464/metrics?token=s3cret (port 4320 is busy)"
    roles = (RoleView("mirror", "running", reason=where), RoleView("sink1:redis", "running", reason="back"))
    listening.hear(replace(item, body=replace(item.body, roles=roles)))

    (packed,) = listening.boards
    assert b"s3cret" not in packed
    assert b"http://0.0.0.0:4321/, http://0.0.0.0:9464/metrics (port 4320 is busy)" in packed
    assert b"back" in packed

"""While it is on, what an engine hears, decides and says is recorded; a place that refuses stops nobody."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kairos_tui.engine import Told
from kairos_tui.journal import BEGIN, END, Channel, Recording
from kairos_tui.market import FeedState, FeedStatus, Shard, Symbol, Thresholds, Venue
from kairos_tui.runtime.engine_plan import EnginePlan
from kairos_tui.runtime.engine_recording import EngineRecording
from kairos_tui.wire import OnFrame, unpack_record

STREAMS = tuple(Symbol(f"C{number}/USDT") for number in range(150))


class Ears:
    on_frame: OnFrame | None = None

    def hear(self, arrived_ns: int, frame: bytes) -> None:
        if self.on_frame is not None:
            self.on_frame(arrived_ns, frame)


class Knowing:
    """A desk with a state per stream, and a threshold that was moved."""

    thresholds = Thresholds(min_net_bps=6.0)

    def known(self) -> Iterator[tuple[Told, ...]]:
        for symbol in STREAMS:
            yield (FeedStatus(Venue("okx"), symbol, FeedState.LIVE, 7),)


def plan(record: str = "") -> EnginePlan:
    return EnginePlan(
        run="k7f3",
        epoch=2,
        feed="sim",
        ticks="ipc:///t",
        signals="ipc:///s",
        shard=Shard(symbols=STREAMS),
        venues=(Venue("okx"),),
        thresholds=Thresholds(),
        boards_per_s=4,
        seed=5,
        mood="calm",
        record=record,
    )


def until(condition: Callable[[], object]) -> None:
    deadline_s = time.monotonic() + 10.0
    while not condition():
        assert time.monotonic() < deadline_s, "the condition never came true"
        time.sleep(0.002)


@pytest.fixture
def ears() -> Ears:
    return Ears()


def test_frames_decisions_and_words_come_back_in_order_with_their_instants(
    tmp_path: Path, ears: Ears
) -> None:
    path = tmp_path / "x.kz"
    recording = EngineRecording(plan(str(path)), Knowing(), ears)
    ears.hear(11, b"not a frame of ours")
    recording.on_turn(12, is_heard=False)
    ears.hear(13, b"another")
    recording.on_turn(14, is_heard=True)
    recording.on_output(15, b"S\x01signal")
    recording.close()

    read = Recording.open(path)
    assert [tuple(entry) for entry in read.entries()] == [
        (11, Channel.FRAME, b"not a frame of ours"),
        (12, Channel.TURN, b"\x00"),
        (13, Channel.FRAME, b"another"),
        (14, Channel.TURN, b"\x01"),
        (15, Channel.OUTPUT, b"S\x01signal"),
    ]
    header = read.headers[0]
    assert (header.run, header.epoch, header.feed, header.seed, header.mood) == ("k7f3", 2, "sim", 5, "calm")
    assert (header.symbols, header.venues) == (STREAMS, ("okx",))
    assert header.thresholds.min_net_bps == 6.0  # what is in force, not what the engine began with


def test_a_checkpoint_tells_every_stream_some_in_each_turn_after_what_the_turn_said(
    tmp_path: Path, ears: Ears
) -> None:
    path, now_ns = tmp_path / "x.kz", [0]
    recording = EngineRecording(plan(str(path)), Knowing(), ears, clock_ns=lambda: now_ns[0])
    for turn_ns in (10, 20, 30, 40):
        ears.hear(turn_ns, b"frame")
        recording.on_turn(turn_ns + 1, is_heard=True)
        recording.on_output(turn_ns + 5, b"S")
        now_ns[0] = turn_ns + 6
        recording.go_on(turn_ns + 1, None)
    recording.close()

    entries = list(Recording.open(path).entries())
    assert [entry.at_ns for entry in entries] == sorted(entry.at_ns for entry in entries)
    told = [unpack_record(entry.body) for entry in entries if entry.channel is Channel.STATE]
    assert [status.symbol for status in told if isinstance(status, FeedStatus)] == list(STREAMS)
    ends = [(entry.at_ns, entry.body) for entry in entries if entry.channel is Channel.CHECKPOINT]
    assert ends == [(16, BEGIN), (36, END)]
    turns = [entry.at_ns for entry in entries if entry.channel is Channel.STATE]
    assert [turns.count(at_ns) for at_ns in (16, 26, 36)] == [64, 64, 22]


def test_it_is_turned_on_and_off_by_order_and_the_same_order_again_is_none(
    tmp_path: Path, ears: Ears
) -> None:
    recording = EngineRecording(plan(), Knowing(), ears)
    assert recording.view is None
    path = str(tmp_path / "x.kz")
    for at_ns in (1, 2):
        recording.go_on(at_ns, path)
    ears.hear(3, b"frame")
    assert recording.view is not None
    assert (recording.view.path, recording.view.trouble) == (path, None)
    recording.go_on(4, "")
    ears.hear(5, b"unheard")
    assert recording.view is None

    until(lambda: list(Recording.open(path).entries(channels=[Channel.FRAME])))
    frames = Recording.open(path).entries(channels=[Channel.FRAME])
    assert [entry.body for entry in frames] == [b"frame"]


def test_a_place_that_refuses_is_shown_with_its_reason_and_the_engine_goes_on(
    tmp_path: Path, ears: Ears
) -> None:
    path = tmp_path / "x.kz"
    path.write_text("mine")
    recording = EngineRecording(plan(str(path)), Knowing(), ears)
    ears.hear(1, b"frame")
    recording.on_turn(2, is_heard=True)
    recording.go_on(2, None)
    recording.on_output(3, b"S")

    assert recording.view is not None
    assert "not one" in (recording.view.trouble or "")
    recording.close()
    assert path.read_text() == "mine"


def test_an_engine_that_starts_again_goes_on_in_the_same_folder(tmp_path: Path, ears: Ears) -> None:
    path = tmp_path / "x.kz"
    for at_ns in (1, 2):
        recording = EngineRecording(plan(str(path)), Knowing(), ears)
        ears.hear(at_ns, b"frame")
        recording.close()

    read = Recording.open(path)
    assert len(read.headers) == 2
    assert [entry.at_ns for entry in read.entries()] == [1, 2]

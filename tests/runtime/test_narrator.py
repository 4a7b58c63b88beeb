"""The promise: lines of a replay bear its recording's time, however late the first picture of it comes."""

import json
import os
from pathlib import Path

from tests.runtime.test_sink_teller import BTC, board_of_a_replay

from kairos_tui.market import FeedKind
from kairos_tui.runtime.bus import bus_of
from kairos_tui.runtime.narrator import Narrator
from kairos_tui.runtime.voice import Clocks
from kairos_tui.settings import Settings
from kairos_tui.sinks import LineStream
from kairos_tui.wire import Missed, Published, Topic

TODAY_US = 1_795_342_351_000_000


def lines_of(folder: Path, *heard: Published | Missed, feed: FeedKind) -> list[tuple[str, str]]:
    """(type, time) of what a narrator tells that hears these one after another, an hour apart."""
    told = folder / "told.jsonl"
    now_ns = 0
    narrator = Narrator(
        bus_of((), ()),  # it is not started: what it hears is handed to it
        run="k7f3",
        feed=feed,
        settings=Settings(),
        groups=((BTC,),),
        output="json",
        emit=frozenset({"signal", "venue"}),
        count=None,
        quiet=True,
        wake=lambda: None,
        stream=LineStream(os.open(told, os.O_WRONLY | os.O_CREAT, 0o600), run="k7f3", feed=feed),
        clocks=Clocks(lambda: now_ns, lambda: TODAY_US),
    )
    for item in heard:
        now_ns += 3_600_000_000_000
        narrator.hear([item])
    narrator.finish(reason="done")
    return [(line["type"], line["ts"]) for line in map(json.loads, told.read_text().splitlines())]


def test_a_replay_waits_for_a_board_and_tells_what_it_lost_as_of_then(tmp_path: Path) -> None:
    lost, board = Missed(Topic.SIGNAL, 2, 0), board_of_a_replay(from_us=3_000, at_us=7_000)

    assert lines_of(tmp_path, lost, board, feed="replay") == [
        ("hello", "1970-01-01T00:00:00.003000Z"),
        ("gap", "1970-01-01T00:00:00.007000Z"),
        ("bye", "1970-01-01T00:00:00.007000Z"),
    ]


def test_a_watch_that_hears_of_no_board_says_hello_all_the_same(tmp_path: Path) -> None:
    told = lines_of(tmp_path, Missed(Topic.SIGNAL, 2, 0), feed="sim")

    assert [kind for kind, _ in told] == ["hello", "gap", "bye"]
    assert {at[:10] for _, at in told} == {"2026-11-22"}

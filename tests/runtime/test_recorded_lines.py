"""A recording told as lines: reports, receipts and tables are made of it as of a file of JSON lines."""

import json
from pathlib import Path

import pytest
from tests.journal.made_market import signals_of
from tests.runtime.made_recording import MadeRun, made_market

from kairos_tui.errors import RecordingRefused
from kairos_tui.journal import Channel, Header, Recorder
from kairos_tui.market import (
    FeedState,
    FeedStatus,
    Fill,
    Markout,
    Pulse,
    Signal,
    Symbol,
    Thresholds,
    Tick,
    Venue,
)
from kairos_tui.runtime import offline
from kairos_tui.runtime.recorded_lines import RecordedLines
from kairos_tui.wire import Body, Published, count_ticks, pack_message
from kairos_tui.wire.codec import FrameHead, pack_frame, pack_record
from kairos_tui.wire.records import TOPICS

ALPHA, PAIR = Venue("alpha"), Symbol("BTC/USDT")
STARTED_US, STARTED_NS = 1_795_342_351_000_000, 1_000_000_000_000


def header(run: str) -> Header:
    return Header(
        kairos="0.1.0",
        run=run,
        epoch=0,
        engine=0,
        engines=1,
        feed="sim",
        symbols=(PAIR,),
        conversions=(),
        venues=(ALPHA,),
        thresholds=Thresholds(),
        started_us=STARTED_US,
        started_ns=STARTED_NS,
    )


def message(run: str, number: int, body: Body, at_ns: int) -> bytes:
    ts_us = STARTED_US + (at_ns - STARTED_NS) // 1_000
    return pack_message(Published(run, 0, TOPICS[type(body)], number, ts_us, at_ns, body))


def tick(number: int) -> Tick:
    bid, ask = (60_000.0 + number, 0.5), (60_001.0 + number, 0.25)
    return Tick(ALPHA, PAIR, (bid,), (ask,), STARTED_NS + number, STARTED_NS + number)


def frames(count: int, start_epoch: int = 0) -> list[bytes]:
    """Each holds two ticks and a pulse."""
    made = []
    for place in range(count):
        records: list[Tick | Pulse] = [
            tick(2 * place),
            Pulse(ALPHA, (PAIR,), STARTED_NS),
            tick(2 * place + 1),
        ]
        head = FrameHead("ingest", start_epoch, 3 * place + 1, 2 * place, STARTED_NS)
        made.append(pack_frame(head, [pack_record(record) for record in records]))
    return made


def record(folder: Path, run: str, signals: list[Signal]) -> None:
    recorder = Recorder(folder, header(run))
    status = FeedStatus(ALPHA, PAIR, FeedState.LIVE, STARTED_NS)
    recorder.put(Channel.OUTPUT, STARTED_NS, message(run, 1, status, STARTED_NS))
    recorder.put(Channel.OUTPUT, STARTED_NS + 1, message(run, 2, status, STARTED_NS + 1))
    recorder.put(Channel.OUTPUT, STARTED_NS + 2, b"S\x01not ours")
    for place, frame in enumerate(frames(3)):
        recorder.put(Channel.FRAME, STARTED_NS + place, frame)
    for number, signal in enumerate(signals, 3):
        recorder.put(Channel.OUTPUT, signal.at_ns, message(run, number, signal, signal.at_ns))
        markout = Markout(signal.id, signal.opportunity.route, 100, signal.at_ns, 1.0, 3.0, 2.0)
        if signal.event == "open":
            recorder.put(Channel.OUTPUT, signal.at_ns, message(run, number, markout, signal.at_ns))
            fill = Fill(signal.id, signal.opportunity.route, "filled", 0, signal.at_ns, 1.0, 2.0, 1.5)
            recorder.put(Channel.OUTPUT, signal.at_ns, message(run, number, fill, signal.at_ns))
    recorder.close(10.0)


@pytest.fixture(scope="module")
def said() -> list[Signal]:
    return list(signals_of(5, 300))


@pytest.fixture
def folder(tmp_path: Path, said: list[Signal]) -> Path:
    record(tmp_path / "x.kz", "aaaa", said)
    record(tmp_path / "x.kz", "bbbb", [])
    return tmp_path / "x.kz"


def test_a_report_of_a_recording_counts_all_its_runs(folder: Path, said: list[Signal]) -> None:
    card = offline.report(folder)

    opened = sum(signal.event == "open" for signal in said)
    assert (card.runs, card.runs_not_ended, card.feeds) == (2, 0, ("sim",))
    assert (card.signals.opened, card.ticks) == (opened, 12)
    assert [venue.venue for venue in card.venues] == ["alpha"]
    assert [(each.horizon_ms, each.hits) for each in card.horizons] == [(100, opened)]
    assert card.paper is not None
    assert card.paper.outcomes == {"filled": opened}
    assert card.lost == {"entries that cannot be read": 2}


def test_a_signal_of_a_recording_is_explained(folder: Path, said: list[Signal]) -> None:
    explained = offline.explain(said[0].id, None, folder)

    assert explained.agrees
    assert float(explained.chosen[0].profit) == pytest.approx(said[0].opportunity.profit)


def test_one_segment_alone_is_read_too(folder: Path, said: list[Signal]) -> None:
    segment = min(folder.glob("*.kzs"))

    assert offline.report(segment).runs == 1


def test_a_status_that_is_told_again_is_one_line(folder: Path) -> None:
    states = [line for line in RecordedLines(folder) if b'"type":"venue"' in line]

    assert len(states) == 2  # one a run


def test_a_folder_of_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("x")

    with pytest.raises(RecordingRefused, match="holds no recording"):
        offline.report(tmp_path)


def test_ticks_come_with_the_instant_of_their_arrival(folder: Path) -> None:
    ticks = list(RecordedLines(folder).ticks())

    assert len(ticks) == 12
    of, first, arrived_us = ticks[0]
    assert (of.run, first.bid, arrived_us) == ("aaaa", (60_000.0, 0.5), STARTED_US)


def test_ticks_are_counted_by_the_heads_of_frames() -> None:
    assert count_ticks([]) == 0
    assert count_ticks(frames(5)) == 10
    assert count_ticks(frames(5)[2:]) == 6
    assert count_ticks([*frames(5), *frames(2, start_epoch=1), b"", b"\x01junk"]) == 14


def test_of_several_engines_each_tick_counts_once(tmp_path: Path) -> None:
    """One of them has the other's market too, as a stablecoin's book is needed by all."""
    market = made_market(ticks=400)
    parts = [MadeRun(tmp_path / "d.kz", market, epoch=number, only=(number, 2)) for number in range(2)]
    parts[1].symbols = market.symbols
    for part in parts:
        part.open()
        part.play()
        part.close()
    lines = RecordedLines(tmp_path / "d.kz")
    bye = json.loads(list(lines)[-1])
    found = [(tick.venue, tick.symbol, tick.received_ns) for _, tick, _ in lines.ticks()]

    assert parts[0].ticks > 0
    assert len(set(found)) == len(found) == parts[1].ticks == bye["ticks"]

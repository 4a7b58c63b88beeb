"""What is recorded is all that came and all that was said, whoever dies; and every run's signals are kept."""

import json
import os
import signal
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path

from tests.scenarios.driver import (
    Kairos,
    Line,
    Terminal,
    alive,
    command_line,
    descendants,
    make_trading_free,
    wait_until,
)

from kairos_tui.journal import Channel, Entry, Recording
from kairos_tui.market import Signal
from kairos_tui.wire import unpack_frame, unpack_message, unpack_record


def kept_lines(kairos: Kairos) -> list[Line]:
    path = kairos.home / "state" / "kairos" / "signals.jsonl"
    return [json.loads(line) for line in path.read_bytes().splitlines()] if path.exists() else []


def told(lines: Iterable[Line]) -> list[tuple[str, str, int]]:
    """Which signals did what, and when."""
    return [(line["id"], line["event"], line["ts_us"]) for line in lines if line["type"] == "signal"]


def said(entries: Iterable[Entry]) -> list[tuple[str, str, int]]:
    published = [unpack_message(entry.body) for entry in entries if entry.channel is Channel.OUTPUT]
    return [
        (each.body.id, each.body.event, each.ts_us) for each in published if isinstance(each.body, Signal)
    ]


def missing_numbers(entries: Iterable[Entry]) -> dict[tuple[str, int], int]:
    """By sender and its epoch: records that were sent between the first and the last, and not recorded."""
    following: dict[tuple[str, int], int] = {}
    missing: dict[tuple[str, int], int] = defaultdict(int)
    for entry in entries:
        if entry.channel is Channel.FRAME:
            head, records = unpack_frame(entry.body)
            sender = (head.sender, head.epoch)
            missing[sender] += head.number - following.get(sender, head.number)
            following[sender] = head.number + len(records)
    return missing


def test_a_recording_has_every_frame_and_word_and_goes_on_after_an_engine_was_killed(kairos: Kairos) -> None:
    make_trading_free(kairos, "binance", "kraken", "okx")
    words = ("BTC/USDT", "--sim", "-o", "x.kz")
    running = kairos.start("record", *words, "--json")
    for _ in range(4):
        running.read_until(lambda line: line["type"] == "signal")
    refused = kairos.run("record", *words)
    engine = next(pid for pid in descendants(running.pid) if "run_engine" in command_line(pid))
    os.kill(engine, signal.SIGKILL)
    wait_until(lambda: engine not in alive({engine}))
    for _ in range(4):
        running.read_until(lambda line: line["type"] == "signal" and "-1-" in line["id"])
    assert running.end(signal.SIGTERM) == 143

    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)
    assert "is a folder with something in it" in refused.stderr
    recording = Recording.open(kairos.home / "x.kz")
    assert [header.epoch for header in recording.headers] == [0, 1]
    entries = list(recording.entries())
    assert (recording.damaged, recording.lost) == (0, 0)
    assert [entry.at_ns for entry in entries] == sorted(entry.at_ns for entry in entries)
    for entry in entries:
        if entry.channel is Channel.STATE:
            unpack_record(entry.body)
    by_epoch = split_by_epoch(entries, recording.headers[1].started_ns)
    assert [set(missing_numbers(part).values()) for part in by_epoch] == [{0}, {0}]
    # What the killed engine said in its last moment may be nowhere, and its open signals were closed for it.
    written, heard = said(entries), told(running.lines)
    assert set(said(by_epoch[1])) <= set(heard)
    assert {line for line in heard if "-1-" in line[0]} <= set(written)
    assert told(kept_lines(kairos)) == heard


def split_by_epoch(entries: list[Entry], second_from_ns: int) -> tuple[list[Entry], list[Entry]]:
    return (
        [entry for entry in entries if entry.at_ns < second_from_ns],
        [entry for entry in entries if entry.at_ns >= second_from_ns],
    )


def test_in_the_hud_a_key_records_and_ends_it_and_signals_are_kept_anyway(
    kairos: Kairos, terminal: Callable[..., Terminal]
) -> None:
    make_trading_free(kairos, "binance", "kraken", "okx")
    hud = terminal("watch", "BTC/USDT", "--sim")
    hud.wait_for(lambda text: text.count("● LIVE") >= 3)
    hud.press("R")
    hud.wait_for(lambda text: "● REC" in text)
    hud.press("R")
    hud.wait_for(lambda text: "● REC" not in text)
    wait_until(lambda: bool(told(kept_lines(kairos))))
    hud.press("q")
    assert hud.wait_for_end() == 0

    (folder,) = (kairos.home / "state" / "kairos" / "recordings").iterdir()
    recording = Recording.open(Path(folder))
    channels = {entry.channel for entry in recording.entries()}
    assert {Channel.FRAME, Channel.TURN, Channel.STATE, Channel.CHECKPOINT} <= channels
    kept = kept_lines(kairos)
    hello, bye = kept[0], kept[-1]
    assert (hello["type"], bye["type"], bye["reason"]) == ("hello", "bye", "done")
    assert bye["ticks"] > 0


def test_nothing_is_kept_where_nobody_wants_it(kairos: Kairos) -> None:
    done = kairos.run("watch", "BTC/USDT", "--sim", "--json", "--no-journal", "--for", "200ms")

    assert (done.returncode, kept_lines(kairos)) == (0, [])

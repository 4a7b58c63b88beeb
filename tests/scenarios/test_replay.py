"""A recording as a person meets it again: the same signals, a HUD that is steered, sinks that say replay."""

import json
import os
import re
import signal
from collections.abc import Callable

import pytest
from tests.runtime.made_recording import made_market, make_recording
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

Open = Callable[..., Terminal]
WHERE = re.compile(r"(\d\d):(\d\d):(\d\d\.\d{3})Z")
STAGES = ("tick_to_signal", "gates", "detect", "publish")
STAMPS = {"seq", "ts", "ts_us", "feed", *(f"{stage}_us" for stage in STAGES)}
"""What is of the publication and not of the decision."""


@pytest.fixture
def recording(kairos: Kairos) -> str:
    """Two seconds of a made-up market: 5,000 ticks a second."""
    make_recording(kairos.home / "btc.kz", made_market(ticks=10_000, shocks=10.0), every=200)
    return "btc.kz"


def second_of(text: str) -> float:
    """Where the header says that the replay is."""
    match = WHERE.search(text)
    assert match is not None, text
    return float(match[3])


def decided(lines: list[Line]) -> list[Line]:
    told = [line for line in lines if line["type"] == "signal" and line["reason"] != "shutdown"]
    return [{name: line[name] for name in line.keys() - STAMPS} for line in told]


def test_what_was_recorded_is_decided_again_to_the_last_figure(kairos: Kairos) -> None:
    make_trading_free(kairos, "binance", "kraken", "okx")
    running = kairos.start("record", "BTC/USDT", "--sim", "--json", "-o", "btc.kz")
    for _ in range(5):
        running.read_until(lambda line: line["type"] == "signal")
    assert running.end(signal.SIGTERM) == 143
    live = decided(running.lines)
    done = kairos.run("replay", "btc.kz", "--json")
    lines = [json.loads(line) for line in done.stdout.splitlines()]

    assert (done.returncode, done.stderr) == (0, "")
    assert {line["feed"] for line in lines} == {"replay"}
    assert decided(lines)[: len(live)] == live
    assert len(live) >= 5
    assert kairos.run("replay", "btc.kz", "--json").stdout == done.stdout


@pytest.mark.parametrize(("columns", "rows"), [(160, 45), (80, 24)])
def test_the_hud_is_steered_through_it(terminal: Open, recording: str, columns: int, rows: int) -> None:
    screen = terminal("replay", recording, "--speed", "0.1x", columns=columns, rows=rows)
    screen.wait_for(lambda text: "REPLAY" in text and "● LIVE" in text)
    children = descendants(screen.pid)
    screen.press(" ")
    stands = second_of(screen.wait_for(lambda text: "▐▐ REPLAY" in text))
    screen.press("@75%\r")
    there = second_of(screen.wait_for(lambda text: "75 %" in text))
    assert there > stands
    screen.press("..")  # the first may be within the same millisecond
    further = second_of(screen.wait_for(lambda text: second_of(text) > there))
    screen.press(",,")
    screen.wait_for(lambda text: second_of(text) < further)
    screen.press(">")
    screen.wait_for(lambda text: "speed x0.25" in text)
    screen.press("}")
    screen.wait_for(lambda text: "100 %" in text and " end " in text)
    screen.press("{")
    screen.wait_for(lambda text: "0 %" in text and "100 %" not in text)
    screen.press(" ")
    screen.wait_for(lambda text: "◀◀ REPLAY" in text)
    screen.press("q")

    assert screen.wait_for_end() == 0
    assert screen.is_cooked
    wait_until(lambda: not alive(children))


def test_sinks_are_told_all_of_it_and_it_ends_by_itself(kairos: Kairos, recording: str) -> None:
    done = kairos.run("replay", recording, "--json", "--speed", "max", "--sink", "file:told.jsonl")
    alone = kairos.run("replay", recording, "--json", "--speed", "max")
    told = [json.loads(line) for line in (kairos.home / "told.jsonl").read_text().splitlines()]

    assert (done.returncode, alone.returncode) == (0, 0)
    lines = [json.loads(line) for line in alone.stdout.splitlines()]
    beside = [json.loads(line) for line in done.stdout.splitlines()]
    for others in (told, beside):
        assert decided(others) == decided(lines)
        assert {line["feed"] for line in others} == {"replay"}
        assert {line["ts"][:10] for line in others} == {"2026-11-21"}
        assert (others[0]["type"], others[-1]["type"]) == ("hello", "bye")
    assert not (kairos.home / "state" / "kairos" / "signals.jsonl").exists()


def test_one_that_is_killed_begins_again_and_the_hud_lives(terminal: Open, recording: str) -> None:
    screen = terminal("replay", recording, "--speed", "0.1x")
    screen.wait_for(lambda text: "REPLAY" in text and "● LIVE" in text)
    (role,) = [pid for pid in descendants(screen.pid) if "run_replay" in command_line(pid)]
    os.kill(role, signal.SIGKILL)
    wait_until(lambda: any("run_replay" in command_line(pid) for pid in descendants(screen.pid) - {role}))
    screen.wait_for(lambda text: "REPLAY" in text and "● LIVE" in text)
    screen.press("q")
    assert screen.wait_for_end() == 0

"""Where the time goes, of a real run: in each signal's line, on F12, and in doctor's list of processes."""

import json
import re
from collections.abc import Callable

import pytest
from tests.scenarios.driver import Kairos, Line, Terminal, command_line, descendants, quote_of

STAGES = ("decode_us", "outbox_us", "hop_us", "slot_us", "gates_us", "detect_us", "publish_us")
ROLES = {"launcher", "sim", "engine", "ingest:kraken", "ingest:okx"}
F12 = "\x1b[24~"


@pytest.mark.timeout(90)
def test_the_stages_of_a_signal_are_its_whole_way(kairos: Kairos) -> None:
    watched = kairos.run("watch", "BTC/USDT", "--sim", "--count", "6", "--for", "60s", timeout_s=80)
    signals = [line for line in map(json.loads, watched.stdout.splitlines()) if line["type"] == "signal"]
    caused = [line for line in signals if line["decode_us"]]

    assert len(signals) == 6
    assert caused
    for line in signals:
        assert sum(line[name] for name in STAGES) == line["tick_to_signal_us"]
    for line in caused:
        assert line["decode_us"] + line["outbox_us"] + line["hop_us"] == line["wire_us"]
        assert abs(line["slot_us"] - line["engine_us"]) <= 1
        assert line["hop_us"] > 0


@pytest.mark.timeout(90)
def test_doctor_lists_the_processes_of_a_run_with_what_they_take(kairos: Kairos) -> None:
    running = kairos.start("watch", "BTC/USDT", "--sim", "--venues", "kraken,okx", "--emit", "quote")
    running.read_until(quote_of("kraken"))
    processes = known(kairos, running.process.pid)

    assert set(processes) == ROLES
    assert {each["pid"] for each in processes.values()} <= descendants(running.process.pid) | {
        running.process.pid
    }
    assert "run_engine" in command_line(processes["engine"]["pid"])
    for name, each in processes.items():
        assert 5 << 20 < each["rss_bytes"] < 1 << 30, name
        assert 0.0 <= each["cpu_share"] < 4.0, name
        assert each["lag_p99_us"] >= 0, name
        assert f"pid {each['pid']}, " in each["sentence"]


def known(kairos: Kairos, launcher: int) -> dict[str, Line]:
    """The rows of that launcher's run, once each process has told of its loop and been seen twice."""
    while True:
        rows = json.loads(kairos.run("doctor", "--json").stdout)
        first = next((place for place, row in enumerate(rows) if row.get("pid") == launcher), None)
        mine: dict[str, Line] = {}
        for row in rows[first:] if first is not None else []:
            if row["name"] == "processes" or row["name"] in mine:
                break
            mine[row["name"]] = row
        told = ("cpu_share", "rss_bytes", "lag_p99_us")
        if len(mine) >= len(ROLES) and all(row[name] is not None for row in mine.values() for name in told):
            return mine


@pytest.mark.timeout(90)
@pytest.mark.parametrize(("columns", "rows"), [(160, 45), (80, 24)])
def test_f12_shows_the_stages_and_the_processes_of_the_run(
    terminal: Callable[..., Terminal], columns: int, rows: int
) -> None:
    screen = terminal("watch", "BTC/USDT", "--sim", columns=columns, rows=rows)
    screen.wait_for(lambda text: text.count("●") >= 5)

    screen.press(F12)
    text = screen.wait_for(is_told, 40.0)

    assert "WHERE THE TIME GOES" in text
    screen.press("\x1b")
    screen.wait_for(lambda text: "MATRIX" in text and "WHERE THE TIME" not in text)


def is_told(text: str) -> bool:
    """Every stage that needs no signal has its three figures, and the engine's process all of its own."""
    figure = r" +[◆◇▲] +[\d.]+ [nµm]?s"
    names = ("decode", "outbox", "hop", "slot", "gates", "decision", "paint")
    stages = all(re.search(rf"{name}({figure}){{3}}", text) for name in names)
    return stages and bool(re.search(rf"engine +\d+ +running +\S+ +(▲ )?\d+% +(▲ )?\d+ MB{figure}", text))

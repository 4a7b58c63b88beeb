"""`engines = 2`: symbols dealt out to two processes, and to whoever watches or pipes it is one Kairos."""

import os
import signal
from functools import partial
from pathlib import Path

import pytest
from tests.scenarios.driver import Kairos, Line, Running, command_line, descendants, make_trading_free


def engines_of(running: Running) -> list[int]:
    """The processes that price, in the order in which they were started."""
    pids = [pid for pid in descendants(running.pid) if "run_engine" in command_line(pid)]
    return sorted(
        pids, key=lambda pid: int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19])
    )


def opened_by(epoch: int) -> str:
    """How the ids of an engine's signals go on after the run's name: each start has its own."""
    return f"-{epoch}-" if epoch else "-"


def is_open_of(line: Line, epoch: int) -> bool:
    if line["type"] != "signal" or line["event"] != "open":
        return False
    rest = str(line["id"]).removeprefix(line["run"])
    return rest.count("-") == (2 if epoch else 1) and rest.startswith(opened_by(epoch))


@pytest.fixture
def running(kairos: Kairos) -> Running:
    """Both engines have opened signals: fees are zero."""
    kairos.env["KAIROS_ENGINES"] = "2"
    make_trading_free(kairos, "okx", "bybit", "binance")
    started = kairos.start("watch", "BTC/USDT", "ETH/USDT", "--sim", "--emit", "signal,venue")
    for epoch in (0, 1):
        if not any(is_open_of(line, epoch) for line in started.lines):
            started.read_until(partial(is_open_of, epoch=epoch))
    return started


def test_it_is_one_stream_in_which_each_signal_and_status_is_told_once(running: Running) -> None:
    assert len(engines_of(running)) == 2
    assert running.end(signal.SIGTERM) == 143

    assert running.unnamed_holes() == set()
    told = [line for line in running.lines if line["type"] == "signal"]
    opens = [line["id"] for line in told if line["event"] == "open"]
    closes = [line["id"] for line in told if line["event"] == "close"]
    assert sorted(opens) == sorted(closes)
    assert len(set(opens)) == len(opens)
    assets = [{line["asset"] for line in told if is_open_of(line, epoch)} for epoch in (0, 1)]
    assert sorted(assets, key=str) == [{"BTC"}, {"ETH"}]
    statuses = [
        (line["venue"], line["symbol"], line["state"], line["reason"], line["ts_us"])
        for line in running.lines
        if line["type"] == "venue"
    ]
    assert len(set(statuses)) == len(statuses)
    assert running.lines[-1]["signals"] == len(opens)


@pytest.mark.parametrize("fate", [signal.SIGKILL, signal.SIGSTOP])
def test_one_that_dies_or_stands_still_takes_only_its_own_signals_with_it_and_comes_back(
    running: Running, fate: signal.Signals
) -> None:
    lost = {line["id"] for line in running.lines if is_open_of(line, 1)}
    os.kill(engines_of(running)[1], fate)
    running.read_until(lambda line: is_open_of(line, 2), within_s=30.0)
    assert running.end(signal.SIGTERM) == 143

    told = [line for line in running.lines if line["type"] == "signal"]
    opens = [line["id"] for line in told if line["event"] == "open"]
    closes = [line["id"] for line in told if line["event"] == "close"]
    assert sorted(opens) == sorted(closes)
    assert len(set(opens)) == len(opens)
    assert lost <= set(closes)
    orphaned = {line["asset"] for line in told if line["event"] == "close" and line["id"] in lost}
    first = {line["asset"] for line in told if is_open_of(line, 0)}
    assert not orphaned & first
    assert running.unnamed_holes() == set()

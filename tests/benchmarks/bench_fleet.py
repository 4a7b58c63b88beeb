"""A fleet that is renewed and killed: what the tap misses, how long it hears nothing, what stays behind.

Rolling restarts of each role in turn under load; kills of a lead ingester, of an engine's process, of an
engine's whole station; a thousand kills of anything. Prints tables. Each part alone, on a quiet machine:
pytest -m bench tests/benchmarks/bench_fleet.py -s -k restarts
How many: RESTARTS, ROUNDS, KILLS in the environment.
"""

import os
import signal
import statistics
import time
from collections.abc import Sequence
from functools import partial
from itertools import cycle, islice, pairwise
from pathlib import Path

import pytest
from tests.redis_server import RedisServer
from tests.scenarios.driver import Kairos
from tests.scenarios.fleet_chaos import (
    ENGINES,
    IN_TURN,
    INGESTERS,
    Fleet,
    Hammer,
    flows,
    silence_s,
    told_by_epoch,
    unequal,
)
from tests.scenarios.fleet_stage import Stage, Tapped, faults_of, free_ports, holes, wait_for

from kairos_tui.market import Asset, owner_of

pytestmark = [
    pytest.mark.bench,
    pytest.mark.timeout(7_200),
    pytest.mark.skipif(not Path("/proc").exists(), reason="finds processes in /proc"),
]

RESTARTS = int(os.environ.get("RESTARTS", "100"))
ROUNDS = int(os.environ.get("ROUNDS", "20"))
KILLS = int(os.environ.get("KILLS", "1000"))
BLOWS = int(os.environ.get("BLOWS", "20"))
"""So many kills, then all must be there again."""
SEED = int(os.environ.get("SEED", "1"))
ASSETS = ("BTC", "ETH", "SOL")
MOST_DEATHS = 4
"""In a minute: a process that ends more often is left to whoever runs the station."""


@pytest.fixture
def stage(kairos: Kairos) -> Stage:
    return Stage(kairos)


def say(line: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} load {os.getloadavg()[0]:4.1f}  {line}", flush=True)


def told(name: str, seconds: Sequence[float]) -> str:
    if not seconds:
        return f"{name}: nothing measured"
    ranked = sorted(seconds)
    p95 = ranked[min(len(ranked) - 1, int(len(ranked) * 0.95))]
    return f"{name}: n={len(ranked)} p50 {statistics.median(ranked):.2f} p95 {p95:.2f} max {ranked[-1]:.2f} s"


def test_restarts_in_turn_lose_and_double_nothing(stage: Stage, redis_server: RedisServer) -> None:
    fleet = Fleet(stage, redis_server)
    tapped = fleet.start_all()
    flows(tapped, 0.0, ASSETS)
    before = set(told_by_epoch([line for _at, line in list(tapped.lines)]))
    quiet: dict[str, list[float]] = {}
    took: dict[str, list[float]] = {}
    for nth, name in enumerate(islice(cycle(IN_TURN), RESTARTS)):
        began_s, ready_s = fleet.restart(name)
        quotes = silence_s(tapped, "quote", "symbol", began_s, ready_s)
        took.setdefault(name, []).append(ready_s - began_s)
        quiet.setdefault(name, []).append(max(quotes.values()))
        shown = " ".join(f"{asset} {silence:.2f}" for asset, silence in sorted(quotes.items()))
        say(f"{nth + 1:3} {name:10} took {ready_s - began_s:5.1f} s; longest without a quote: {shown}")
    flows(tapped, time.monotonic(), ASSETS)
    for name in ENGINES:
        assert fleet.roles[name].end(within_s=20.0) == 143
    fleet.read_logs()
    time.sleep(1.0)  # what they said last is on its way
    lines = tapped.end()
    signals, heard = sum(told_by_epoch(lines).values()), len(set(told_by_epoch(lines)))
    say(f"{RESTARTS} restarts, {signals} signal lines of {heard} engines' lives, {len(lines)} lines in all")
    for name in IN_TURN:
        say(told(f"{name:10} not there", took.get(name, [])))
        say(told(f"{name:10} longest without a quote of an asset", quiet.get(name, [])))
    amiss = (faults_of(lines), holes(lines), unequal(fleet, lines, but=before))
    say(f"faults, holes, unequal: {amiss}; epochs compared {len(fleet.published.keys() - before)}")
    assert amiss == ([], set(), [])


def fresh_after_s(tapped: Tapped, venue: str, killed_s: float) -> float:
    """From the kill to the end of the silence that it caused; 0 where there was none."""
    moments = [at for at, line in list(tapped.lines) if line["type"] == "quote" and line["venue"] == venue]
    spans = [(a, b) for a, b in pairwise(moments) if b > killed_s and a < killed_s + 0.3]
    return max(spans, key=lambda span: span[1] - span[0])[1] - killed_s


def test_an_ingester_is_killed_and_the_other_takes_over(stage: Stage, redis_server: RedisServer) -> None:
    port = free_ports(3)
    engine = stage.engine(port=port)
    at = ("--engine", f"127.0.0.1:{port}")
    ingesters = {name: stage.ingest(*at, name=name) for name in ("one", "two")}
    for role in (engine, *ingesters.values()):
        role.await_ready()
    tapped = stage.tap("--from", f"tcp://127.0.0.1:{port}", "--emit", "signal,quote,venue")
    flows(tapped, 0.0, ASSETS)
    seconds: list[float] = []
    for nth, name in enumerate(islice(cycle(ingesters), ROUNDS)):
        killed_s = time.monotonic()
        for pid in (ingesters[name].process.pid, *ingesters[name].children()):
            os.kill(pid, signal.SIGKILL)
        for venue in stage.venues:
            wait_for(partial(quoted, tapped, venue, killed_s + 1.5), 20.0, f"{venue} is quoted")
        each = [fresh_after_s(tapped, venue, killed_s) for venue in stage.venues]
        if nth:  # of the first the other may have been the lead
            seconds += each
        say(f"{nth + 1:3} ingester {name} killed; fresh after " + " ".join(f"{s:.2f}" for s in each))
        ingesters[name].process.wait()
        ingesters[name] = stage.ingest(*at, name=name).await_ready()
        time.sleep(1.5)  # it has to stand by for a while
    lines = tapped.end()
    say(told("ingester killed, venue fresh again", seconds))
    assert (faults_of(lines), holes(lines)) == ([], set())


def quoted(tapped: Tapped, venue: str, since_s: float) -> bool:
    return any(line["venue"] == venue for line in tapped.of("quote", since_s))


def test_an_engines_process_is_killed_and_begins_again(stage: Stage) -> None:
    port = free_ports(3)
    engine = stage.engine(port=port)
    ingester = stage.ingest("--engine", f"127.0.0.1:{port}")
    for role in (engine, ingester):
        role.await_ready()
    tapped = stage.tap("--from", f"tcp://127.0.0.1:{port}")
    flows(tapped, 0.0, ASSETS)
    seconds, all_open = [], []
    for nth in range(ROUNDS):
        if nth and nth % MOST_DEATHS == 0:
            engine.end(within_s=20.0)
            engine = stage.engine(port=port).await_ready()
        flows(tapped, time.monotonic() - 1.0, ASSETS)
        (child,) = engine.children("run_engine")
        killed_s = time.monotonic()
        os.kill(child, signal.SIGKILL)
        wait_for(partial(opened, tapped, killed_s), 30.0, "a signal")
        seconds.append(min(at for at, line in tapped.lines if at > killed_s and is_open(line)) - killed_s)
        all_open.append(flows(tapped, killed_s, ASSETS))
        say(f"{nth + 1:3} engine's process killed; signals after {seconds[-1]:.2f} to {all_open[-1]:.2f} s")
    lines = tapped.end()
    say(told("engine's process killed, first signal", seconds))
    say(told("engine's process killed, a signal of each asset", all_open))
    assert (faults_of(lines), holes(lines)) == ([], set())


def is_open(line: dict[str, object]) -> bool:
    return line["type"] == "signal" and line["event"] == "open"


def opened(tapped: Tapped, since_s: float) -> bool:
    return any(map(is_open, tapped.of("signal", since_s)))


def test_an_engines_station_is_killed_and_another_serves(stage: Stage, redis_server: RedisServer) -> None:
    fleet = Fleet(stage, redis_server)
    for name in (*ENGINES, *INGESTERS):
        fleet.start(name)
    for role in fleet.roles.values():
        role.await_ready()
    tapped = stage.tap("--fleet", redis_server.url)
    flows(tapped, 0.0, ASSETS)
    seconds: list[float] = []
    for nth, name in enumerate(islice(cycle(ENGINES), ROUNDS)):
        own = [each for each in ASSETS if owner_of(Asset(each), ("one", "two")) == name.split()[1]]
        flows(tapped, time.monotonic(), ASSETS)
        killed_s = time.monotonic()
        for pid in (fleet.roles[name].process.pid, *fleet.roles[name].children()):
            os.kill(pid, signal.SIGKILL)
        fleet.roles[name].process.wait()
        for asset in own:
            flows(tapped, killed_s, [asset], within_s=30.0)
            first = min(
                at for at, line in tapped.lines if at > killed_s and is_open(line) and line["asset"] == asset
            )
            seconds.append(first - killed_s)
        say(f"{nth + 1:3} {name} killed; {own} again after {seconds[-len(own) :]}")
        fleet.start(name).await_ready()
    lines = tapped.end()
    say(told("engine's station killed, its assets served again", seconds))
    assert (faults_of(lines), holes(lines)) == ([], set())


def test_a_thousand_kills_leave_nothing_behind(stage: Stage, redis_server: RedisServer) -> None:
    fleet = Fleet(stage, redis_server)
    fleet.start_all().end()
    stage.kairos.env["FLEET_MARK"] = "tap"
    tapped = stage.tap("--fleet", redis_server.url, "--emit", "signal,venue")
    flows(tapped, 0.0, ASSETS)
    hammer = Hammer(fleet, SEED)
    recovered: list[float] = []
    while hammer.kills < KILLS:
        hammer.strike(BLOWS)
        since_s = time.monotonic()
        for name in IN_TURN:
            wait_for(partial(hammer.is_back, name), 120.0, f"{name}: {fleet.roles[name].said[-2000:]}")
        flows(tapped, since_s, ASSETS, within_s=120.0)
        recovered.append(time.monotonic() - since_s)
        say(
            f"{hammer.kills:4} kills {dict(hammer.done)}, stations ended {hammer.stations_ended}, "
            f"nothing left after at most {max(hammer.buried_s, default=0.0):.1f} s, "
            f"orphans {hammer.orphans}, all back after {recovered[-1]:.1f} s"
        )
    for name in IN_TURN:
        fleet.roles[name].end(within_s=20.0)
        hammer.orphans += fleet.left_behind(name)
    lines = tapped.end()
    say(f"{dict(hammer.done)}, stations ended {hammer.stations_ended}; orphans {hammer.orphans}")
    say(told("all ready, and a signal of each asset", recovered))
    say(told("nothing left of a station that ended", hammer.buried_s))
    say(f"faults {faults_of(lines)} holes {holes(lines)}")
    assert (hammer.orphans, holes(lines), faults_of(lines)) == ([], set(), [])

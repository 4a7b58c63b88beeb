"""The promise: roles on TCP are one Kairos. Nothing is said twice or lost, and nobody waits for the dead."""

import json
import os
import re
import signal
import time
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest
from tests.redis_server import RedisServer
from tests.scenarios.driver import Kairos
from tests.scenarios.fleet_stage import (
    Role,
    Stage,
    Tapped,
    descendants,
    faults_of,
    free_ports,
    holes,
    role_port,
    wait_for,
)

pytestmark = [pytest.mark.timeout(180)]
LINUX = pytest.mark.skipif(not Path("/proc").exists(), reason="finds processes in /proc")


@pytest.fixture
def stage(kairos: Kairos) -> Stage:
    return Stage(kairos)


def opens(tapped: Tapped, count: int, since_s: float = 0.0, within_s: float = 30.0) -> None:
    def enough() -> bool:
        return len([line for line in tapped.of("signal", since_s) if line["event"] == "open"]) >= count

    wait_for(enough, within_s, f"{count} signals at the tap")


def fleet_of(stage: Stage, server: RedisServer, *names: str) -> tuple[dict[str, Role], Role, Tapped]:
    """Engines, an ingester and a tap that find each other by a Redis; all ready, signals flow.

    Of BTC, ETH and SOL `one` has two, `two` the other.
    """
    engines = {name: stage.engine("--fleet", server.url, name=name) for name in names}
    ingester = stage.ingest("--fleet", server.url, name="near")
    for role in (*engines.values(), ingester):
        role.await_ready()
    tapped = stage.tap("--fleet", server.url)
    opens(tapped, 3)
    return engines, ingester, tapped


def test_signals_come_through_three_commands_and_every_role_says_that_it_is_ready(stage: Stage) -> None:
    port = free_ports(3)
    ingester = stage.ingest("--engine", f"127.0.0.1:{port}")
    engine = stage.engine(port=port)
    tapped = stage.tap("--from", f"tcp://127.0.0.1:{port}", "--emit", "signal,quote")
    ingester.await_ready()
    engine.await_ready()
    opens(tapped, 5)

    assert engine.end() == 143
    assert ingester.end() == 143
    lines = tapped.end()
    assert (faults_of(lines), holes(lines)) == ([], set())
    assert {line["feed"] for line in lines} == {"sim"}
    closes = [line for line in lines if line["type"] == "signal" and line["event"] == "close"]
    assert [line["reason"] for line in closes].count("shutdown") > 0  # the engine left, and said so


@LINUX
def test_a_killed_ingester_is_replaced_by_the_one_that_stands_by(stage: Stage) -> None:
    port = free_ports(3)
    engine = stage.engine(port=port)
    ingesters = [stage.ingest("--engine", f"127.0.0.1:{port}", name=name) for name in ("one", "two")]
    for role in (engine, *ingesters):
        role.await_ready()
    tapped = stage.tap("--from", f"tcp://127.0.0.1:{port}", "--emit", "signal,quote,venue")
    opens(tapped, 3)

    killed_s = kill(ingesters[0])
    for venue in stage.venues:
        wait_for(partial(quotes_of, tapped, venue, killed_s + 1.5), 5.0, f"quotes of {venue}")
    assert longest_silence_s(tapped, stage.venues, killed_s) < 10.0
    assert not [line for line in tapped.of("venue", killed_s) if line["state"] == "down"]

    both_killed_s = kill(ingesters[1])
    for venue in stage.venues:
        wait_for(partial(is_down, tapped, venue, both_killed_s), 10.0, f"{venue} is down")
    lines = tapped.end()
    assert (faults_of(lines), holes(lines)) == ([], set())


def kill(role: Role) -> float:
    """The station and all below it, at once; when (monotonic s)."""
    killed_s = time.monotonic()
    for pid in (role.process.pid, *descendants(role.process.pid)):
        os.kill(pid, signal.SIGKILL)
    return killed_s


def is_down(tapped: Tapped, venue: str, since_s: float) -> bool:
    said = [line for line in tapped.of("venue", since_s) if line["venue"] == venue]
    return any(line["state"] == "down" for line in said)


def quotes_of(tapped: Tapped, venue: str, since_s: float) -> list[dict[str, object]]:
    return [line for line in tapped.of("quote", since_s) if line["venue"] == venue]


def longest_silence_s(tapped: Tapped, venues: tuple[str, ...], since_s: float) -> float:
    """Of any venue, between two of its quotes from then on."""
    longest = 0.0
    for venue in venues:
        times = [at for at, line in tapped.lines if line["type"] == "quote" and line["venue"] == venue]
        after = [at for at in times if at > since_s - 0.2]
        longest = max([longest, *(later - at for at, later in pairwise(after))])
    return longest


@LINUX
def test_a_killed_engine_begins_again_and_what_stood_is_closed(stage: Stage) -> None:
    port = free_ports(3)
    engine = stage.engine(port=port)
    stage.ingest("--engine", f"127.0.0.1:{port}").await_ready()
    engine.await_ready()
    tapped = stage.tap("--from", f"tcp://127.0.0.1:{port}")
    opens(tapped, 3)
    for _ in range(3):
        (child,) = engine.children("run_engine")
        killed_s = time.monotonic()
        os.kill(child, signal.SIGKILL)
        opens(tapped, 1, since_s=killed_s, within_s=20.0)
    engine.end()
    lines = tapped.end()
    assert (faults_of(lines), holes(lines)) == ([], set())


def test_engines_of_a_fleet_are_renewed_one_by_one_and_nothing_is_lost_or_said_twice(
    stage: Stage, redis_server: RedisServer
) -> None:
    engines, ingester, tapped = fleet_of(stage, redis_server, "one", "two")
    for name in ("one", "two", "one"):
        assert engines[name].end() == 143
        engines[name] = stage.engine("--fleet", redis_server.url, name=name).await_ready()
        opens(tapped, 2, since_s=time.monotonic())
    assert ingester.end() == 143
    stage.ingest("--fleet", redis_server.url, name="near").await_ready()
    opens(tapped, 2, since_s=time.monotonic())
    lines = tapped.end()
    assert (faults_of(lines), holes(lines)) == ([], set())
    runs = {line["id"].partition("-")[0] for line in lines if line["type"] == "signal"}
    assert len(runs) == 1


@LINUX
def test_a_dead_engines_assets_are_served_by_another(stage: Stage, redis_server: RedisServer) -> None:
    engines, _ingester, tapped = fleet_of(stage, redis_server, "one", "two")
    assets = {line["asset"] for line in tapped.of("signal")}
    killed_s = kill(engines["one"])

    def all_served() -> bool:
        return {line["asset"] for line in tapped.of("signal", killed_s) if line["event"] == "open"} >= assets

    wait_for(all_served, 30.0, f"signals of {assets}")
    lines = tapped.end()
    assert (faults_of(lines), holes(lines)) == ([], set())


def test_a_live_ingester_is_refused_by_an_engine_of_simulated_markets(stage: Stage) -> None:
    port = free_ports(3)
    stage.engine(port=port)
    tables = (stage.kairos.home / "kairos.toml").read_text()
    live = tables.replace("origin_rest", "simulated = false\norigin_rest")
    (stage.kairos.home / "live.toml").write_text(live)
    words = ("ingest", "BTC/USDT", "--engine", f"127.0.0.1:{port}", "--config", "live.toml")
    said = stage.kairos.run(*words, timeout_s=30.0)
    assert said.returncode == 2
    assert re.search(r"^kairos: error: .*sim.*live", said.stderr, re.MULTILINE), said.stderr
    assert said.stderr.count("error:") == 1


def test_an_engine_of_the_same_name_is_told_who_runs_it(stage: Stage) -> None:
    first = stage.engine(port=free_ports(3), name="a")
    wait_for(lambda: "listening" in first.said, 20.0, "the first engine")
    second = stage.kairos.run("engine", "BTC/USDT", "--bind", f"127.0.0.1:{free_ports(3)}", "--name", "a")
    assert second.returncode == 2
    assert f"as process {first.process.pid} " in second.stderr


def test_an_ingester_of_the_same_name_and_venue_is_told_who_runs_it(stage: Stage) -> None:
    at = ("--engine", "127.0.0.1:1", "--name", "near")
    first = stage.ingest(*at, venues=["okx"])
    wait_for(lambda: (stage.kairos.home / "state" / "kairos" / "ingest-near-okx.lock").exists(), 20.0, "it")
    second = stage.kairos.run("ingest", "BTC/USDT", *at, "--venues", "kraken,okx")
    assert (second.returncode, second.stderr.count("\n")) == (2, 1)
    assert f"the ingester 'near' of okx runs here already, as process {first.process.pid} " in second.stderr


def test_a_taken_port_and_missing_keys_are_one_line_each(stage: Stage) -> None:
    port = free_ports(3)
    first = stage.engine(port=port, name="a")
    wait_for(lambda: first.children("run_engine"), 20.0, "the first engine")
    second = stage.kairos.run("engine", "BTC/USDT", "--bind", f"127.0.0.1:{port}", "--name", "b")
    assert (second.returncode, second.stderr.count("error:")) == (2, 1)
    assert str(port) in second.stderr
    for words in (("tap", "--from", "tcp://127.0.0.1:1"), ("ingest", "BTC/USDT", "--engine", "127.0.0.1:1")):
        said = stage.kairos.run(*words, "--keys", str(stage.kairos.home / "nowhere"))
        assert (said.returncode, said.stderr.count("\n")) == (2, 1)
        assert "kairos curve new" in said.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("ingest", "BTC/USDT"), "give --engine or --fleet"),
        (("ingest", "BTC/USDT", "--engine", "host"), "--engine: 'host' is not HOST:PORT"),
        (("engine", "BTC/USDT", "--bind", "0.0.0.0:65535"), "three ports in a row"),
        (("engine", "BTC/USDT", "--log-to", "/nowhere/at/all"), "--log-to: '/nowhere/at/all' is no file"),
        (("hud", "--from", "tcp://h:1", "--fleet", "redis://h"), "keep one"),
        (("tap",), "give --from"),
        (("hud", "--fleet", "http://x"), "--fleet"),
    ],
)
def test_bad_words_are_one_line(kairos: Kairos, words: tuple[str, ...], said: str) -> None:
    kairos.run("curve", "new")
    answer = kairos.run(*words)
    assert (answer.returncode, answer.stderr.count("\n")) == (2, 1), answer.stderr
    assert said in answer.stderr


def test_a_log_on_stderr_is_alone_there_and_a_hud_without_a_terminal_is_one_line(stage: Stage) -> None:
    engine = stage.engine("--log-format", "json", "--log-to", "stderr")
    words = ("hud", "--from", f"tcp://127.0.0.1:{role_port[engine]}", "--connect-timeout", "60s")
    shown = stage.kairos.run(*words, timeout_s=70.0)
    assert shown.returncode == 2
    (line,) = shown.stderr.splitlines()
    assert line.startswith("kairos: error: there is no terminal to draw on")
    engine.end()
    logged = [json.loads(line) for line in engine.said.splitlines()]
    assert any("listening at" in line.get("line", "") for line in logged)

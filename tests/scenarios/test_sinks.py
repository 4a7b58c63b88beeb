"""Sinks as a user meets them: every line where it was sent, and a sick sink is nobody else's trouble."""

import asyncio
import json
import os
import signal
import socket
import stat
from collections.abc import AsyncIterator
from itertools import accumulate
from pathlib import Path

import pytest
from aiohttp import web
from tests.scenarios.driver import (
    Kairos,
    Line,
    alive,
    command_line,
    descendants,
    make_trading_free,
    wait_until,
)
from tests.sinks.hook import SECRET, Hook, hook_on, is_signed

VENUES = ("binance", "okx", "kraken")


def lines_of(path: Path) -> list[Line]:
    return [json.loads(line) for line in path.read_bytes().splitlines()] if path.exists() else []


def is_signal(line: Line) -> bool:
    return bool(line["type"] == "signal")


def unnumbered(lines: list[Line], *types: str) -> list[Line]:
    return [{**line, "seq": 0} for line in lines if line["type"] in types]


def named(lines: list[Line]) -> set[int]:
    """Every number that a line carries or a gap line names."""
    gaps = [set(range(line["from_seq"], line["to_seq"] + 1)) for line in lines if line["type"] == "gap"]
    return {line["seq"] for line in lines}.union(*gaps)


def test_a_file_holds_what_stdout_said(kairos: Kairos) -> None:
    make_trading_free(kairos, *VENUES)
    watching = kairos.start("watch", "BTC/USDT", "--sim", "--json", "--sink", "file:x.jsonl")
    watching.read_until(is_signal)
    wait_until(lambda: any(map(is_signal, lines_of(kairos.home / "x.jsonl"))))
    assert watching.end(signal.SIGTERM) == 143

    told = lines_of(kairos.home / "x.jsonl")
    assert unnumbered(told, "signal", "venue") == unnumbered(watching.lines, "signal", "venue")
    assert [told[0]["type"], told[-1]["type"]] == ["hello", "bye"]
    assert [line["seq"] for line in told] == list(range(1, len(told) + 1))
    assert stat.S_IMODE((kairos.home / "x.jsonl").stat().st_mode) == 0o600


def test_when_the_engine_dies_every_signal_still_closes_once(kairos: Kairos) -> None:
    make_trading_free(kairos, *VENUES)
    path = kairos.home / "x.jsonl"
    watching = kairos.start("watch", "BTC/USDT", "--sim", "--json", "--sink", "file:x.jsonl")
    wait_until(lambda: any(map(is_signal, lines_of(path))), within_s=25)
    (engine,) = [pid for pid in descendants(watching.pid) if "run_engine" in command_line(pid)]
    before = len(lines_of(path))
    os.kill(engine, signal.SIGKILL)
    wait_until(lambda: sum(map(is_signal, lines_of(path)[before:])) > 4, within_s=25)
    watching.end(signal.SIGTERM)

    told = lines_of(path)
    for event in ("open", "close"):
        ids = [line["id"] for line in told if is_signal(line) and line["event"] == event]
        assert len(ids) == len(set(ids))
    opened = {line["id"] for line in told if is_signal(line) and line["event"] == "open"}
    assert opened == {line["id"] for line in told if is_signal(line) and line["event"] == "close"}
    assert named(told) == set(range(1, told[-1]["seq"] + 1))


def test_when_the_sinks_own_process_dies_it_is_said_and_the_file_goes_on(kairos: Kairos) -> None:
    make_trading_free(kairos, *VENUES)
    path = kairos.home / "x.jsonl"
    watching = kairos.start("watch", "BTC/USDT", "--sim", "--json", "--sink", "file:x.jsonl")
    wait_until(lambda: any(map(is_signal, lines_of(path))), within_s=25)
    (sink,) = [pid for pid in descendants(watching.pid) if "run_sink" in command_line(pid)]
    os.kill(sink, signal.SIGKILL)
    wait_until(lambda: sum(line["type"] == "hello" for line in lines_of(path)) == 2, within_s=25)
    watching.end(signal.SIGTERM)

    assert watching.process.stderr is not None
    said = watching.process.stderr.read().decode()
    what = "its process ended (SIGKILL) and starts again; lines that waited in it are lost"
    assert said == f"kairos: sink1:file: {what}\n"
    statuses = [json.dumps({**line, "seq": 0}) for line in watching.lines if line["type"] == "venue"]
    assert len(statuses) == len(set(statuses))


def test_a_command_is_run_and_a_missing_one_is_one_line(kairos: Kairos) -> None:
    make_trading_free(kairos, *VENUES)
    script = kairos.home / "alert.sh"
    script.write_text("#!/bin/sh\ncat >> alerts\n")
    script.chmod(0o700)
    sinks = [word for url in ("exec:./alert.sh", "exec:./nope", "file:.") for word in ("--sink", url)]
    watching = kairos.start("watch", "BTC/USDT", "--sim", "--json", *sinks)
    wait_until(lambda: bool(lines_of(kairos.home / "alerts")), within_s=25)
    family = descendants(watching.pid)
    assert watching.end(signal.SIGTERM) == 143

    assert {line["event"] for line in lines_of(kairos.home / "alerts") if is_signal(line)} == {"open"}
    assert watching.process.stderr is not None
    said = sorted(watching.process.stderr.read().decode().splitlines())
    assert said == ["kairos: sink2:exec: there is no command ./nope", "kairos: sink3:file: .: is a directory"]
    wait_until(lambda: not alive(family))


@pytest.fixture
async def hook() -> AsyncIterator[Hook]:
    async with hook_on() as made:
        yield made


async def until_requests(hook: Hook, count: int) -> None:
    async with asyncio.timeout(25):
        while len(hook.requests) < count:  # noqa: ASYNC110  requests come from outside
            await asyncio.sleep(0.02)


async def test_a_webhook_is_signed_and_retried_under_one_id(kairos: Kairos, hook: Hook) -> None:
    make_trading_free(kairos, *VENUES)
    kairos.env["HOOK_SECRET"] = SECRET
    hook.answers = [web.Response(status=503), web.Response(status=429, headers={"Retry-After": "1"})]
    kairos.start(
        "watch", "BTC/USDT", "--sim", "--json", "--sink", hook.url("/a/b?secret_env=HOOK_SECRET&room=7")
    )
    await until_requests(hook, 8)

    assert hook.ids[0] == hook.ids[1] == hook.ids[2] != hook.ids[3]
    assert all(is_signed(*request) for request in hook.requests)
    assert {line["event"] for line in hook.bodies} <= {"open", "close"}
    taken = hook.bodies[2:]
    assert [line["seq"] for line in taken] == list(range(1, len(taken) + 1))


def test_a_frozen_webhook_stops_nobody_and_what_its_queue_could_not_hold_is_said_exactly(
    kairos: Kairos,
) -> None:
    """Its server takes connections and answers none: what a stopped process looks like from here."""
    make_trading_free(kairos, *VENUES)
    with socket.create_server(("127.0.0.1", 0)) as frozen:
        url = f"http://127.0.0.1:{frozen.getsockname()[1]}/x?timeout_s=0.2&queue=10&emit=signal,quote"
        watching = kairos.start(
            "watch", "BTC/USDT", "--sim", "--json", "--sink", url, "--sink", "file:x.jsonl?emit=quote"
        )
        watching.read_until(is_signal)
        assert watching.process.stderr is not None
        said = watching.process.stderr.readline().decode()
        before = len(lines_of(kairos.home / "x.jsonl"))
        wait_until(lambda: len(lines_of(kairos.home / "x.jsonl")) > before + 50)
    assert said.startswith("kairos: sink1:http: down: no answer within 0.2 s; ")
    watching.end(signal.SIGTERM)

    assert not [line for line in watching.lines if line["type"] == "gap"]
    assert watching.lines[-1]["dropped"] == 0


async def test_after_an_outage_numbers_are_whole_and_counts_exact(kairos: Kairos, hook: Hook) -> None:
    make_trading_free(kairos, *VENUES)
    hook.answers = [web.Response(status=503) for _ in range(5)]
    url = hook.url("/x?queue=10&emit=quote&batch=50")
    watching = kairos.start("watch", "BTC/USDT", "--sim", "--json", "--sink", url)
    await until_requests(hook, 12)
    assert watching.process.stderr is not None
    said = [watching.process.stderr.readline().decode() for _ in range(2)]

    taken = [line for body in hook.bodies[5:] for line in body]
    gaps = [line for line in taken if line["type"] == "gap"]
    assert named(taken) == set(range(1, taken[-1]["seq"] + 1))
    assert all(gap["count"] == gap["to_seq"] - gap["from_seq"] + 1 for gap in gaps)
    assert said[0].startswith("kairos: sink1:http: down: it answers 503; ")
    assert said[1].startswith("kairos: sink1:http: back: ")
    counts = [gap["count"] for gap in gaps]
    # What a queue this short lost before the first failure, while the run began, is no part of the outage.
    sums = [*accumulate(counts), *accumulate(counts[1:])]
    assert int(said[1].split()[-2]) in sums


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("flag", "--sink: 'flie:x': no sink takes flie: (did you mean file:?)"),
        ("file", "kairos.toml:2: 'flie:x': no sink takes flie: (did you mean file:?)"),
        ("environment", "KAIROS_SINKS: 'flie:x': no sink takes flie: (did you mean file:?)"),
    ],
)
def test_a_wrong_url_is_exit_2_and_one_line_before_anything_starts(kairos: Kairos, place, said) -> None:
    words = ["watch", "BTC/USDT", "--sim", "--json"]
    if place == "flag":
        words += ["--sink", "file:ok", "--sink", "flie:x"]
    elif place == "file":
        (kairos.home / "kairos.toml").write_text('theme = "neon"\nsinks = ["file:ok", "flie:x"]\n')
    else:
        kairos.env["KAIROS_SINKS"] = "file:ok?emit=signal,venue,flie:x"
    ended = kairos.run(*words)

    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.removeprefix("kairos: error: ").removeprefix(f"{kairos.home}/") == f"{said}\n"
    assert not (kairos.home / "ok").exists()


def test_an_alert_of_the_configuration_gets_the_whole_signal_on_its_stdin(kairos: Kairos) -> None:
    make_trading_free(kairos, *VENUES)
    config = kairos.home / "kairos.toml"
    config.write_text('sinks = ["exec:tee -a alerts"]\n' + config.read_text())
    watching = kairos.start("watch", "BTC/USDT", "--sim", "--json")
    wait_until(lambda: bool(lines_of(kairos.home / "alerts")), within_s=25)
    assert watching.end(signal.SIGTERM) == 143

    first = lines_of(kairos.home / "alerts")[0]
    told = next(line for line in watching.lines if line.get("id") == first["id"] and line["event"] == "open")
    assert {**first, "seq": 0} == {**told, "seq": 0}

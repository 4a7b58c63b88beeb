"""`kairos watch --mirror`: browsers see what the pipe says, and nothing they do is felt by anyone else."""

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import pytest
from tests.scenarios.driver import (
    Kairos,
    Line,
    Running,
    alive,
    descendants,
    make_trading_free,
    wait_until,
)

pytestmark = pytest.mark.timeout(90)

QUICK = ("--sim", "--venues", "binance,okx,kraken", "--seed", "7")


class Mirrored:
    """A run with a mirror, and the address it said."""

    def __init__(self, running: Running) -> None:
        self.running = running
        self.said = self._first_line()
        found = re.search(r"http://\S+?:(\d+)/", self.said)
        assert found, self.said
        self.url = found[0]
        self.port = int(found[1])

    def _first_line(self) -> str:
        assert self.running.process.stderr is not None
        return self.running.process.stderr.readline().decode()

    def get(self, path: str, **headers: str) -> tuple[int, str]:
        request = urllib.request.Request(self.url + path, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read().decode()

    def is_ready(self) -> bool:
        return self.get("readyz")[0] == 200


@pytest.fixture
def mirrored(kairos: Kairos) -> Mirrored:
    make_trading_free(kairos, "binance", "okx", "kraken")
    return Mirrored(kairos.start("watch", "BTC/USDT", *QUICK, "--json", "--mirror", "127.0.0.1:0"))


@contextlib.contextmanager
def curl(url: str, *words: str) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(["curl", "-sN", *words, url], stdout=subprocess.PIPE, start_new_session=True)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def lines_of(text: bytes) -> list[Line]:
    return [json.loads(line[6:]) for line in text.splitlines() if line.startswith(b"data: ")]


def told(lines: list[Line]) -> list[tuple[object, ...]]:
    """What a signal line says, without what each stream counts for itself."""
    return [
        (line["id"], line["event"], line["ts_us"], line["net_bps"], json.dumps(line["legs"]))
        for line in lines
        if line["type"] == "signal"
    ]


def test_events_are_the_lines_of_the_pipe(mirrored: Mirrored, kairos: Kairos) -> None:
    with curl(mirrored.url + "events") as listener:
        running = mirrored.running
        for _ in range(12):
            running.read_until(lambda line: line["type"] == "signal")
        assert running.end(signal.SIGINT) == 130
        events = lines_of(listener.communicate(timeout=5)[0])

    assert [line["seq"] for line in events] == list(range(events[0]["seq"], events[-1]["seq"] + 1))
    assert (events[0]["type"], events[-1]["type"]) == ("hello", "bye")
    assert {line["run"] for line in events} == {line["run"] for line in running.lines}
    piped = told(running.lines)
    heard = told(events)
    assert len(heard) >= 10
    assert heard == piped[piped.index(heard[0]) :]
    validator = jsonschema.Draft202012Validator(json.loads(kairos.run("schema").stdout))
    for line in events:
        validator.validate(line)


def test_it_says_when_its_port_is_busy_and_takes_the_next(kairos: Kairos) -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        mirrored = Mirrored(
            kairos.start("watch", "BTC/USDT", *QUICK, "--json", "--mirror", f"127.0.0.1:{port}")
        )

        assert mirrored.port != port
        assert f"(port {port} is in use)" in mirrored.said
        assert mirrored.get("healthz")[0] == 200


def test_a_mirror_that_cannot_be_is_one_line_and_the_rest_runs(kairos: Kairos) -> None:
    running = kairos.start("watch", "BTC/USDT", *QUICK, "--json", "--mirror", "192.0.2.1:4321")
    running.read_until(lambda line: line["type"] == "hello")
    running.read_until(lambda line: line["type"] == "venue" and line["state"] == "live")
    assert running.process.stderr is not None
    assert running.end(signal.SIGTERM) == 143
    assert running.process.stderr.read() == b"kairos: mirror: 192.0.2.1:4321: no address of this machine\n"


def test_off_loopback_a_token_is_made_said_once_and_asked_for(kairos: Kairos) -> None:
    mirrored = Mirrored(kairos.start("watch", "BTC/USDT", *QUICK, "--json", "--mirror", "0.0.0.0:0"))
    found = re.search(r"\?token=([A-Za-z0-9_-]{16})\n", mirrored.said)

    assert found, mirrored.said
    assert mirrored.get("metrics")[0] == 401
    assert mirrored.get("metrics", Authorization=f"Bearer {found[1]}")[0] == 200
    assert mirrored.get("")[0] == 401


VIEWER = """
import asyncio, sys, socketio

async def look():
    client = socketio.AsyncClient()
    await client.connect(sys.argv[1], transports=["websocket"])
    print("in", flush=True)
    await client.wait()

asyncio.run(look())
"""


@contextlib.contextmanager
def stopped_viewer(url: str) -> Iterator[None]:
    """A client that has come in and is then held by SIGSTOP."""
    process = subprocess.Popen([sys.executable, "-c", VIEWER, url], stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == b"in\n"
        process.send_signal(signal.SIGSTOP)
        yield
    finally:
        process.kill()
        process.communicate()


def test_a_viewer_that_is_stopped_holds_up_neither_the_pipe_nor_the_other_viewers(mirrored: Mirrored) -> None:
    wait_until(mirrored.is_ready, 30)
    with stopped_viewer(mirrored.url), curl(mirrored.url + "events"):
        for _ in range(8):
            mirrored.running.read_until(lambda line: line["type"] == "signal")
        assert mirrored.is_ready()
        assert "kairos_mirror_viewers 1.0" in mirrored.get("metrics")[1]
    assert not mirrored.running.unnamed_holes()


def test_a_mirror_that_is_killed_is_back_at_the_same_address(kairos: Kairos, closed_port: int) -> None:
    address = f"localhost:{closed_port + 1}"
    mirrored = Mirrored(kairos.start("watch", "BTC/USDT", *QUICK, "--json", "--mirror", address))
    wait_until(mirrored.is_ready, 30)
    pid = role_pid(mirrored.running.pid, "run_mirror")
    os.kill(pid, signal.SIGKILL)

    def is_back() -> bool:
        with contextlib.suppress(OSError):
            return mirrored.is_ready()
        return False

    wait_until(is_back, 20)
    assert role_pid(mirrored.running.pid, "run_mirror") != pid


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_no_port_and_no_process_is_left_behind(mirrored: Mirrored, how: signal.Signals) -> None:
    wait_until(mirrored.is_ready, 30)
    pids = descendants(mirrored.running.pid) | {mirrored.running.pid}
    with curl(mirrored.url + "events"):
        mirrored.running.process.send_signal(how)
        mirrored.running.process.wait(timeout=5)
        wait_until(lambda: not alive(pids), 5)
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", mirrored.port)) != 0


def test_metrics_have_an_address_of_their_own(kairos: Kairos) -> None:
    mirrored = Mirrored(kairos.start("watch", "BTC/USDT", *QUICK, "--json", "--metrics", "127.0.0.1:0"))
    wait_until(mirrored.is_ready, 30)
    status, text = mirrored.get("metrics")

    assert status == 200
    assert 'kairos_feed_usable{symbol="BTC/USDT",venue="okx"}' in text
    assert mirrored.get("events")[0] == 404


def test_the_hud_says_where_it_is(terminal, kairos: Kairos) -> None:
    hud = terminal("watch", "BTC/USDT", *QUICK, "--mirror", "127.0.0.1:0")
    header = hud.wait_for(lambda text: "⌁ 127.0.0.1:" in text, 60.0).splitlines()[0]
    found = re.search(r"⌁ 127\.0\.0\.1:(\d+)", header)

    assert found
    with urllib.request.urlopen(f"http://127.0.0.1:{found[1]}/healthz", timeout=5) as answer:
        assert answer.status == 200
    hud.press("q")
    assert hud.wait_for_end() == 0


def role_pid(launcher: int, module: str) -> int:
    for pid in descendants(launcher):
        with contextlib.suppress(OSError):
            if module.encode() in Path(f"/proc/{pid}/cmdline").read_bytes():
                return pid
    raise AssertionError(f"no {module}")

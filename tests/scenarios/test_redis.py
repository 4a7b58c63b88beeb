"""Past one machine: what one Kairos sends to a Redis, another prints and draws, and says when it is old."""

import json
import signal
import subprocess
from collections.abc import Callable

import pytest
from tests.redis_server import RedisServer
from tests.scenarios.driver import (
    KAIROS,
    Kairos,
    Line,
    Running,
    Terminal,
    alive,
    command_line,
    descendants,
    make_trading_free,
    wait_until,
)

pytestmark = pytest.mark.timeout(60)
VENUES = ("binance", "kraken", "okx")


def watching(kairos: Kairos, server: RedisServer, *words: str) -> Running:
    """A Kairos whose signals come often."""
    make_trading_free(kairos, *VENUES)
    return kairos.start("watch", "BTC/USDT", "--sim", "--sink", server.url, *words)


def signals_of(lines: list[Line]) -> list[Line]:
    """Without what differs from stream to stream by design."""
    kept = [line for line in lines if line["type"] == "signal"]
    return [{name: value for name, value in line.items() if name != "seq"} for line in kept]


def looks_old(text: str) -> bool:
    """Said in the first row, and no row claims to be live."""
    return "SOURCE silent" in text and "● LIVE" not in text


def test_tap_prints_the_lines_over_a_freeze_and_a_cut_and_none_is_lost_or_twice(
    kairos: Kairos, redis_server: RedisServer
) -> None:
    watched = watching(kairos, redis_server)
    tapped = kairos.start("tap", "--from", redis_server.url, "--since", "start")
    tapped.read_until(lambda line: line["type"] == "signal")
    assert tapped.lines[0]["type"] == "hello"

    redis_server.freeze()
    watched.read_until(lambda line: line["type"] == "signal" and line["event"] == "close")
    redis_server.thaw()
    last = watched.read_until(lambda line: line["type"] == "signal")
    tapped.read_until(lambda line: line["type"] == "signal" and line["id"] == last["id"])
    redis_server.client.client_kill_filter(_type="normal", skipme=True)
    assert watched.end(signal.SIGTERM) == 143
    tapped.read_until(lambda line: line["type"] == "bye")
    assert tapped.end(signal.SIGINT) == 130

    assert [line["seq"] for line in tapped.lines] == list(range(1, len(tapped.lines) + 1))
    assert signals_of(tapped.lines) == signals_of(watched.lines)
    assert tapped.process.stderr is not None
    said = tapped.process.stderr.read().decode().splitlines()
    assert sum("down: " in line for line in said) == sum("back" in line for line in said) >= 1

    once = kairos.run("tap", "--from", redis_server.url, "--since", "start", "--emit", "signal", "--once")
    assert once.returncode == 0
    assert [json.loads(line)["type"] for line in once.stdout.splitlines()] == ["hello", "signal"]

    headed = subprocess.run(
        f"{KAIROS} tap --from {redis_server.url} --since start | head -n 2",
        shell=True,
        executable="/bin/bash",
        capture_output=True,
        text=True,
        env=kairos.env,
        timeout=15,
    )
    assert len(headed.stdout.splitlines()) == 2
    assert headed.stderr == ""

    redis_server.client.xtrim("kairos:signals", maxlen=3, approximate=False)
    redis_server.client.xadd("kairos:signals", {"line": "\x1b[2J\x1b]0;owned\x07"})
    rest = kairos.run("tap", "--from", redis_server.url, "--since", "start", "--for", "2s")
    gap, *kept = map(json.loads, rest.stdout.splitlines())
    assert (gap["type"], gap["from_seq"], gap["to_seq"]) == ("gap", 1, kept[0]["seq"] - 1)
    assert gap["count"] == len(tapped.lines) - 3
    assert rest.stdout.isascii()
    assert "\x1b" not in rest.stdout + rest.stderr
    assert "no line of ours" in rest.stderr


def test_the_hud_elsewhere_shows_the_same_and_says_when_its_picture_is_old(
    kairos: Kairos, redis_server: RedisServer, terminal: Callable[..., Terminal]
) -> None:
    watched = watching(kairos, redis_server)
    screen = terminal("hud", "--from", redis_server.url, columns=140)
    text = screen.wait_for(lambda text: text.count("● LIVE") >= len(VENUES) and "3/3 venues" in text)
    assert "SIM lively" in text

    redis_server.freeze()
    old = screen.wait_for(lambda text: "REDIS down" in text and looks_old(text))
    assert "0/3 venues" in old
    redis_server.thaw()
    screen.wait_for(lambda text: text.count("● LIVE") >= len(VENUES) and "silent" not in text)

    watched.end(signal.SIGTERM)
    screen.wait_for(looks_old)

    children = descendants(screen.pid)
    screen.press("q")
    assert screen.wait_for_end() == 0
    assert screen.is_cooked
    assert not screen.alternate_screen
    wait_until(lambda: not alive(children))


def test_a_glance_elsewhere_prints_what_is_watched_there_and_refuses_what_is_not(
    kairos: Kairos, redis_server: RedisServer
) -> None:
    watched = watching(kairos, redis_server)

    def seen() -> bool:
        done = kairos.run("glance", "BTC/USDT", "--from", redis_server.url)
        return done.returncode == 0 and "SIM lively  ● 3/3 venues" in done.stdout

    wait_until(seen, within_s=40)
    other = kairos.run("glance", "ETH/USDT", "--from", redis_server.url)
    assert (other.returncode, other.stdout) == (2, "")
    assert "ETH/USDT is not watched at 127.0.0.1:" in other.stderr
    assert other.stderr.endswith(": BTC/USDT\n")
    watched.end(signal.SIGTERM)


def test_where_nothing_answers_or_nothing_is_live_it_leaves_with_one_line(
    kairos: Kairos, redis_server: RedisServer, closed_port: int
) -> None:
    away = f"redis://:hush@127.0.0.1:{closed_port}"
    for role in ("tap", "hud", "mirror"):
        done = kairos.run(role, "--from", away, "--connect-timeout", "500ms")
        assert done.returncode == 3
        assert len(done.stderr.splitlines()) <= 2
        assert done.stderr.endswith(f"127.0.0.1:{closed_port}/0: connection refused, for 0.5 s\n")
        assert "hush" not in done.stderr

    done = kairos.run("glance", "BTC/USDT", "--from", away, "--connect-timeout", "500ms")
    assert (done.returncode, done.stdout) == (
        3,
        f"BTC/USDT ◌ no live board at 127.0.0.1:{closed_port}/0\n",
    )
    assert done.stderr.endswith("connection refused, for 0.5 s\n")

    redis_server.client.set("kairos:board", b"\x1b[2Jleft behind")
    done = kairos.run("hud", "--from", redis_server.url, "--connect-timeout", "500ms")
    assert done.returncode == 3
    assert "no live board at 'kairos:board'" in done.stderr

    done = kairos.run("tap", "--from", redis_server.url, "--once", "--for", "500ms")
    assert done.returncode == 4
    assert kairos.run("tap", "--from", "redos://h").returncode == 2
    assert "did you mean redis" in kairos.run("tap", "--from", "redos://h").stderr
    assert kairos.run("tap").returncode == 2


def test_a_wrong_password_stops_that_sink_alone_and_is_shown_nowhere(
    kairos: Kairos, redis_server: RedisServer
) -> None:
    redis_server.client.config_set("requirepass", "right-one")
    kairos.env["PW"] = "wr0ng-one"
    make_trading_free(kairos, *VENUES)
    url = f"{redis_server.url}?password_env=PW"
    watched = kairos.start("watch", "BTC/USDT", "--sim", "--sink", url, "--count", "2")
    watched.read_until(lambda line: line["type"] == "signal")
    shown = [command_line(pid) for pid in descendants(watched.pid)]
    watched.process.wait(timeout=20)

    assert watched.process.returncode == 0
    assert watched.process.stderr is not None
    said = watched.process.stderr.read().decode()
    assert said.count("wrong user or password") == 1
    log = (kairos.home / "state" / "kairos" / "kairos.log").read_text()
    assert "wr0ng-one" not in said + log + " ".join(shown)

    tapped = kairos.run("tap", "--from", url)
    assert tapped.returncode == 2
    assert "wrong user or password" in tapped.stderr
    assert "wr0ng-one" not in tapped.stderr

"""The promise: doctor --live says what is wrong with a Kairos that runs; as a health check it is a code."""

import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator

import pytest

import kairos_tui
from kairos_tui.cli import live_check
from kairos_tui.cli.ask_http import Server, ask, read_server
from kairos_tui.cli.prometheus_text import Samples
from kairos_tui.errors import SettingsInvalid, SourceUnreachable
from kairos_tui.runtime.health_page import Health
from kairos_tui.runtime.health_server import HealthServer

READY = Health(True, True, facts=(("lost_total", 0),))

Serve = Callable[[Health], str]


@pytest.fixture
def serve() -> Iterator[Serve]:
    made: list[HealthServer] = []

    def start(health: Health) -> str:
        made.append(HealthServer("127.0.0.1:0", lambda: health, role="engine"))
        return f"http://127.0.0.1:{made[-1].port}"

    yield start
    for server in made:
        server.close()


@pytest.fixture
def answering() -> Iterator[Callable[..., Server]]:
    """A server of a thread's own that answers every connection by the same bytes, then closes or waits."""
    done = threading.Event()
    servers: list[socket.socket] = []
    threads: list[threading.Thread] = []

    def start(answer: bytes, *, drips: bool = False) -> Server:
        server = socket.create_server(("127.0.0.1", 0))
        server.settimeout(0.05)
        servers.append(server)
        threads.append(threading.Thread(target=serve_all, args=(server, answer, drips)))
        threads[-1].start()
        return Server("127.0.0.1", server.getsockname()[1])

    def serve_all(server: socket.socket, answer: bytes, drips: bool) -> None:
        while not done.is_set():
            try:
                link, _ = server.accept()
            except TimeoutError:
                continue
            with link:
                link.settimeout(1.0)
                link.recv(4_096)
                try:
                    link.sendall(answer)
                    while drips and not done.wait(0.02):
                        link.sendall(b"x")
                except OSError:
                    continue

    yield start
    done.set()
    for thread in threads:
        thread.join()
    for server in servers:
        server.close()


def test_of_a_role_that_is_well_it_says_so(kairos, serve: Serve) -> None:
    said = kairos("doctor", "--live", serve(READY))

    assert (said.code, said.err) == (0, "")
    lines = [line.split(maxsplit=2) for line in said.out.splitlines()]
    assert {level for level, *_ in lines} == {"ok"}
    assert [name for _, name, _ in lines][:3] == ["alive", "ready", "version"]


@pytest.mark.parametrize(
    ("health", "name"),
    [
        (Health(True, False, "no venue is fresh"), "ready"),
        (Health(False, False, "the loop stands still"), "alive"),
    ],
    ids=["blind", "dead"],
)
def test_of_one_that_is_not_it_says_why_and_fails(kairos, serve: Serve, health: Health, name: str) -> None:
    said = kairos("doctor", "--live", serve(health), "--json")

    found = {each["name"]: each for each in json.loads(said.out)}
    assert said.code == 1
    assert found[name]["level"] == "fail"
    assert health.why in found[name]["sentence"]


@pytest.mark.parametrize(
    ("health", "code", "err"),
    [
        (READY, 0, ""),
        (
            Health(True, False, "no venue\x1b[31m is\nfresh"),
            1,
            "kairos: not ready: no venue\\x1b[31m is fresh\n",
        ),
    ],
)
def test_as_a_health_check_it_is_an_exit_code(
    kairos, serve: Serve, health: Health, code: int, err: str
) -> None:
    said = kairos("doctor", "--live", serve(health), "-q")

    assert (said.code, said.out, said.err) == (code, "", err)


def test_nobody_there_is_3_and_to_a_health_check_1(kairos, closed_port: int) -> None:
    url = f"http://127.0.0.1:{closed_port}"

    asked, probed = kairos("doctor", "--live", url), kairos("doctor", "--live", url, "-q")

    assert (asked.code, asked.out) == (3, "")
    assert asked.err == f"kairos: error: {url}: Connection refused, is Kairos running there?\n"
    assert (probed.code, probed.err.count("\n")) == (1, 1)


@pytest.mark.parametrize(
    "url",
    ["", "nonsense", "127.0.0.1:4321", "https://127.0.0.1", "redis://127.0.0.1", "http://", "http://[::1",
     "http://h:99999", "http://h/metrics", "http://me:pw@h", "http://h/?token=%0d%0aX:%20y", "http://h:x"],
)  # fmt: skip
@pytest.mark.parametrize("quiet", [(), ("-q",)], ids=["asked", "probed"])
def test_a_url_that_is_none_is_one_line(kairos, url: str, quiet: tuple[str, ...]) -> None:
    assert kairos("doctor", "--live", url, *quiet).refusal.startswith("--live: ")


def test_a_server_that_is_no_kairos_is_named(kairos, answering) -> None:
    for answer in (
        b"HTTP/1.1 404 Not Found\r\n\r\nno",
        b"HTTP/1.1 200 OK\r\n\r\n[1]",
        b"HTTP/1.1 200 OK\r\n\r\n{",
    ):
        server = answering(answer)
        assert "is no Kairos" in kairos("doctor", "--live", server.shown).refusal


@pytest.mark.parametrize("answer", [b"", b"SSH-2.0-x\r\n", b"HTTP/1.1 2", b"\xff" * 9_000])
def test_what_is_no_http_is_not_reached(answering, answer: bytes) -> None:
    server = answering(answer)

    with pytest.raises(SourceUnreachable, match="no HTTP server"):
        ask(server, "/readyz", time.monotonic() + 5)


def test_an_answer_that_drips_for_ever_costs_the_deadline_and_no_more(answering) -> None:
    server, begun_s = answering(b"HTTP/1.1 200 OK\r\n", drips=True), time.monotonic()

    with pytest.raises(SourceUnreachable, match="no answer in time"):
        ask(server, "/readyz", begun_s + 0.3)

    assert time.monotonic() - begun_s < 5


def test_a_token_is_sent_and_never_shown(answering) -> None:
    server = read_server("http://127.0.0.1:4321/?token=s3cret-token")

    assert server == Server("127.0.0.1", 4321, "s3cret-token")
    assert "s3cret" not in server.shown
    refusing = answering(b"HTTP/1.1 401 Unauthorized\r\n\r\na token is needed\n")._replace(
        token="s3cret-token"
    )
    with pytest.raises(SettingsInvalid, match="a token is needed") as refused:
        live_check.check_live(refusing)
    assert "s3cret" not in str(refused.value)


def samples(text: str) -> Samples:
    return Samples("# HELP x\n" + text)


def test_samples_are_read_with_their_escapes_and_what_is_none_is_left_out() -> None:
    read = samples('a_total{venue="o\\"k\\\\x",symbol="B} 7\\n"} 3\nb 1e-3\nbroken{ 1\nc x\n\nd NaN 1234\n')

    assert [tuple(each) for each in read.of("a_total")] == [({"venue": 'o"k\\x', "symbol": "B} 7\n"}, 3.0)]
    assert (read.value("b"), read.value("c"), read.value("broken"), read.of("nothing")) == (
        0.001,
        None,
        None,
        [],
    )


BOOK = 'kairos_feed_usable{{venue="{0}",symbol="BTC/USDT"}} {1}\nkairos_feed_state{{venue="{0}",symbol="BTC/USDT",state="{2}"}} 1\n'  # noqa: E501


def test_venues_that_cannot_be_used_are_named_with_their_state() -> None:
    well, down, stale = (
        BOOK.format("okx", 1, "live"),
        BOOK.format("kraken", 0, "down"),
        BOOK.format("gate", 0, "stale"),
    )

    assert live_check.check_venues(samples(well))[::2] == ("ok", "all 1 books may be used")
    level, _, sentence = live_check.check_venues(samples(well + down + stale))
    assert level == "warn"
    assert sentence.startswith("2 of 3 unusable: kraken BTC/USDT down, gate BTC/USDT stale: ")
    assert live_check.check_venues(samples(down))[0] == "fail"


def test_only_what_is_lost_now_is_trouble() -> None:
    earlier, later = (
        samples('kairos_lost_total{hop="feed_to_engine"} 7\n'),
        samples('kairos_lost_total{hop="feed_to_engine"} 9\n'),
    )

    assert live_check.check_losses(earlier, earlier)[::2] == ("ok", "none in 1 s, 7 since it started")
    level, _, sentence = live_check.check_losses(earlier, later)
    assert (level, sentence.startswith("in 1 s 2 feed_to_engine: ")) == ("warn", True)


def test_ticks_that_are_mostly_replaced_are_an_overload() -> None:
    before = samples("kairos_ticks_conflated_total 0\nkairos_ticks_used_total 0\n")
    few = samples("kairos_ticks_conflated_total 1\nkairos_ticks_used_total 3\n")
    many = samples("kairos_ticks_conflated_total 3\nkairos_ticks_used_total 1\n")

    assert live_check.check_overload(before, few)[::2] == ("ok", "25% of ticks replaced by newer ones in 1 s")
    assert live_check.check_overload(before, many)[0] == "warn"
    assert live_check.check_overload(before, before)[0] == "ok"


def test_lag_age_processes_and_version_have_limits() -> None:
    def level(check: Callable[[Samples], tuple[str, str, str]], text: str) -> str:
        return check(samples(text))[0]

    assert level(live_check.check_lag, 'kairos_role_loop_lag_seconds{role="engine"} 0.2\n') == "warn"
    assert level(live_check.check_lag, "kairos_loop_lag_seconds 0.002\n") == "ok"
    assert level(live_check.check_board, "kairos_board_age_seconds 2.5\n") == "warn"
    assert level(live_check.check_board, "kairos_board_age_seconds 0.1\n") == "ok"
    assert level(live_check.check_processes, 'kairos_role_up{role="engine"} 0\n') == "warn"
    assert level(live_check.check_processes, 'kairos_role_restarts_total{role="engine"} 2\n') == "warn"
    assert level(live_check.check_processes, 'kairos_role_up{role="engine"} 1\n') == "ok"
    assert level(live_check.check_version, 'kairos_build_info{version="0.0.1"} 1\n') == "warn"
    assert (
        level(live_check.check_version, f'kairos_build_info{{version="{kairos_tui.__version__}"}} 1\n')
        == "ok"
    )


def test_a_health_check_loads_neither_rooms_nor_libraries(serve: Serve) -> None:
    program = (
        "import sys\nfrom kairos_tui.__main__ import main\n"
        f"code = main(['doctor', '--live', {serve(READY)!r}, '-q'])\n"
        "print(code, *sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    code, *modules = ran.stdout.split()
    assert code == "0"
    assert not {name.split(".")[0] for name in modules} & {
        "ccxt",
        "textual",
        "zmq",
        "aiohttp",
        "msgspec",
        "asyncio",
    }
    assert "http.client" not in modules
    assert not [name for name in modules if name.startswith("kairos_tui.runtime")]

"""The promise: a probe gets one truth in one line; slow, rude and many clients hold nobody up."""

import contextlib
import json
import re
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator

import pytest

import kairos_tui
from kairos_tui.errors import PortTaken, SettingsInvalid
from kairos_tui.runtime.health_page import Health, exposition
from kairos_tui.runtime.health_server import MOST_CLIENTS, HealthServer

READY = Health(True, True, facts=(("engines", 1), ("ticks_total", 12), ("age_seconds", 0.5), ("feed", "sim")))
BLIND = Health(True, False, "no venue is fresh", (("usable_venues", 0),))
DEAD = Health(False, False, "the loop stands still for 4 s")

Serve = Callable[..., HealthServer]


@pytest.fixture
def serve() -> Iterator[Serve]:
    made: list[HealthServer] = []

    def start(health: Health | Callable[[], Health] = READY, address: str = "127.0.0.1:0") -> HealthServer:
        probe = health if callable(health) else lambda: health
        made.append(HealthServer(address, probe, role="engine"))
        return made[-1]

    yield start
    for server in made:
        server.close()


def get(server: HealthServer, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{server.port}{path}", timeout=5) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, refused.read().decode()


def raw(server: HealthServer, sent: bytes) -> bytes:
    with socket.create_connection((server.host, server.port), timeout=5) as link:
        link.sendall(sent)
        return said(link)


def said(link: socket.socket) -> bytes:
    heard = b""
    while piece := link.recv(65_536):
        heard += piece
    return heard


def trickles(link: socket.socket) -> bool:
    """Send one more byte; False when the other side has closed."""
    try:
        link.sendall(b"G")
        return link.recv(1) != b""
    except TimeoutError:
        return True
    except OSError:
        return False


@pytest.mark.parametrize(
    ("health", "live", "ready"), [(READY, 200, 200), (BLIND, 200, 503), (DEAD, 503, 503)], ids=str
)
def test_life_and_readiness_are_two_things(serve: Serve, health: Health, live: int, ready: int) -> None:
    server = serve(health)

    assert (get(server, "/healthz")[0], get(server, "/readyz")[0]) == (live, ready)


def test_why_is_one_line_of_json(serve: Serve) -> None:
    _, body = get(serve(BLIND), "/readyz?verbose")

    assert body.count("\n") == 1
    assert json.loads(body) == {
        "ready": False, "why": "no venue is fresh", "role": "engine", "usable_venues": 0
    }  # fmt: skip


def test_metrics_obey_the_rules_and_have_no_texts(serve: Serve) -> None:
    status, text = get(serve(), "/metrics")

    assert status == 200
    assert text == exposition(READY, "engine")
    assert f'kairos_build_info{{version="{kairos_tui.__version__}",role="engine"}} 1.0' in text
    assert "# TYPE kairos_ticks_total counter\nkairos_ticks_total 12.0\n" in text
    assert "# TYPE kairos_age_seconds gauge\nkairos_age_seconds 0.5\n" in text
    assert "sim" not in text
    kinds = dict(re.findall(r"^# TYPE (\S+) (\S+)$", text, re.MULTILINE))
    assert all((kind == "counter") == name.endswith("_total") for name, kind in kinds.items())


def test_prometheus_reads_it() -> None:
    parser = pytest.importorskip("prometheus_client.parser", reason="needs prometheus-client")
    families = {each.name for each in parser.text_string_to_metric_families(exposition(READY, 'a"\\\n'))}

    assert {"kairos_build_info", "kairos_up", "kairos_alive", "kairos_ticks"} <= families


def test_head_is_get_without_a_body(serve: Serve) -> None:
    heard = raw(serve(), b"HEAD /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n")

    assert heard.startswith(b"HTTP/1.1 200 OK\r\n")
    assert heard.endswith(b"\r\n\r\n")


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"POST /readyz HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 4\r\n\r\nbody", 405),
        (b"GET /secret HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", 404),
        (b"GET /../../etc/passwd HTTP/1.0\r\n\r\n", 404),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400),
        (b"GET http://evil.example/ HTTP/1.1\r\n\r\n", 400),
        (b"GET /readyz\r\n\r\n", 400),
        (b"GET /readyz HTTP/2.0\r\n\r\n", 400),
        (b"GET /\x00\xff HTTP/1.1\r\n\r\n", 400),
        (b"GET /" + b"a" * 8_000, 431),
        (b"GET /readyz HTTP/1.1\r\n" + b"X: y\r\n" * 1_000, 431),
        (b"GET /readyz HTTP/1.1\r\nHost: evil.example\r\n\r\n", 403),
        (b"GET /readyz HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: evil.example\r\n\r\n", 403),
        (b"GET /readyz HTTP/1.1\r\nHost: [::1\r\n\r\n", 403),
        (b"GET /readyz HTTP/1.1\r\nhOST:  [::1]:80 \r\n\r\n", 200),
        (b"GET /readyz HTTP/1.0\r\n\r\n", 200),
    ],
)  # fmt: skip
def test_what_is_no_plain_question_is_refused(serve: Serve, sent: bytes, status: int) -> None:
    heard = raw(serve(), sent)

    assert int(heard.split()[1]) == status
    assert b"evil" not in heard


def test_those_who_say_nothing_make_room_for_those_who_ask(serve: Serve) -> None:
    server = serve()
    idle = [socket.create_connection((server.host, server.port), timeout=5) for _ in range(MOST_CLIENTS * 3)]
    for link in idle:
        link.sendall(b"GET /rea")

    assert get(server, "/readyz")[0] == 200
    for link in idle:
        link.close()


def test_a_trickle_is_cut_off(serve: Serve) -> None:
    server = serve()
    begun_s = time.monotonic()
    with socket.create_connection((server.host, server.port), timeout=0.2) as link:
        while trickles(link):
            assert time.monotonic() - begun_s < 20


def test_a_probe_that_fails_is_a_role_that_is_not_well(
    serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    def probe() -> Health:
        raise RuntimeError("secret words")

    status, body = get(serve(probe), "/healthz")

    assert status == 503
    assert json.loads(body)["why"] == "the probe failed: RuntimeError"
    assert "secret" not in body


def test_closing_takes_a_moment_also_with_clients_and_frees_the_port(serve: Serve) -> None:
    server = serve()
    with socket.create_connection((server.host, server.port), timeout=5) as link:
        link.sendall(b"GET ")
        begun_s = time.monotonic()
        server.close()
        server.close()
        assert time.monotonic() - begun_s < 3
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((server.host, server.port), timeout=5)
        with contextlib.suppress(ConnectionResetError):
            assert link.recv(1) == b""
    again = serve(READY, f"127.0.0.1:{server.port}")
    assert get(again, "/healthz")[0] == 200


def test_a_port_alone_is_on_loopback_and_every_address_takes_any_name(serve: Serve) -> None:
    assert serve(READY, "0").host == "127.0.0.1"
    open_to_all = serve(READY, "0.0.0.0:0")
    assert raw(open_to_all, b"GET /readyz HTTP/1.1\r\nHost: engine:9470\r\n\r\n").startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize("address", ["", "nonsense", "127.0.0.1:", "127.0.0.1:70000", "127.0.0.1:-1", ":x"])
def test_an_address_that_is_none_is_one_line(address: str) -> None:
    with pytest.raises(SettingsInvalid, match=r"^health address .* must be host:port"):
        HealthServer(address, lambda: READY)


def test_a_port_that_is_taken_is_one_line(serve: Serve) -> None:
    taken = serve().port
    for address, why in ((f"127.0.0.1:{taken}", "in use"), ("203.0.113.1:0", ""), ("no..such:1", "")):
        with pytest.raises(PortTaken, match=f"^health cannot be served at .*{why}.*; name another address$"):
            HealthServer(address, lambda: READY)

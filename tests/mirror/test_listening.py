"""A busy port yields to the next free one; whatever else is wrong with an address is one line."""

import socket

import pytest

from kairos_tui.errors import PortTaken
from kairos_tui.mirror.guard import is_loopback
from kairos_tui.mirror.listening import listen, split_host_port


def busy(count: int) -> list[socket.socket]:
    """Neighbouring ports that are all taken, whichever are free here."""
    for start in range(20_000, 60_000, 97):
        held: list[socket.socket] = []
        try:
            for port in range(start, start + count):
                held.append(socket.socket())
                held[-1].bind(("127.0.0.1", port))
                held[-1].listen()
        except OSError:
            for each in held:
                each.close()
        else:
            return held
    raise AssertionError("no free neighbours")


def test_a_busy_port_yields_to_the_next_free_one() -> None:
    held = busy(3)
    port = held[0].getsockname()[1]
    held.pop().close()
    place = listen(f"127.0.0.1:{port}")

    assert (place.wanted, place.port) == (port, port + 2)
    assert place.url() == f"http://127.0.0.1:{port + 2}/"
    for each in (*held, place.listener):
        each.close()


def test_twenty_busy_ports_are_enough() -> None:
    held = busy(20)
    port = held[0].getsockname()[1]
    with pytest.raises(PortTaken, match=f"no free port from {port} to {port + 19} on 127.0.0.1"):
        listen(f"127.0.0.1:{port}")
    for each in held:
        each.close()


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("no.such.host.invalid:4321", "no such host"),
        ("192.0.2.1:4321", "no address of this machine"),
        ("a" * 300 + ":4321", "no such host"),
    ],
)
def test_an_address_that_cannot_be_is_one_line(address: str, says: str) -> None:
    with pytest.raises(PortTaken, match=says) as refused:
        listen(address)

    assert "\n" not in str(refused.value)


def test_ports_end_at_the_last_one() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 65_535))
        held.listen()
        with pytest.raises(PortTaken, match="65535"):
            listen("127.0.0.1:65535")


def test_ipv6_stands_in_brackets() -> None:
    place = listen("[::1]:0")

    assert place.url("/metrics", token="t") == f"http://[::1]:{place.port}/metrics?token=t"
    place.listener.close()


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("127.0.0.1:80", "127.0.0.1", 80),
        ("[::1]:80", "::1", 80),
        (":80", "127.0.0.1", 80),
        ("80", "127.0.0.1", 80),
    ],
)
def test_a_host_may_be_left_out(text: str, host: str, port: int) -> None:
    assert split_host_port(text) == (host, port)


@pytest.mark.parametrize(
    ("host", "private"),
    [
        ("127.0.0.1", True), ("127.9.9.9", True), ("::1", True), ("localhost", True),
        ("0.0.0.0", False), ("::", False), ("192.168.0.7", False), ("localhost.evil.example", False),
        ("127.0.0.1.evil.example", False), ("", False),
    ],
)  # fmt: skip
def test_only_literal_loopback_is_private(host: str, private: bool) -> None:
    assert is_loopback(host) is private

"""An endpoint of another machine is read as it was written, or refused in one line."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kairos_tui.errors import SettingsInvalid
from kairos_tui.wire import Endpoints, TcpAddress, is_tcp, read_tcp

Z85 = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#"
keys = st.text(Z85, min_size=40, max_size=40)
names = st.from_regex(r"[a-z0-9]([a-z0-9.-]{0,30}[a-z0-9])?", fullmatch=True)
hosts = names | st.ip_addresses(v=4).map(str) | st.ip_addresses(v=6).map(str) | st.just("*")
ports = st.integers(0, 65_535)
addresses = st.builds(TcpAddress, hosts, ports, keys | st.just(""))


@given(addresses)
def test_what_is_written_is_read_back(address: TcpAddress) -> None:
    assert is_tcp(str(address))
    assert read_tcp(str(address)) == address
    assert read_tcp(address.url) == TcpAddress(address.host, address.port)


@given(addresses, st.integers(0, 3))
def test_one_character_less_of_a_key_is_no_key(address: TcpAddress, cut: int) -> None:
    whole = str(TcpAddress(address.host, address.port, address.key or "k" * 40))
    if cut:
        with pytest.raises(SettingsInvalid):
            read_tcp(whole[:-cut])
    else:
        assert str(read_tcp(whole)) == whole


def test_an_engine_is_named_by_the_first_of_its_ports_or_by_its_signals() -> None:
    far = Endpoints.at_port(f"tcp://host:5701#{'k' * 40}")
    assert Endpoints.at_port(far.named) == far
    assert Endpoints.in_dir(Path("/run/k")).named == "ipc:///run/k/signals"


@given(st.text(max_size=80) | st.text(Z85, max_size=80).map("tcp://".__add__))
def test_any_text_is_read_exactly_or_refused_in_one_line(text: str) -> None:
    try:
        address = read_tcp(text)
    except SettingsInvalid as refused:
        assert len(str(refused).splitlines()) == 1  # noqa: PT017  either way is right
        return
    assert 0 <= address.port <= 65_535
    assert read_tcp(str(address)) == address


@pytest.mark.parametrize(
    "text",
    [
        "tcp://", "tcp://host", "tcp://:5", "tcp://h:", "tcp://h:x", "tcp://h:65536", "tcp://h:-1",
        "tcp://h:5#", "tcp://h:5#k", "tcp://h:5/x", "tcp://::1:5", "tcp://[::1]", "tcp://[h]:5", "tcp://u@h:5",
        "tcp://h h:5", "TCP://h:5", "udp://h:5", "ipc:///x", "tcp://h:5\n", "tcp://a;b:5", "tcp://h:٥",
        "tcp://h:5#" + "k" * 41, "tcp://h:5#" + '"' * 40,
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(SettingsInvalid):
        read_tcp(text)


def test_an_engine_has_three_ports_in_a_row_with_one_key() -> None:
    key = "k" * 40
    assert Endpoints.at_port(f"tcp://[::1]:7700#{key}") == Endpoints(
        *[f"tcp://[::1]:{port}#{key}" for port in (7700, 7701, 7702)]
    )
    with pytest.raises(SettingsInvalid, match="three ports in a row"):
        Endpoints.at_port("tcp://h:65534")

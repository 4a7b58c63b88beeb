"""`r` in the HUD reaches the feeds: a venue that is back is live long before its own next try."""

import contextlib
import re
import socket
import threading
from collections.abc import Iterator

import pytest
from tests.scenarios.driver import KAIROS, Kairos, Terminal, read_tables

SICK = "okx"
LEAST_S = 6.0
"""What is left to wait when the key is pressed; a dial and a book on loopback take a fiftieth of it."""


class Gate:
    """A port before the venue's. Shut, it refuses, and what came through it ends."""

    def __init__(self, behind: int) -> None:
        self._behind, self.port = behind, 0
        self._ends: list[socket.socket] = []
        self.open()

    def open(self) -> None:
        self._door = socket.create_server(("127.0.0.1", self.port))
        self.port = self._door.getsockname()[1]
        threading.Thread(target=self._let_in, args=(self._door,), daemon=True).start()

    def shut(self) -> None:
        for end in (self._door, *self._ends):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
        self._ends.clear()

    def _let_in(self, door: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                here, _ = door.accept()
                there = socket.create_connection(("127.0.0.1", self._behind))
                self._ends += [here, there]
                for ends in ((here, there), (there, here)):
                    threading.Thread(target=self._pass, args=ends, daemon=True).start()

    def _pass(self, read: socket.socket, written: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while piece := read.recv(65_536):
                written.sendall(piece)
            written.shutdown(socket.SHUT_RDWR)


def waits_s(text: str) -> float:
    """How long the sick venue's row says that it waits."""
    row = next((line for line in text.splitlines() if "OKX" in line and "retry in" in line), "")
    found = re.search(r"retry in ([\d.]+) ?s", row)
    return float(found[1]) if found else 0.0


@pytest.fixture
def gate(kairos: Kairos) -> Iterator[Gate]:
    served = kairos.start("sim", "--venues", f"{SICK},binance,kraken")
    tables = read_tables(served, venues=3)
    before, after = tables.split(f"[venue.{SICK}]")
    port = re.search(r"127\.0\.0\.1:(\d+)", after)
    assert port is not None
    made = Gate(int(port[1]))
    kairos.home.joinpath("kairos.toml").write_text(
        f"{before}[venue.{SICK}]{after.replace(f':{port[1]}', f':{made.port}')}"
    )
    yield made
    made.shut()


@pytest.mark.timeout(180)
def test_a_venue_that_is_back_is_live_as_soon_as_the_key_is_pressed(kairos: Kairos, gate: Gate) -> None:
    terminal = Terminal([KAIROS, "watch", "BTC/USDT"], kairos.env, kairos.home, 160, 45)
    try:
        terminal.wait_for(lambda text: text.count("● LIVE") == 3)
        gate.shut()
        terminal.wait_for(lambda text: waits_s(text) > LEAST_S, within_s=120.0)
        gate.open()
        waits = waits_s(terminal.text)
        terminal.press("r")
        terminal.wait_for(lambda text: "trying again now: OKX" in text)
        terminal.wait_for(lambda text: text.count("● LIVE") == 3, within_s=waits - 1.0)
        terminal.press("r")
        terminal.wait_for(lambda text: "no venue waits to try again" in text)
        terminal.press("q")
        assert terminal.wait_for_end() == 0
    finally:
        terminal.close()

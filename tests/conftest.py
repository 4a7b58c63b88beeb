"""Fixtures of the scenarios: the command in an empty home, and a terminal to run it in."""

import signal
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.redis_server import redis_server
from tests.scenarios.driver import KAIROS, Kairos, Terminal

__all__ = ["redis_server"]


def pytest_sessionstart() -> None:
    """Under nohup, or in the background of a script, signals are ignored, and so would all we start do."""
    for ignored, usual in ((signal.SIGINT, signal.default_int_handler), (signal.SIGHUP, signal.SIG_DFL)):
        if signal.getsignal(ignored) is signal.SIG_IGN:
            signal.signal(ignored, usual)


@pytest.fixture
def kairos(tmp_path: Path) -> Iterator[Kairos]:
    made = Kairos(tmp_path)
    yield made
    made.stop_all()


@pytest.fixture
def terminal(kairos: Kairos) -> Iterator[Callable[..., Terminal]]:
    opened: list[Terminal] = []

    def open_terminal(*words: str, columns: int = 160, rows: int = 45) -> Terminal:
        made = Terminal([KAIROS, *words], kairos.env, kairos.home, columns, rows)
        opened.append(made)
        return made

    yield open_terminal
    for made in opened:
        made.close()


@pytest.fixture
def closed_port() -> Iterator[int]:
    """A port that refuses: bound, never listening."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]

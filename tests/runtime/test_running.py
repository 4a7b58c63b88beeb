"""Promise: a run of this user is found by its folder and asked for its board; a dead one is not there."""

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from kairos_tui.market import Board, Rates, RoleView, Thresholds
from kairos_tui.runtime.running import Running, find_running
from kairos_tui.wire import Endpoints, SignalPublisher, Topic, private_folder

ROLES = (RoleView("launcher", "running", 1), RoleView("engine", "running", 2, cpu_share=0.25))


def board() -> Board:
    return Board("k7f3", "sim", 0, 1, 2, 3, Thresholds(), (), Rates(), ROLES)


@pytest.fixture(autouse=True)
def runtime_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))


@pytest.fixture
def found(tmp_path: Path) -> Callable[..., list[Running]]:
    """Those of this test; other runs of this user may be about."""

    def find(within_s: float = 1.5) -> list[Running]:
        return [run for run in find_running(within_s) if run.folder.is_relative_to(tmp_path)]

    return find


def test_a_run_whose_engine_answers_is_told_with_its_processes(found) -> None:
    with private_folder() as folder:
        stopping = threading.Event()

        def publish() -> None:
            publisher = SignalPublisher(Endpoints.in_dir(folder).signals, run="k7f3", epoch=0)
            while not stopping.wait(0.02):
                if publisher.newcomers() or publisher.wanted(Topic.BOARD):
                    publisher.publish(board(), ts_us=1, published_ns=time.monotonic_ns())
            publisher.close()

        engine = threading.Thread(target=publish)
        engine.start()
        try:
            (run,) = found(10.0)
        finally:
            stopping.set()
            engine.join()

    assert run == Running(folder, board())


def test_a_run_whose_engine_is_silent_is_told_without_a_board(found) -> None:
    with private_folder() as folder:
        assert found(0.1) == [Running(folder, None)]


def test_a_run_that_has_ended_is_not_there(found) -> None:
    with private_folder():
        pass

    assert found(0.1) == []

"""The promise, with real processes: killed, stopped or asked to leave, two never speak for one asset."""

import itertools
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from tests.fleet.stand_in import ASSETS, share, until

from kairos_tui.market import Asset

PROGRAM = Path(__file__).with_name("engine_process.py")


class Said(NamedTuple):
    at_ns: int
    names: tuple[str, ...]
    speaks: bool
    until_ns: int
    number: int


class Process:
    """`said` holds every duty that it took up. Its clock is ours: it is the same machine."""

    def __init__(self, url: str, name: str) -> None:
        self.name = name
        self.said: list[Said] = []
        self.ended_ns: int | None = None
        self.process = subprocess.Popen(
            [sys.executable, str(PROGRAM), f"{url}?name=procs", name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            at_ns, names, *rest = json.loads(line)
            self.said.append(Said(at_ns, tuple(names), *rest))

    @property
    def names(self) -> tuple[str, ...]:
        last = self.said[-1] if self.said else None
        return last.names if last and last.speaks and time.monotonic_ns() < last.until_ns else ()

    def signal(self, signum: signal.Signals) -> None:
        os.kill(self.process.pid, signum)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        self.ended_ns = self.ended_ns or time.monotonic_ns()

    def leave(self) -> int:
        assert self.process.stdin is not None
        self.process.stdin.write("leave\n")
        self.process.stdin.flush()
        return self.process.wait(timeout=20.0)

    def close(self) -> None:
        self.kill()
        self._thread.join()
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            assert pipe is not None
            pipe.close()

    def spans(self) -> Iterator[tuple[int, int, frozenset[Asset]]]:
        """From when to when it spoke, and for what."""
        ends = [said.at_ns for said in self.said[1:]] + [self.ended_ns or time.monotonic_ns()]
        for said, end_ns in zip(self.said, ends, strict=True):
            if said.speaks:
                yield said.at_ns, min(end_ns, said.until_ns), share(self.name, said.names)


def settled(processes: list[Process]) -> bool:
    names = tuple(sorted(process.name for process in processes))
    return all(process.names == names for process in processes)


def check_never_two(processes: list[Process]) -> None:
    looked = 0
    for one, other in itertools.combinations(processes, 2):
        for (begin, end, some), (start, stop, more) in itertools.product(one.spans(), other.spans()):
            looked += 1
            if begin < stop and start < end:
                assert not some & more, f"{one.name} and {other.name} at {max(begin, start)}"
    assert looked > 0


def spoken_for_again_after_ns(processes: list[Process], since_ns: int) -> int:
    """How long some asset was nobody's."""
    spans = [span for process in processes for span in process.spans()]
    instants = sorted(begin for begin, _, _ in spans if begin >= since_ns)
    for instant in instants:
        having = [assets for begin, end, assets in spans if begin <= instant < end]
        if frozenset().union(*having) >= frozenset(ASSETS):
            return instant - since_ns
    raise AssertionError("never again")


@pytest.fixture
def processes() -> Iterator[list[Process]]:
    made: list[Process] = []
    yield made
    for process in made:
        process.close()


@pytest.mark.timeout(90)
def test_killed_stopped_and_asked_to_leave(redis_server, processes) -> None:
    processes.extend(Process(redis_server.url, name) for name in "abc")
    first, second, third = processes
    until(lambda: settled(processes))

    third.kill()
    until(lambda: settled([first, second]))
    replaced_ns = spoken_for_again_after_ns(processes, third.ended_ns or 0)
    print(f"replaced after {replaced_ns // 1_000_000} ms")
    # Measured 1.2 to 1.9 s; the promise is 3 s on a machine that is not busy.
    assert replaced_ns < 15_000_000_000

    second.signal(signal.SIGSTOP)
    until(lambda: settled([first]))
    stopped_says = len(second.said)
    second.signal(signal.SIGCONT)
    until(lambda: settled([first, second]))
    assert not second.said[stopped_says].speaks, "the first thing it says is that it is silent"

    assert second.leave() == 0
    until(lambda: settled([first]))
    check_never_two(processes)


@pytest.mark.timeout(90)
def test_a_rolling_upgrade_leaves_no_asset_to_nobody_for_long(
    redis_server, processes, record_property
) -> None:
    """One joins, one leaves, three times: each share is handed over, not dropped."""
    processes.append(Process(redis_server.url, "v1"))
    until(lambda: settled(processes))
    gaps_ms = []
    for number in (2, 3, 4):
        processes.append(Process(redis_server.url, f"v{number}"))
        until(lambda: settled(processes[-2:]))
        leaver, newcomer = processes[-2:]
        began_ns = time.monotonic_ns()
        assert leaver.leave() == 0
        until(lambda newcomer=newcomer: settled([newcomer]))
        last_word_ns = max(end for _, end, _ in leaver.spans())
        gaps_ms.append((spoken_for_again_after_ns(processes, max(last_word_ns, began_ns))) // 1_000_000)
    print(f"handed over within {gaps_ms} ms")

    # Measured 10 to 60 ms.
    assert max(gaps_ms) < 2_000
    check_never_two(processes)


def test_a_taken_name_ends_the_process_with_one_line(redis_server, processes) -> None:
    processes.append(Process(redis_server.url, "a"))
    until(lambda: settled(processes))
    second = Process(redis_server.url, "a")
    processes.append(second)

    assert second.process.wait(timeout=20.0) == 2
    assert second.process.stderr is not None
    (line,) = second.process.stderr.read().splitlines()
    assert f"pid {processes[0].process.pid}): choose another name" in line
    assert settled(processes[:1])

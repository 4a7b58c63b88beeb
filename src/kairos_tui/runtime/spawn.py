"""Spawn: how roles become processes. Supervisor asks, child's Post answers from the other side.

engine, sim and hud are fresh interpreters; ingest workers are forked from a server that has ccxt loaded.
"""

import multiprocessing
import os
import signal
import sys
import types
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing import forkserver
from multiprocessing.connection import Connection
from typing import Protocol

import msgspec

from kairos_tui.runtime.cores import hold
from kairos_tui.runtime.fresh_process import fresh_process, interrupts_held
from kairos_tui.runtime.placement import Cores
from kairos_tui.runtime.plans import encode_plan

_FORK_WITHIN_S = 5.0
_FIRST_FORK_WITHIN_S = 30.0
"""Of a server that has just begun, and imports ccxt first: ended for that it would begin for ever."""


class Child(Protocol):
    """A started process. `reports` is the readable end of its news."""

    pid: int
    reports: int

    def order(self, order: msgspec.Struct) -> bool:
        """One line more after its plan; False, and lost, where it is not read."""
        ...

    def exit_code(self) -> int | None:
        """None while it lives; negative = the signal that ended it."""
        ...

    def signal(self, signum: signal.Signals) -> None:
        """Send a signal; silent if it is gone."""
        ...

    def release(self) -> None:
        """Reap it and close our ends of its pipes."""
        ...


class SpawnedChild:
    """A role in a fresh interpreter."""

    def __init__(
        self, module: str, plan: msgspec.Struct, *, log_fd: int, owns_terminal: bool, cores: Cores = ()
    ) -> None:
        self._fresh = fresh_process(module, output_fd=None if owns_terminal else log_fd)
        self.reports, self._plan_write = self._fresh.reports, self._fresh.plan_write
        self._process = self._fresh.process
        self.pid = self._process.pid
        hold(self.pid, cores)  # before it has a plan, and so before it has a second thread
        os.set_blocking(self.reports, False)
        _write_all(self._plan_write, encode_plan(plan))
        os.set_blocking(self._plan_write, False)

    def order(self, order: msgspec.Struct) -> bool:
        return _order(self._plan_write, order)

    def exit_code(self) -> int | None:
        return self._process.poll()

    def signal(self, signum: signal.Signals) -> None:
        self._process.send_signal(signum)

    def release(self) -> None:
        self._fresh.release()


class ForkedChild:
    """An ingest worker, forked from the server that has ccxt in memory."""

    def __init__(self, name: str, plan: msgspec.Struct, *, log_fd: int, cores: Cores = ()) -> None:
        from kairos_tui.runtime.ingest_door import enter

        context = multiprocessing.get_context("forkserver")
        plan_read, self._plan_write = context.Pipe(duplex=False)
        self._reports, report_write = context.Pipe(duplex=False)
        with interrupts_held(), _nameless_main(), _output_to(log_fd), _fork_server_must_answer():
            self._process = context.Process(target=enter, args=(plan_read, report_write), name=name)
            self._process.start()
        plan_read.close()
        report_write.close()
        self.pid = self._process.pid or 0
        hold(self.pid, cores)
        self.reports = self._reports.fileno()
        os.set_blocking(self.reports, False)
        _write_all(self._plan_write.fileno(), encode_plan(plan))
        os.set_blocking(self._plan_write.fileno(), False)

    def order(self, order: msgspec.Struct) -> bool:
        return _order(self._plan_write.fileno(), order)

    def exit_code(self) -> int | None:
        return self._process.exitcode

    def signal(self, signum: signal.Signals) -> None:
        try:
            os.kill(self.pid, signum)
        except ProcessLookupError:
            return

    def release(self) -> None:
        _close(self._plan_write)
        _close(self._reports)
        self._process.join(timeout=1.0)
        if self._process.exitcode is not None:
            self._process.close()


def warm_fork_server(log_fd: int) -> None:
    """Start the fork server now, so that it imports ccxt while other roles start."""
    forkserver.set_forkserver_preload(["kairos_tui.runtime.fork_server_warm"])
    with interrupts_held(), _nameless_main(), _output_to(log_fd):
        forkserver.ensure_running()


def _order(fd: int, order: msgspec.Struct) -> bool:
    line = msgspec.json.encode(order) + b"\n"
    try:
        return os.write(fd, line) == len(line)
    except (BlockingIOError, BrokenPipeError):
        return False


def _close(connection: "Connection[object, object]") -> None:
    if not connection.closed:
        connection.close()


def _write_all(fd: int, body: bytes) -> None:
    while body:
        body = body[os.write(fd, body) :]


@contextmanager
def _fork_server_must_answer() -> Iterator[None]:
    # Starting a worker waits for the fork server. One that is stopped or stuck is ended, which ends the wait.
    global _answering_server
    forkserver.ensure_running()
    server: int | None = getattr(forkserver._forkserver, "_forkserver_pid", None)

    def end_it(_signum: int, _frame: types.FrameType | None) -> None:
        if server is not None:
            with suppress(ProcessLookupError):
                os.kill(server, signal.SIGKILL)

    before = signal.signal(signal.SIGALRM, end_it)
    has_answered = server == _answering_server
    signal.setitimer(signal.ITIMER_REAL, _FORK_WITHIN_S if has_answered else _FIRST_FORK_WITHIN_S)
    try:
        yield
        _answering_server = server
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, before)


_answering_server: int | None = None


@contextmanager
def _nameless_main() -> Iterator[None]:
    # multiprocessing imports the caller's __main__ in every worker; ours, the command line, is no use there.
    main = sys.modules["__main__"]
    sys.modules["__main__"] = types.ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


@contextmanager
def _output_to(log_fd: int) -> Iterator[None]:
    # The fork server would otherwise hold the reader's end of our stdout open, and write on the HUD.
    saved = (os.dup(1), os.dup(2))
    os.dup2(log_fd, 1)
    os.dup2(log_fd, 2)
    try:
        yield
    finally:
        for fd, copy in zip((1, 2), saved, strict=True):
            os.dup2(copy, fd)
            os.close(copy)

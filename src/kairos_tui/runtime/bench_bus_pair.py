"""bench_bus_pair: a sending and a reading process, and one measurement of one bus with them.

Before it: bench_bus. After it: bench_bus_worker, twice, which end when we do.
"""

import os
import select
import subprocess
import sys
import time
from collections.abc import Mapping
from types import TracebackType
from typing import Self, TypeVar

from msgspec import Struct

from kairos_tui.errors import Retryable
from kairos_tui.runtime import bench_bus_orders as told

AnswerT = TypeVar("AnswerT", bound=told.Answer)

_START_WITHIN_S = 20.0
_ANSWER_WITHIN_S = 10.0
_MOST_SEND_S = 8.0
_WARM_UP = 200


class BusFailed(Retryable):
    """A bus could not be measured this time."""


class Measured(Struct, frozen=True):
    """One bus in one round. `ages_ns` are of the paced messages; the rest is of those sent flat out."""

    ages_ns: list[int]
    sent: int
    lost: int
    repeated: int
    flat_out: int
    took_ns: int
    sender_cpu_ns: int
    reader_cpu_ns: int
    server_cpu_ns: int | None


class Amounts(Struct, frozen=True, kw_only=True):
    """How much one measurement sends. `filling` follows each message's stamp."""

    paced: int
    flat_out: int
    filling: bytes


class Pair:
    """Two processes for as long as the block; `env` is added to their environment."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self._env = env
        self._number = 0

    def __enter__(self) -> Self:
        self._start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def start_anew(self) -> None:
        """Two fresh processes, for after a failure."""
        self._end()
        self._start()

    def measure(self, bus: told.Bus, address: str, amounts: Amounts) -> Measured:
        """Warm up, paced, flat out. Raises BusFailed; then `start_anew`."""
        opened = self._sender.ask(told.OpenSender(bus.sender, address), told.Opened)
        self._reader.ask(told.OpenReader(bus.reader, opened.address), told.Opened)
        self._carry(bus, min(_WARM_UP, amounts.paced, bus.most_paced), 0, amounts.filling)
        sent, paced = self._carry(bus, min(amounts.paced, bus.most_paced), bus.paced_per_s, amounts.filling)
        flood, read = self._carry(bus, min(amounts.flat_out, bus.most_flat_out), 0, amounts.filling)
        self._reader.ask(told.Close(), told.Closed)
        self._sender.ask(told.Close(), told.Closed)
        return Measured(
            ages_ns=paced.ages_ns,
            sent=sent.count + flood.count,
            lost=sent.count + flood.count - paced.came - read.came,
            repeated=paced.repeated + read.repeated,
            flat_out=read.came,
            took_ns=max(1, read.last_ns - flood.first_ns),
            sender_cpu_ns=flood.cpu_ns,
            reader_cpu_ns=read.cpu_ns,
            server_cpu_ns=flood.server_cpu_ns,
        )

    def _start(self) -> None:
        self._sender = _Process(self._env)
        self._reader = _Process(self._env)

    def _end(self) -> None:
        self._sender.end()
        self._reader.end()

    def _carry(
        self, bus: told.Bus, count: int, per_s: int, filling: bytes
    ) -> tuple[told.Sent, told.HaveRead]:
        first, self._number = self._number, self._number + count
        self._reader.ask(told.Read(first, count, ages=per_s > 0), told.Listening)
        most_s = _MOST_SEND_S + (count / per_s if per_s else 0.0)
        sent = self._sender.ask(told.Send(first, count, per_s, filling, _MOST_SEND_S), told.Sent, most_s)
        self._reader.tell(told.AllSent(sent.count))
        read = self._reader.answer(told.HaveRead, _MOST_SEND_S)
        if not read.came:
            raise BusFailed(f"nothing of {sent.count} messages over {bus.shown} came")
        return sent, read


class _Process:
    """One worker, in a group of its own: Ctrl-C is ours to hear."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self._unread = b""
        self._deadline_s = _START_WITHIN_S
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "kairos_tui.runtime.bench_bus_worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=os.environ | dict(env),
            bufsize=0,
            process_group=0,
        )

    def ask(self, order: told.Order, expected: type[AnswerT], extra_s: float = 0.0) -> AnswerT:
        """Order, then wait for what it answers."""
        self.tell(order)
        return self.answer(expected, extra_s)

    def tell(self, order: told.Order) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(told.as_line(order))
        except BrokenPipeError as error:
            raise BusFailed("a measuring process ended") from error

    def answer(self, expected: type[AnswerT], extra_s: float = 0.0) -> AnswerT:
        said = told.answers.decode(self._line(self._deadline_s + extra_s))
        self._deadline_s = _ANSWER_WITHIN_S
        if isinstance(said, told.Failed):
            raise BusFailed(said.reason)
        if not isinstance(said, expected):
            raise BusFailed(f"a measuring process answered {type(said).__name__} out of turn")
        return said

    def end(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.kill()
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait(_ANSWER_WITHIN_S)

    def _line(self, within_s: float) -> bytes:
        assert self._process.stdout is not None
        until_s = time.monotonic() + within_s
        while b"\n" not in self._unread:
            left_s = until_s - time.monotonic()
            if left_s <= 0 or not select.select([self._process.stdout], [], [], left_s)[0]:
                raise BusFailed(f"no answer within {within_s:g} s")
            piece = os.read(self._process.stdout.fileno(), 1 << 16)
            if not piece:
                raise BusFailed("a measuring process ended")
            self._unread += piece
        line, _, self._unread = self._unread.partition(b"\n")
        return line

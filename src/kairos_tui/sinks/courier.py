"""Courier: carries what waits in a backlog to one sink: in order, with deadlines, retries and a breaker.

Before it: run_sink fills the backlog and shows boards. After it: a Sink. What goes wrong with the sink stays
here: the engine and the other sinks never wait for it.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack, suppress

from kairos_tui.errors import SinkDown, SinkRefused
from kairos_tui.market import Board
from kairos_tui.sinks.backlog import Backlog
from kairos_tui.sinks.breaker import Breaker
from kairos_tui.sinks.mood_notes import MoodNotes
from kairos_tui.sinks.seam import Ails, Pace, Paced, ShowsBoards, Sink, Told
from kairos_tui.sinks.tokens import Tokens

_BOARD_EVERY_NS = 100_000_000
_CLOSING_PAUSE_S = 0.05
_GAP_WAITS_S = 5.0
"""How long a gap line waits for a line to go with, where every call counts."""


class Courier:
    """Made and run in a loop; `wake`, `show` and `close` may be called from any thread."""

    def __init__(
        self,
        backlog: Backlog,
        sink: Sink,
        *,
        say: Callable[[str], None],
        breaker: Breaker | None = None,
        clock_ns: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        self.retries = 0
        self._backlog = backlog
        self._sink = sink
        self._breaker = breaker or Breaker()
        self._clock_ns = clock_ns
        self._pace = sink.pace if isinstance(sink, Paced) else Pace()
        self._tokens = Tokens(self._pace.per_s, self._pace.burst, clock_ns())
        self._notes = MoodNotes(backlog, say)
        self._board: tuple[Board, bytes] | None = None
        self._next_board_ns = 0
        self._closing = False
        self._woken = asyncio.Event()
        self._closed = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._limit = asyncio.timeout(None)

    async def run(self) -> int:
        """Until closed and all is told; how many lines were not. Raises Fatal when it can never work."""
        try:
            async with self._limit, AsyncExitStack() as stack:
                if await self._open(stack):
                    await self._deliver()
        except TimeoutError:
            pass  # what is left is counted by whoever asked for the end
        return self._backlog.waiting

    def wake(self) -> None:
        """Something was put into the backlog."""
        self._call(self._woken.set)

    def show(self, board: Board, packed: bytes) -> None:
        """The newest board, for sinks that keep one. It replaces one that was not shown yet."""
        if isinstance(self._sink, ShowsBoards):
            self._board = (board, packed)
            self.wake()

    def close(self, within_s: float) -> None:
        """Tell what waits, for `within_s` at most, then end."""
        self._call(self._begin_to_close, within_s)

    def _call(self, action: Callable[..., object], *words: object) -> None:
        with suppress(RuntimeError):  # the loop is closed: all is over
            self._loop.call_soon_threadsafe(action, *words)

    def _begin_to_close(self, within_s: float) -> None:
        self._closing = True
        self._limit.reschedule(self._loop.time() + within_s)
        self._closed.set()
        self._woken.set()

    async def _open(self, stack: AsyncExitStack) -> bool:
        while not self._closing:
            try:
                async with asyncio.timeout(self._pace.deadline_s):
                    await stack.enter_async_context(self._sink)
            except (SinkDown, TimeoutError) as error:
                down = self._as_down(error)
                self._failed(down)
                self._notes.is_down(str(down))
                await self._rest()
            else:
                self._breaker.worked()
                self._notes.is_well(None)
                return True
        return False

    async def _deliver(self) -> None:
        while not (self._closing and self._backlog.is_empty):
            self._woken.clear()
            if not self._backlog.is_empty and self._may_call():
                self._tokens.spend()
                told = self._backlog.batch(self._pace.most_at_once)
                self._notes.begins()
                await self._attempt(told)
            elif self._board and self._clock_ns() >= self._next_board_ns:
                await self._show()
            else:
                await self._sleep()
                continue
            if self._breaker.failures:
                await self._rest()

    def _may_call(self) -> bool:
        """A sink that is called too often loses what is over its rate."""
        if self._closing or self._call_due_in_s() <= 0:
            return True
        self._backlog.shed(f"more than {self._pace.per_s:g} a second")
        return False

    def _call_due_in_s(self) -> float:
        """Where every call counts, a gap line goes with the next line, or alone when none comes."""
        wait_s = self._tokens.wait_s(self._clock_ns())
        if self._pace.per_s and self._backlog.only_lost:
            return max(wait_s, _GAP_WAITS_S - self._backlog.quiet_for_s())
        return wait_s

    async def _attempt(self, told: Sequence[Told]) -> None:
        self.retries += bool(self._breaker.failures)
        try:
            async with asyncio.timeout(self._pace.deadline_s):
                await self._sink.emit(told)
        except (SinkDown, TimeoutError) as error:
            down = self._as_down(error)
            self._backlog.took(down.taken)
            self._failed(down)
            if self._breaker.is_open or isinstance(error, TimeoutError):
                self._notes.is_down(str(down))
        except SinkRefused as error:
            self._backlog.took(error.taken)
            self._backlog.refuse(str(error), error.lost)
            self._notes.is_refused(str(error))
            self._breaker.failed(self._clock_ns())  # so that who refuses all is not asked without end
        else:
            self._backlog.took(len(told))
            self._breaker.worked()
            self._notes.is_well(self._sink.ailment() if isinstance(self._sink, Ails) else None)

    async def _show(self) -> None:
        sink, newest = self._sink, self._board
        assert isinstance(sink, ShowsBoards)
        assert newest is not None
        self._board = None
        self._next_board_ns = self._clock_ns() + _BOARD_EVERY_NS
        try:
            async with asyncio.timeout(self._pace.deadline_s):
                await sink.show(*newest)
        except (SinkDown, TimeoutError) as error:
            down = self._as_down(error)
            self._failed(down)
            if self._breaker.is_open:
                self._notes.is_down(str(down))
        else:
            self._breaker.worked()
            self._notes.is_well(None)

    def _as_down(self, error: SinkDown | TimeoutError) -> SinkDown:
        if isinstance(error, SinkDown):
            return error
        return SinkDown(f"no answer within {self._pace.deadline_s:g} s")

    def _failed(self, down: SinkDown) -> None:
        self._breaker.failed(self._clock_ns(), asked_s=down.wait_s)
        self._notes.has_failed()

    async def _rest(self) -> None:
        """Until the next attempt is due; at the end there is no time for patience."""
        wait_s = _CLOSING_PAUSE_S if self._closing else self._breaker.wait_s(self._clock_ns())
        await _set_within(self._closed if not self._closing else asyncio.Event(), wait_s)

    async def _sleep(self) -> None:
        """Until woken, or until a gap line or a board may be told that has to wait for its turn."""
        now_ns = self._clock_ns()
        waits_s = []
        if not self._backlog.is_empty:
            waits_s.append(self._call_due_in_s())
        if self._board:
            waits_s.append((self._next_board_ns - now_ns) / 1e9)
        await _set_within(self._woken, min(waits_s, default=None))


async def _set_within(event: asyncio.Event, wait_s: float | None) -> None:
    try:
        async with asyncio.timeout(wait_s):
            await event.wait()
    except TimeoutError:
        return

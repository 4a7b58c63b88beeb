"""Faults: one venue made sick on purpose, by a script, from a test or through POST /_sim/fault.

Before it: fault_orders, tampering (what is done to data), hub (who is connected) and the server (what
listens). After it: nothing; the client suffers. Time is the market's.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from struct import pack
from typing import Protocol

from msgspec.structs import replace

from kairos_tui.sim.fault_orders import FaultKind, FaultOrder, ScriptedFault
from kairos_tui.sim.frames import CLOSE
from kairos_tui.sim.hub import Hub

_LONGEST_WAIT_S = 0.1
_GOING_AWAY = 1001


class Ears(Protocol):
    """What the server can do with its listening socket."""

    async def listen(self) -> None: ...
    def deafen(self) -> None: ...


class Faults:
    """Orders are carried out at once, those of the script at their time; `advance` ends them at theirs."""

    def __init__(self, hub: Hub, ears: Ears, script: Iterable[ScriptedFault] = ()) -> None:
        self._hub, self._ears = hub, ears
        of_venue = (fault for fault in script if fault.venue == hub.venue)
        self._script = deque(sorted(of_venue, key=lambda fault: fault.at_ns))
        self._deaf_until_ns: int | None = None
        self._changed = asyncio.Event()
        self._actions: dict[FaultKind, Callable[[FaultOrder], None]] = {
            "close": self._close,
            "rst": self._reset,
            "refuse": self._refuse,
            "heal": self._heal,
        }

    @property
    def is_hearing(self) -> bool:
        """New connections are accepted."""
        return self._deaf_until_ns is None

    def inject(self, order: FaultOrder) -> None:
        """Makes the venue sick in one way more."""
        act = self._actions.get(order.kind)
        if act is not None:
            act(order)
        else:
            market = self._hub.book_symbol(order.market)
            self._hub.tampering.add(replace(order, market=market), self._end_ns(order))
        self._changed.set()

    def due_ns(self) -> int | None:
        """The market's time at which an order is to be carried out, or one in force ends."""
        times = (
            self._script[0].at_ns if self._script else None,
            self._deaf_until_ns,
            self._hub.tampering.next_end_ns(),
        )
        return min((at_ns for at_ns in times if at_ns is not None), default=None)

    def advance(self, now_ns: int) -> None:
        """Carries out and ends what is due."""
        while self._script and self._script[0].at_ns <= now_ns:
            self.inject(self._script.popleft().order)
        self._hub.tampering.expire(now_ns)
        if self._deaf_until_ns is not None and self._deaf_until_ns <= now_ns:
            self._deaf_until_ns = None

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            self._changed.clear()
            self.advance(self._hub.clock_ns())
            if self.is_hearing:
                await self._ears.listen()
            with suppress(TimeoutError):
                async with asyncio.timeout(self._wait_s()):
                    await self._changed.wait()

    def _wait_s(self) -> float | None:
        """Short looks: the market's clock may be stopped or started meanwhile."""
        due_ns = self.due_ns()
        if due_ns is None:
            return None
        return min(_LONGEST_WAIT_S, max(0.0, (due_ns - self._hub.clock_ns()) / 1e9))

    def _end_ns(self, order: FaultOrder) -> int | None:
        return self._hub.clock_ns() + round(order.duration_s * 1e9) if order.duration_s > 0.0 else None

    def _heal(self, _order: FaultOrder) -> None:
        self._hub.tampering.heal()
        self._deaf_until_ns = None

    def _close(self, order: FaultOrder) -> None:
        goodbye = (CLOSE, pack("!H", order.code or _GOING_AWAY))
        for session in tuple(self._hub.sessions):
            session.send_parts((goodbye,))

    def _reset(self, _order: FaultOrder) -> None:
        for session in tuple(self._hub.sessions):
            session.reset()

    def _refuse(self, order: FaultOrder) -> None:
        self._deaf_until_ns = self._end_ns(order)
        self._ears.deafen()
        self._reset(order)

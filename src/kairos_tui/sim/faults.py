"""Faults: one venue made sick on purpose, from a test or through POST /_sim/fault. One function a kind.

Before it: hub (what is published) and server (what listens). After it: nothing; the client suffers.
"""

import asyncio
from collections.abc import Callable
from typing import Literal, Protocol, get_args

import msgspec
import orjson
from msgspec import Struct

from kairos_tui.sim.frames import BINARY, TEXT, close_frame, frame
from kairos_tui.sim.hub import Hub, Tamper

FaultKind = Literal[
    "broken_json", "garbage", "wrong_shape", "silence", "close", "rst", "close_race", "refuse", "heal"
]
FAULT_KINDS: tuple[FaultKind, ...] = get_args(FaultKind)

_GARBAGE = bytes(range(255, 0, -3))
_LONGEST_S = 3_600.0


class FaultOrder(Struct, frozen=True, forbid_unknown_fields=True):
    """`duration_s` 0 means: one message (data faults), or until healed (silence, refuse).

    `code` is the close code of `close` and `close_race`.
    """

    kind: FaultKind
    duration_s: float = 0.0
    code: int = 1001


class Ears(Protocol):
    """What the server can do with its listening socket."""

    async def listen(self) -> None: ...
    def deafen(self) -> None: ...


def order_from_json(body: bytes) -> FaultOrder | str:
    """An order, or why it is none."""
    try:
        order = msgspec.json.decode(body, type=FaultOrder)
    except msgspec.MsgspecError as error:
        return f"{error}; kinds: {', '.join(FAULT_KINDS)}"
    if not 0.0 <= order.duration_s <= _LONGEST_S:
        return f"duration_s must be 0 to {_LONGEST_S:g}"
    if order.kind == "refuse" and order.duration_s == 0.0:
        return "refuse needs duration_s: nobody could order the end of it"
    return order


def broken_json(text: bytes) -> bytes:
    """The message breaks off in the middle."""
    return frame(TEXT, text[: max(1, len(text) // 2)])


def garbage(text: bytes) -> bytes:
    """Binary noise where text is spoken."""
    return frame(BINARY, _GARBAGE)


def wrong_shape(text: bytes) -> bytes:
    """Valid JSON of the right channel whose levels have become a word and whose prices are objects."""
    return frame(TEXT, orjson.dumps(_misshapen(orjson.loads(text))))


def silence(text: bytes) -> bytes:
    """No data. Pings are still answered: only the market has gone quiet."""
    return b""


_TAMPERING: dict[FaultKind, Tamper] = {
    "broken_json": broken_json,
    "garbage": garbage,
    "wrong_shape": wrong_shape,
    "silence": silence,
}


def _misshapen(value: object) -> object:
    if isinstance(value, dict):
        return {key: _misshapen(inner) for key, inner in value.items()}
    if isinstance(value, list):
        deeper = value and all(isinstance(inner, dict) for inner in value)
        return [_misshapen(inner) for inner in value] if deeper else "soup"
    is_price = isinstance(value, float) or (isinstance(value, str) and value.replace(".", "", 1).isdecimal())
    return {} if is_price else value


class Faults:
    """Orders are carried out at once; `run` ends them when their time is up."""

    def __init__(self, hub: Hub, ears: Ears) -> None:
        self._hub, self._ears = hub, ears
        self._until_s: float | None = None
        self._changed = asyncio.Event()
        self._hearing = True
        self._actions: dict[FaultKind, Callable[[FaultOrder], None]] = {
            "close": self._close,
            "rst": self._reset,
            "close_race": self._close_race,
            "refuse": self._refuse,
            "heal": self._heal,
        }

    def inject(self, order: FaultOrder) -> None:
        """Makes the venue sick, replacing any fault before."""
        self._heal(order)
        if order.kind in _TAMPERING:
            self._tamper(order)
        else:
            self._actions[order.kind](order)
        if order.duration_s > 0.0:
            self._until_s = asyncio.get_running_loop().time() + order.duration_s
        self._changed.set()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await self._changed.wait()
            self._changed.clear()
            while self._until_s is not None:
                left_s = self._until_s - asyncio.get_running_loop().time()
                if left_s <= 0.0:
                    self._heal(FaultOrder("heal"))
                    break
                await asyncio.sleep(min(left_s, 0.1))
            if self._hearing:
                await self._ears.listen()

    def _heal(self, _order: FaultOrder) -> None:
        self._hub.tamper = None
        self._until_s = None
        self._hearing = True

    def _tamper(self, order: FaultOrder) -> None:
        tamper = _TAMPERING[order.kind]
        once = order.duration_s == 0.0 and order.kind != "silence"
        self._hub.tamper = self._only_once(tamper) if once else tamper

    def _only_once(self, tamper: Tamper) -> Tamper:
        def first(text: bytes) -> bytes:
            self._hub.tamper = None
            return tamper(text)

        return first

    def _close(self, order: FaultOrder) -> None:
        for session in tuple(self._hub.sessions):
            session.write(close_frame(order.code))

    def _reset(self, _order: FaultOrder) -> None:
        for session in tuple(self._hub.sessions):
            session.reset()

    def _close_race(self, order: FaultOrder) -> None:
        """The close rides in the same segment as the next message."""
        self._hub.tamper = self._only_once(lambda text: frame(TEXT, text) + close_frame(order.code))

    def _refuse(self, order: FaultOrder) -> None:
        self._hearing = False
        self._ears.deafen()
        self._reset(order)

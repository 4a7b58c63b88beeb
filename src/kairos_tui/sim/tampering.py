"""Tampering: what the faults in force do to one venue's messages, snapshots, clock and patience.

Pure: no sockets, no clock, the same seed strikes the same messages. Before it: faults (which says what is in
force), spoiling, bans. After it: hub and rest, which pass all that a venue publishes and answers through it.
"""

from collections.abc import Callable
from struct import pack

from kairos_tui.sim.bans import Ban, Refusal
from kairos_tui.sim.dice import salt, scramble
from kairos_tui.sim.fault_orders import FaultKind, FaultOrder
from kairos_tui.sim.frames import BINARY, CLOSE, TEXT
from kairos_tui.sim.spoiling import (
    GARBAGE,
    Spoil,
    bad_checksum,
    broken_json,
    corrupt,
    ghost_level,
    wrong_shape,
)

Part = tuple[int, bytes]
"""A frame to be sent: opcode and payload."""

_MS = 1_000_000
_STALE_MS = 5_000
_GOING_AWAY = 1001
_DELTAS_ONLY = frozenset({"lost", "duplicate", "ghost_level"})
_SPOILING: dict[FaultKind, Spoil] = {
    "ghost_level": ghost_level,
    "corrupt": corrupt,
    "bad_checksum": bad_checksum,
    "wrong_shape": wrong_shape,
    "broken_json": broken_json,
}


class Line:
    """One stream on one connection: how many messages went, and the one that is held back to be swapped."""

    def __init__(self, *key: object, symbol: str) -> None:
        self.symbol = symbol
        self.count = 0
        self.held: tuple[Part, ...] = ()
        self._key = key
        self._salts: dict[int, int] = {}

    def draw(self, fault: "Fault") -> int:
        """64 random bits of this message under this fault."""
        salt_ = self._salts.get(fault.number)
        if salt_ is None:
            salt_ = self._salts[fault.number] = salt(*self._key, fault.number, fault.order.kind)
        return scramble(self.count, salt_)


class Fault:
    """An order in force. `number` tells it from others of its kind."""

    def __init__(self, order: FaultOrder, number: int, until_ns: int | None) -> None:
        self.order, self.number, self.until_ns = order, number, until_ns
        self.ban = Ban(order, until_ns)
        self._below = 1 << 64 if order.rate is None else int(order.rate * (1 << 64))

    def concerns(self, symbol: str) -> bool:
        return self.order.market in ("", symbol)

    def strikes(self, bits: int) -> bool:
        return bits < self._below


class Tampering:
    """The faults in force at one venue."""

    def __init__(self, venue: str, seed: int) -> None:
        self._key = (seed, "fault", venue)
        self._given = 0
        self._snapshots = 0
        self._faults: list[Fault] = []
        self.is_on = False

    # what is in force

    def add(self, order: FaultOrder, until_ns: int | None = None) -> None:
        """Takes the place of a fault of the same kind and market. `until_ns` None: until healed."""
        self._given += 1
        same = (order.kind, order.market)
        others = [fault for fault in self._faults if (fault.order.kind, fault.order.market) != same]
        self._keep([*others, Fault(order, self._given, until_ns)])

    def heal(self) -> None:
        self._keep([])

    def expire(self, now_ns: int) -> None:
        """Ends what has lasted long enough."""
        self._keep([one for one in self._faults if one.until_ns is None or now_ns < one.until_ns])

    def next_end_ns(self) -> int | None:
        """When the first of them ends by itself."""
        return min((one.until_ns for one in self._faults if one.until_ns is not None), default=None)

    def _keep(self, faults: list[Fault]) -> None:
        """In the order in which they strike."""
        self._faults = sorted(faults, key=lambda fault: _STRIKE_ORDER.get(fault.order.kind, 0))
        self.is_on = bool(faults)

    def _of(self, kind: FaultKind, symbol: str = "") -> list[Fault]:
        return [one for one in self._faults if one.order.kind == kind and one.concerns(symbol)]

    # what they do to the clock, to requests and to snapshots

    def skew_ns(self) -> int:
        return sum((one.order.ms or 0) * _MS for one in self._of("clock_skew"))

    def lag_ns(self, symbol: str) -> int:
        """How much later than usual the market's messages are sent now."""
        return max(((one.order.ms or 0) * _MS for one in self._of("lag", symbol)), default=0)

    def refusal(self, now_ns: int) -> Refusal | None:
        """Counts a request or handshake; says how it is refused, if it is."""
        refusals = [one.ban.refusal(now_ns) for one in self._of("ban")]
        return next((refusal for refusal in refusals if refusal is not None), None)

    def stale_ns(self, symbol: str) -> int:
        """How old the snapshot is that is being made now; 0 for a fresh one."""
        for fault in self._of("stale_snapshot", symbol):
            self._snapshots += 1
            bits = scramble(self._snapshots, salt(*self._key, "snapshot", fault.number))
            if fault.strikes(bits):
                self._struck(fault)
                return (fault.order.ms or _STALE_MS) * _MS
        return 0

    # what they do to messages

    def line(self, *key: object, symbol: str) -> Line:
        return Line(*self._key, *key, symbol=symbol)

    def pass_on(self, line: Line, text: bytes, *, is_snapshot: bool = False) -> tuple[Part, ...]:
        """What is sent in place of a message: nothing, one frame or several."""
        line.count += 1
        parts: tuple[Part, ...] = ((TEXT, text),)
        for fault in tuple(self._faults):
            if parts and fault.order.kind in _PASSING and fault.concerns(line.symbol):
                parts = self._passed(fault, line, parts, is_snapshot=is_snapshot)
        held, line.held = line.held, ()
        if parts and not held and not is_snapshot and self._swaps(line):
            line.held = parts
            return ()
        return parts + held

    def _passed(
        self, fault: Fault, line: Line, parts: tuple[Part, ...], *, is_snapshot: bool
    ) -> tuple[Part, ...]:
        if is_snapshot and fault.order.kind in _DELTAS_ONLY:
            return parts
        bits = line.draw(fault)
        if not fault.strikes(bits):
            return parts
        # Other bits choose the place in the text: these are all small where a rate has struck.
        after = _PASSING[fault.order.kind](parts, scramble(bits, 1), fault.order)
        if after != parts:
            self._struck(fault)
        return after

    def _swaps(self, line: Line) -> bool:
        for fault in self._of("reorder", line.symbol):
            if fault.strikes(line.draw(fault)):
                self._struck(fault)
                return True
        return False

    def _struck(self, fault: Fault) -> None:
        if fault.order.is_once:
            self._keep([one for one in self._faults if one is not fault])


def _spoilt(kind: FaultKind) -> "Pass":
    spoil = _SPOILING[kind]
    return lambda parts, bits, _order: tuple(
        (opcode, spoil(payload, bits)) if opcode == TEXT else (opcode, payload) for opcode, payload in parts
    )


def _close(order: FaultOrder) -> Part:
    return CLOSE, pack("!H", order.code or _GOING_AWAY)


Pass = Callable[[tuple[Part, ...], int, FaultOrder], tuple[Part, ...]]

_PASSING: dict[FaultKind, Pass] = {
    "silence": lambda _parts, _bits, _order: (),
    "lost": lambda _parts, _bits, _order: (),
    **{kind: _spoilt(kind) for kind in _SPOILING},
    "garbage": lambda _parts, _bits, _order: ((BINARY, GARBAGE),),
    "duplicate": lambda parts, _bits, _order: parts * 2,
    "disconnect": lambda _parts, _bits, order: (_close(order),),
    "close_race": lambda parts, _bits, order: (*parts, _close(order)),
}
"""What a fault makes of a message, in the order in which several of them strike the same one."""

_STRIKE_ORDER: dict[FaultKind, int] = {kind: number for number, kind in enumerate(_PASSING)}

"""EngineOrders: for which assets an engine of a fleet speaks, under which roster, and until when.

Before it: the role's own process, whose lines the post's thread hands in. After it: the engine's desk.
Without any order it is as the plan says, and nothing of this costs a turn more than two comparisons.
"""

from collections import deque
from collections.abc import Sequence
from typing import Final, Protocol

import msgspec

from kairos_tui.market import Shard, Symbol, shard_of

LAPSED_NS: Final = 1_500_000_000
"""After so long without a mandate others may speak for what it spoke for: it closes all before it goes on."""
NEVER_NS: Final = 1 << 62
_MOST: Final = 64


class EngineOrder(msgspec.Struct, frozen=True):
    """Speak for the assets that are `me`'s among the engines of these names, until `until_ns`.

    `number` is the roster's, to be acknowledged; `until_ns` is of this machine's monotonic clock. With `me`
    not among the names it speaks for nothing, and goes on listening.
    """

    names: tuple[str, ...]
    me: str
    number: int
    until_ns: int


class Desk(Protocol):
    """What obeys: the engine's desk."""

    def serve(self, shard: Shard | None, now_ns: int, *, until_ns: int, anew: bool) -> None: ...

    def renew(self, until_ns: int) -> None: ...

    def hush(self) -> None: ...


class OrderLines:
    """`put` from the post's thread, `take` from the engine's. Beyond the bound the oldest are dropped."""

    def __init__(self) -> None:
        self.dropped = 0
        self.waiting: deque[bytes] = deque(maxlen=_MOST)

    def put(self, line: bytes) -> None:
        """A line of the role's own process."""
        self.dropped += len(self.waiting) == _MOST
        self.waiting.append(line)

    def take(self) -> list[EngineOrder]:
        """All that wait, oldest first; what is no order is dropped and counted."""
        orders = []
        for _ in range(len(self.waiting)):
            try:
                orders.append(msgspec.json.decode(self.waiting.popleft(), type=EngineOrder))
            except msgspec.MsgspecError:
                self.dropped += 1
        return orders


class EngineOrders:
    """`speaks`: it has a mandate now, or needs none. `serving` is the number of the order that it obeys.

    `is_warming`: it speaks for nothing yet, and hears what it is to speak for.
    """

    def __init__(self, desk: Desk, symbols: Sequence[Symbol], lines: OrderLines, *, serves: bool) -> None:
        self.speaks = True
        self.serving: int | None = None
        self.is_warming = not serves
        self._desk = desk
        self._symbols = symbols
        self._lines, self._waiting = lines, lines.waiting
        self._duty: tuple[tuple[str, ...], str] | None = None
        self._until_ns = NEVER_NS

    def look(self, now_ns: int) -> bool:
        """Once a turn, before anything is applied or decided: obey what came. Whether it may decide."""
        if self._waiting or now_ns > self._until_ns:
            self._heed(now_ns)
        return self.speaks

    def may_speak(self, now_ns: int) -> bool:
        """Whether its mandate holds at this instant."""
        return self.speaks and now_ns <= self._until_ns

    def _heed(self, now_ns: int) -> None:
        order = self._newest(now_ns)
        if order is not None:
            self._obey(order, now_ns)
        elif self.speaks and now_ns > self._until_ns:
            self.speaks = False
            self._desk.hush()

    def _newest(self, now_ns: int) -> EngineOrder | None:
        """The last one alone counts, and only while it holds: of one that is over nobody waits for a word."""
        orders = self._lines.take()
        return orders[-1] if orders and now_ns <= orders[-1].until_ns else None

    def _obey(self, order: EngineOrder, now_ns: int) -> None:
        lapsed_ns, duty = now_ns - self._until_ns, (tuple(sorted(order.names)), order.me)
        if duty != self._duty or lapsed_ns > 0:
            is_one = order.me in order.names
            shard = shard_of(order.me, order.names, self._symbols) if is_one else None
            self._desk.serve(shard, now_ns, until_ns=order.until_ns, anew=lapsed_ns > LAPSED_NS)
            self.is_warming = not is_one
        else:
            self._desk.renew(order.until_ns)
        self._duty, self._until_ns, self.speaks, self.serving = duty, order.until_ns, True, order.number

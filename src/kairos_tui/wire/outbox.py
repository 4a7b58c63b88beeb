"""Outbox: what a feed offers -> what waits for the wire. Where that is full, newer replaces older, counted.

Before it: feeds, through the role. After it: TickSender. Pure: no sockets, no clock.
"""

from collections.abc import Callable, Hashable, Iterable

from kairos_tui.market import FeedCounts, FeedStatus, Listing, Pulse, Tick, are_sane
from kairos_tui.wire.records import OutboxCounts, Record

Latest = dict[Hashable, Record]
"""The last value of every stream, by `key_of`. Outboxes of one worker may share it."""

_MOST_OTHERS_WAITING = 2_000
MOST_TICKS_WAITING = 1_000
"""A turn of a feed's loop makes some tens; that many means that nobody flushes."""


class Outbox:
    """Every tick and every change of state keeps its place while there is room for it on the wire.

    A book that makes no sense, which no feed should offer, goes nowhere: engines look at all levels of few.
    Where there is no room a tick replaces the unsent one of its (venue, symbol), not in that one's place but
    behind: a new connection's book is never told before the status that withdrew the old one.
    """

    def __init__(self, latest: Latest | None = None) -> None:
        self.offered = 0
        self.conflated = 0
        self.dropped = 0
        self.dropped_ticks = 0
        self.senseless = 0
        self._waiting: dict[Hashable, Record] = {}
        self._latest: Latest = {} if latest is None else latest
        self._newest: dict[Hashable, int] = {}
        self._ticks_put = 0
        self._others_waiting = 0
        self._others_put = 0

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, record: Record, *, is_full: bool = False) -> None:
        """Take a record in. `is_full`: the wire took none of late."""
        if not isinstance(record, Tick):
            self._put_other(record)
            return
        slot = (record.venue, record.symbol)
        self.offered += 1
        if not are_sane(record.bids, record.asks):
            self.senseless += 1
            return
        self._latest[slot] = record
        if is_full or len(self._waiting) >= MOST_TICKS_WAITING:
            before = self._newest.get(slot)
            if before is not None and self._waiting.pop(before, None) is not None:
                self.conflated += 1
        self._ticks_put -= 1  # changes of state count upwards
        self._newest[slot] = self._ticks_put
        self._waiting[self._ticks_put] = record

    def _put_other(self, record: Record) -> None:
        key = key_of(record)
        if is_kept(record):
            self._latest[key] = record
        if isinstance(record, FeedStatus):
            self._others_put += 1
            key = self._others_put  # each change of state is news; of facts and totals the newest is enough
        if self._waiting.pop(key, None) is None:
            self._others_waiting += 1
        if self._others_waiting > _MOST_OTHERS_WAITING:
            oldest = next(each for each, held in self._waiting.items() if not isinstance(held, Tick))
            del self._waiting[oldest]
            self._others_waiting -= 1
            self.dropped += 1
        self._waiting[key] = record

    def waiting(self) -> list[Record]:
        """Everything unsent, in order."""
        return list(self._waiting.values())

    def sent(self, count: int) -> None:
        """The first `count` of `waiting()` have left."""
        if count >= len(self._waiting):  # nearly always: the socket had room for all
            self._waiting.clear()
            self._others_waiting = 0
            return
        kept = list(self._waiting.items())[count:]
        self._waiting = dict(kept)
        self._others_waiting = sum(not isinstance(record, Tick) for _, record in kept)

    def give_up_first(self) -> None:
        """The first of `waiting()` cannot travel: drop it, and do not tell it again."""
        record = next(iter(self._waiting.values()))
        self.dropped += 1
        self.dropped_ticks += isinstance(record, Tick)
        if self._latest.get(key_of(record)) is record:
            del self._latest[key_of(record)]
        self.sent(1)

    def give_up_all(self) -> None:
        """Nobody is there any more for what waits."""
        self.dropped += len(self._waiting)
        self.dropped_ticks += sum([isinstance(record, Tick) for record in self._waiting.values()])
        self.sent(len(self._waiting))

    def repeat_latest(self, is_needed: Callable[[Record], bool] = lambda _: True) -> None:
        """Put the last value of every needed stream behind what waits: the other end has lost its memory."""
        waiting = {id(record) for record in self._waiting.values()}
        for record in in_order(self._latest.values()):
            if id(record) not in waiting and is_needed(record):
                self.put(record)


def is_kept(record: Record) -> bool:
    """Whether its stream has a last value: a pulse tells of its instant only, totals of one outbox alone."""
    return not isinstance(record, Pulse | OutboxCounts)


def in_order(latest: Iterable[Record]) -> list[Record]:
    """What must be known first: the market, then its state, then its book."""
    return sorted(latest, key=_rank)


def key_of(record: Record) -> Hashable:
    """One stream of last values per kind and what it speaks of."""
    of: Hashable = None
    match record:
        case Tick():
            return record.venue, record.symbol
        case FeedStatus():
            of = record.venue, record.symbol
        case Listing():
            of = record.instrument.venue, record.instrument.symbol
        case FeedCounts():
            of = record.venue
        case Pulse():
            of = record.venue, record.symbols
        case _:
            pass
    return type(record), of


def _rank(record: Record) -> int:
    if isinstance(record, Tick):
        return 2
    return 0 if isinstance(record, Listing) else 1

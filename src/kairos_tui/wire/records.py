"""What travels: records to the engine, publications from it. Frozen data; no sockets, no bytes.

Before it: market. After it: codec, which turns these into bytes and back.
"""

from enum import StrEnum

from msgspec import Struct

from kairos_tui.market import (
    Board,
    FeedCounts,
    FeedStatus,
    Fill,
    Listing,
    Markout,
    PackedTick,
    Pulse,
    Quote,
    RoleView,
    Signal,
    Tick,
)


class OutboxCounts(Struct, frozen=True, array_like=True, gc=False):
    """Totals of one sender's outbox since its process started, counted in ticks.

    offered = sent + conflated + dropped + senseless + still waiting. `sent` numbers are what the receiver's
    ledger splits into received, lost and refused. `senseless` books had levels that cannot be.
    """

    sender: str
    offered: int
    conflated: int
    dropped: int = 0
    sent: int = 0
    senseless: int = 0


class RoleReport(Struct, frozen=True, array_like=True, gc=False):
    """The launcher's view of our processes, on its way to the board; and at which net the viewer wants
    signals to open, None: as the engine was started.
    """

    roles: tuple[RoleView, ...]
    open_at_bps: float | None = None


class RecordOrder(Struct, frozen=True, array_like=True, gc=False):
    """The launcher's word on where an engine records: a folder, or nowhere (empty)."""

    path: str


Record = Tick | FeedStatus | Listing | FeedCounts | RoleReport | OutboxCounts | Pulse | RecordOrder
"""What a sender may offer."""

Received = PackedTick | FeedStatus | Listing | FeedCounts | RoleReport | OutboxCounts | Pulse | RecordOrder
"""What comes out at the other end."""


class Arrival(Struct, frozen=True, gc=False):
    """One record out of the socket. Both stamps are the machine's monotonic clock in ns."""

    record: Received
    sender: str
    sent_ns: int
    arrived_ns: int


class Topic(StrEnum):
    """What a reader may subscribe to; the value is the first byte of a message."""

    SIGNAL = "S"
    QUOTE = "Q"
    STATUS = "V"
    BOARD = "B"
    MARKOUT = "M"
    FILL = "P"


Body = Signal | Quote | FeedStatus | Board | Markout | Fill

TOPICS: dict[type[Body], Topic] = {
    Signal: Topic.SIGNAL,
    Quote: Topic.QUOTE,
    FeedStatus: Topic.STATUS,
    Board: Topic.BOARD,
    Markout: Topic.MARKOUT,
    Fill: Topic.FILL,
}


class Published(Struct, frozen=True, gc=False):
    """One message from an engine. `number` counts this topic's messages since that engine's `epoch` began.

    `ts_us` is wall-clock epoch us and `published_ns` the monotonic clock, both at publication. `engine` is
    its number in the run, 0 where there is one; no two engines of a run ever have the same epoch.
    """

    run: str
    epoch: int
    topic: Topic
    number: int
    ts_us: int
    published_ns: int
    body: Body
    engine: int = 0


class Missed(Struct, frozen=True, gc=False):
    """`count` messages of `topic` were published and never reached this reader."""

    topic: Topic
    count: int
    epoch: int

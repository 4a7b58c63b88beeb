"""TickSender: the worker's end of the tick hop. Numbers every record, never blocks.

Before it: feeds and the launcher, through their roles. After it: TickReceiver in the engine's process.
"""

import time
from collections.abc import Callable

from kairos_tui.market import NO_KEYS, KeyRing, Tick
from kairos_tui.wire.codec import FrameHead, pack_frame, pack_record, room_in_frame
from kairos_tui.wire.outbox import Latest, Outbox
from kairos_tui.wire.records import OutboxCounts, Record
from kairos_tui.wire.sockets import open_push

_JOINER_SEEN_WITHIN_NS = 20_000_000
Clock = Callable[[], tuple[int, int] | None]
"""What to add to our monotonic stamps to have the engine's, and how wrong that may be; None = not known."""


def same_clock() -> tuple[int, int]:
    """That of an engine on this machine."""
    return 0, 0


def _everything(_: Record) -> bool:
    return True


class TickSender:
    """Offer as often as you like; flush once per turn of the loop. Not for use from two threads.

    While the engine is away or slow, ticks wait in the outbox, where newer replaces older; while it keeps up,
    each is sent. When it comes back, the last value of every stream that it needs is told again: a restarted
    engine knows nothing. While its `clock` is not known nothing is sent: how old a tick is could not be told.
    """

    def __init__(
        self,
        endpoint: str,
        *,
        sender: str,
        epoch: int,
        ring: KeyRing = NO_KEYS,
        clock_ns: Callable[[], int] = time.monotonic_ns,
        clock: Clock = same_clock,
        latest: Latest | None = None,
        needs: Callable[[Record], bool] = _everything,
    ) -> None:
        self._endpoint = endpoint
        self._ring = ring
        self._clock = clock
        self._needs = needs
        self._sender = sender
        self._epoch = epoch
        self._clock_ns = clock_ns
        self._outbox = Outbox(latest)
        self._sent = 0
        self._sent_ticks = 0
        self._joined_before = False
        self._look_for_joiner_at_ns = 0
        self._refused = False
        self._socket, self._joins = open_push(endpoint, ring)

    def offer(self, record: Record) -> None:
        """Take a record for the next flush."""
        self._outbox.put(record, is_full=self._refused)

    def flush(self) -> int:
        """Send what waits, many records to a frame; returns how many still wait for room in the socket."""
        self._greet_joiner()
        if self._refused and not self._socket.has_room():
            return len(self._outbox)
        self._refused = False
        if not len(self._outbox):
            return 0
        clock = self._clock()
        self._refused = clock is None
        while clock is not None and len(self._outbox) and not self._refused:
            self._refused = not self._send_frame(*clock)
        return len(self._outbox)

    def counts(self) -> OutboxCounts:
        """This outbox's totals, in ticks."""
        box = self._outbox
        sent, dropped = self._sent_ticks, box.dropped_ticks
        return OutboxCounts(self._sender, box.offered, box.conflated, dropped, sent, box.senseless)

    @property
    def trouble(self) -> str | None:
        """What keeps the engine from taking ticks, where it is a key that is refused."""
        return self._joins.trouble

    @property
    def sent(self) -> int:
        """Records numbered and handed to the socket so far."""
        return self._sent

    @property
    def dropped(self) -> int:
        """Records of any kind given up: too large for a frame, or pushed out of the bounded lane."""
        return self._outbox.dropped

    def close(self) -> None:
        """Leave within a quarter of a second, whether or not anybody listens; at once where nobody takes."""
        self._socket.close(waits=not self._refused)

    def leave(self) -> None:
        """The engine is none of ours any more: at once, and what is unsent is dropped and counted."""
        self._outbox.give_up_all()
        self._socket.close(waits=False)

    def come_back(self, clock: Clock) -> None:
        """It is ours again: numbers and totals go on where they were. Its clock may be another."""
        self._socket, self._joins = open_push(self._endpoint, self._ring)
        self._joined_before = self._refused = False
        self._clock = clock

    def _greet_joiner(self) -> None:
        now_ns = self._clock_ns()
        if now_ns < self._look_for_joiner_at_ns:
            return
        self._look_for_joiner_at_ns = now_ns + _JOINER_SEEN_WITHIN_NS
        if not self._joins.count_new():
            return
        if self._joined_before:
            self._outbox.repeat_latest(self._needs)
        self._joined_before = True

    def _send_frame(self, offset_ns: int, err_ns: int) -> bool:
        packed, ticks = _fill_frame(self._outbox.waiting())
        if not packed:
            self._outbox.give_up_first()
            return True
        before, now_ns = self._sent_ticks, self._clock_ns()
        head = FrameHead(self._sender, self._epoch, self._sent + 1, before, now_ns, offset_ns, err_ns)
        if not self._socket.send_now(pack_frame(head, packed)):
            return False
        self._sent += len(packed)
        self._sent_ticks += ticks
        self._outbox.sent(len(packed))
        return True


def _fill_frame(waiting: list[Record]) -> tuple[list[bytes], int]:
    """As many of the first records as one frame takes, and how many of them are ticks.

    None when the first is too large for any frame.
    """
    room = room_in_frame()
    packed: list[bytes] = []
    ticks = 0
    for record in waiting:
        each = pack_record(record)
        room -= len(each)
        if room < 0:
            break
        packed.append(each)
        ticks += type(record) is Tick
    return packed, ticks

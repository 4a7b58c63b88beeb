"""FrameIntake: recorded frames -> arrivals, as the receiver had them. What it refused is refused again.

Before it: a recording. After it: player. Of several engines' frames each record counts once.
"""

from collections import defaultdict, deque
from typing import Final

from kairos_tui.errors import WireRefused
from kairos_tui.market import FeedStatus, Listing, PackedTick, Symbol, Venue
from kairos_tui.wire import Account, Arrival, LossLedger, OutboxCounts, Received, Tally
from kairos_tui.wire.codec import FrameHead, unpack_frame, unpack_record

_MOST_SAID: Final = 8
"""What several engines were told of a stream comes within moments: so many of its last words are compared."""


class FrameIntake:
    """Begins anywhere in a recording: what was sent before it is not lost.

    `several`: the recording has more than one engine's frames, each numbered anew.
    """

    def __init__(self, *, several: bool) -> None:
        self.refused = 0
        self._ledger = LossLedger()
        self._once = Once() if several else None
        self._beside = Tally()

    @property
    def ticks(self) -> Tally:
        """Ticks so far."""
        ledger, beside = self._ledger.ticks, self._beside
        return Tally(ledger.received + beside.received, ledger.lost, ledger.refused + beside.refused)

    def arrivals(self, frame: bytes, at_ns: int) -> list[Arrival]:
        """What was in it; nothing of a frame that was repeated, or is not ours."""
        try:
            head, records = unpack_frame(frame, at_ns)
        except WireRefused:
            self.refused += 1
            return []
        if self._once is not None:
            records = [record for record in records if self._once.is_new(record, head.sender)]
            self._beside.received += sum(type(record) is PackedTick for record in records)
        elif not self._admits(head, records):
            return []
        sender, sent_ns = head.sender, head.sent_ns
        return [Arrival(record, sender, sent_ns, at_ns) for record in records]

    def state(self, packed: bytes, at_ns: int) -> list[Arrival]:
        """A record of a checkpoint, as if it arrived at that instant."""
        try:
            record = unpack_record(packed)
        except WireRefused:
            self.refused += 1
            return []
        if self._once is not None and not self._once.is_new(record, ""):
            return []
        self._beside.received += type(record) is PackedTick
        return [Arrival(record, "", at_ns, at_ns)]

    def _admits(self, head: FrameHead, records: list[Received]) -> bool:
        accounts = self._ledger.accounts
        if head.sender not in accounts:
            accounts[head.sender] = Account(head.epoch, head.number, head.ticks_before)
        ticks = sum([type(record) is PackedTick for record in records])
        return self._ledger.admit(head, len(records), ticks)


class Once:
    """Which records are new: a book that several engines need was sent to each of them.

    What two ingesters of a venue say is two things. Senders' totals are per engine and cannot be told apart
    here: none of them counts.
    """

    def __init__(self) -> None:
        self._ticked: dict[tuple[str, Venue, Symbol], int] = {}
        self._said: defaultdict[object, deque[Received]] = defaultdict(lambda: deque(maxlen=_MOST_SAID))

    def is_new(self, record: Received, sender: str) -> bool:
        """False for what was there before, or comes after something newer."""
        member = sender.partition("@")[2]
        match record:
            case PackedTick():
                return self._is_newer(record, member)
            case FeedStatus() | Listing():
                return self._is_unsaid(record, member)
            case _:
                return not isinstance(record, OutboxCounts)

    def _is_newer(self, tick: PackedTick, member: str) -> bool:
        stream = (member, tick.venue, tick.symbol)
        if tick.received_ns <= self._ticked.get(stream, -1):
            return False
        self._ticked[stream] = tick.received_ns
        return True

    def _is_unsaid(self, record: FeedStatus | Listing, member: str) -> bool:
        about = record if isinstance(record, FeedStatus) else record.instrument
        said = self._said[member, type(record), about.venue, about.symbol]
        is_new = record not in said
        if is_new:
            said.append(record)
        return is_new

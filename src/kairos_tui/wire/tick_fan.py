"""TickFan: one worker's records to every engine that needs them, over a TickSender each.

Before it: feeds and the launcher, through their roles. After it: the engines' TickReceivers.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from kairos_tui.market import FeedStatus, Listing, Symbol, Tick
from kairos_tui.wire.curve import NO_KEYS, KeyRing
from kairos_tui.wire.records import Record
from kairos_tui.wire.tick_sender import TickSender

_NO_SYMBOL: Final = Symbol("")


class TickFan:
    """Offer as often as you like; flush once per turn of the loop. Not for use from two threads.

    `homes` names the engine that alone needs a symbol, by its place in `endpoints`. What is about any other
    symbol, or about none, goes to all of them. An engine that is away holds up nobody but itself.
    """

    def __init__(
        self,
        endpoints: Sequence[str],
        homes: Mapping[Symbol, int],
        *,
        sender: str,
        epoch: int,
        ring: KeyRing = NO_KEYS,
    ) -> None:
        self._senders = [TickSender(each, sender=sender, epoch=epoch, ring=ring) for each in endpoints]
        self._only = self._senders[0] if len(self._senders) == 1 else None
        self._homes = {symbol: self._senders[place] for symbol, place in homes.items()}

    def offer(self, record: Record) -> None:
        """Take a record for the next flush."""
        home = self._only or self._homes.get(_symbol_of(record))
        if home is not None:
            home.offer(record)
            return
        for sender in self._senders:
            sender.offer(record)

    def offer_counts(self) -> None:
        """Tell each engine the totals of what goes to it."""
        for sender in self._senders:
            sender.offer(sender.counts())

    def flush(self) -> int:
        """Send what waits; returns how many records still wait for room in a socket."""
        return sum([sender.flush() for sender in self._senders])

    def close(self) -> None:
        """Leave within a quarter of a second for each engine that listens."""
        for sender in self._senders:
            sender.close()


def _symbol_of(record: Record) -> Symbol:
    """What it is about; the empty symbol is nobody's home."""
    match record:
        case Tick():
            return record.symbol
        case FeedStatus():
            return record.symbol or _NO_SYMBOL
        case Listing():
            return record.instrument.symbol
        case _:
            return _NO_SYMBOL

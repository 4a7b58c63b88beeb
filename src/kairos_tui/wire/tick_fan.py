"""TickFan: one worker's records to every engine that needs them, over a TickSender each.

Before it: feeds and the launcher, through their roles. After it: the engines' TickReceivers.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import partial
from typing import Final

from kairos_tui.market import NO_KEYS, FeedStatus, KeyRing, Listing, Symbol, Tick
from kairos_tui.wire.outbox import Latest, in_order, is_kept, key_of
from kairos_tui.wire.records import OutboxCounts, Record
from kairos_tui.wire.tick_sender import Clock, TickSender, same_clock

_NO_SYMBOL: Final = Symbol("")
_MOST_AWAY: Final = 64


class TickFan:
    """Offer as often as you like; flush once per turn of the loop. Not for use from two threads.

    `homes` names the engine that alone needs a symbol, by its place in `endpoints`. What is about any other
    symbol, or about none, goes to all of them. An engine that is away holds up nobody but itself. By its
    address `clocks` gives how to learn what an engine's clock is to ours; on one machine they are one. An
    `epoch` that is asked for is another for each address: an engine may move, and remember us from before.
    """

    def __init__(
        self,
        endpoints: Sequence[str],
        homes: Mapping[Symbol, int],
        *,
        sender: str,
        epoch: int | Callable[[], int],
        ring: KeyRing = NO_KEYS,
        clocks: Callable[[str], Clock] = lambda _: same_clock,
    ) -> None:
        self._name = sender
        self._latest: Latest = {}
        self._open = partial(TickSender, sender=sender, ring=ring, latest=self._latest)
        self._epoch_of = epoch if callable(epoch) else lambda: epoch
        self._clocks = clocks
        self._senders: dict[str, TickSender] = {}
        self._away: dict[str, TickSender] = {}
        self._forgotten = OutboxCounts(sender, 0, 0)
        self._homes: dict[Symbol, tuple[TickSender, ...]] = {}
        self._all: tuple[TickSender, ...] = ()
        self._only: TickSender | None = None
        named = enumerate(endpoints)
        self.follow({each: [one for one, home in homes.items() if home == place] for place, each in named})

    def follow(self, destinations: Mapping[str, Collection[Symbol]]) -> None:
        """From here on these are the engines, by address, each with the symbols that it needs.

        A symbol may be needed by several. One that none names goes to all, like what is about none. Whoever
        begins to need a stream is told its last value first. Who leaves is not waited for: what is unsent for
        it is dropped, and counted. Raises what opening a socket raises; then all is as it was.
        """
        self._senders |= self._meet_all([each for each in destinations if each not in self._senders])
        for endpoint in [each for each in self._senders if each not in destinations]:
            self._part_from(endpoint)
        homes_before, all_before = self._homes, self._all
        self._homes, self._all = _homes_in(destinations, self._senders), tuple(self._senders.values())
        self._only = self._all[0] if len(self._all) == 1 else None
        for record in in_order(self._latest.values()):
            before = homes_before.get(_symbol_of(record), all_before)
            for sender in self._needed_by(record):
                if sender not in before:
                    sender.offer(record)

    def offer(self, record: Record) -> None:
        """Take a record for the next flush."""
        if self._only is not None:
            self._only.offer(record)
            return
        homes = self._homes.get(_symbol_of(record), self._all)
        for sender in homes:
            sender.offer(record)
        if not homes and is_kept(record):
            self._latest[key_of(record)] = record

    def offer_counts(self) -> None:
        """Tell each engine the totals of what goes to it."""
        for sender in self._all:
            sender.offer(sender.counts())

    def counts(self) -> OutboxCounts:
        """The totals of what went, and goes, to any engine."""
        senders = (*self._all, *self._away.values())
        return _sum_of(self._name, [self._forgotten, *(sender.counts() for sender in senders)])

    @property
    def trouble(self) -> str | None:
        """What keeps the first of the engines from taking ticks that cannot, where it is a key."""
        return next((sender.trouble for sender in self._all if sender.trouble), None)

    def flush(self) -> int:
        """Send what waits; returns how many records still wait for room in a socket."""
        return sum([sender.flush() for sender in self._all])

    def close(self) -> None:
        """Leave within a quarter of a second for each engine that listens."""
        for sender in self._all:
            sender.close()

    def _needed_by(self, record: Record) -> tuple[TickSender, ...]:
        return self._homes.get(_symbol_of(record), self._all)

    def _meet_all(self, endpoints: Iterable[str]) -> dict[str, TickSender]:
        met: dict[str, TickSender] = {}
        try:
            for endpoint in endpoints:
                met[endpoint] = self._meet(endpoint)
        except BaseException:
            for sender in met.values():
                sender.leave()
            raise
        for endpoint in met:
            self._away.pop(endpoint, None)
        return met

    def _meet(self, endpoint: str) -> TickSender:
        clock, sender = self._clocks(endpoint), self._away.get(endpoint)
        if sender is not None:
            sender.come_back(clock)
            return sender
        needs = partial(self._is_needed_at, endpoint)
        return self._open(endpoint, epoch=self._epoch_of(), clock=clock, needs=needs)

    def _part_from(self, endpoint: str) -> None:
        """It is remembered, for were it to come back its numbers must go on."""
        sender = self._away[endpoint] = self._senders.pop(endpoint)
        sender.leave()
        if len(self._away) > _MOST_AWAY:
            longest = self._away.pop(next(iter(self._away)))
            self._forgotten = _sum_of(self._name, (self._forgotten, longest.counts()))

    def _is_needed_at(self, endpoint: str, record: Record) -> bool:
        return self._senders.get(endpoint) in self._needed_by(record)


def _homes_in(
    destinations: Mapping[str, Collection[Symbol]], senders: Mapping[str, TickSender]
) -> dict[Symbol, tuple[TickSender, ...]]:
    homes: dict[Symbol, tuple[TickSender, ...]] = {}
    for endpoint, symbols in destinations.items():
        for symbol in set(symbols):
            homes[symbol] = (*homes.get(symbol, ()), senders[endpoint])
    return homes


def _sum_of(sender: str, each: Iterable[OutboxCounts]) -> OutboxCounts:
    figures = [(one.offered, one.conflated, one.dropped, one.sent, one.senseless) for one in each]
    return OutboxCounts(sender, *map(sum, zip(*figures, strict=True)))


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

"""VenueMember: one of the ingesters that send a venue, how it says its streams are, and the last of each.

Before it: venue_leads. After it: the engine's desk, once this one is the lead. Time is on the arrivals.
"""

from typing import Final

from kairos_tui.engine.slot import BREAKS
from kairos_tui.engine.standing import combine
from kairos_tui.market import USABLE, FeedStatus, Listing, PackedTick, Pulse, Symbol
from kairos_tui.wire import Arrival

MOST_STREAMS: Final = 8_192
"""A venue has fewer markets than that; what is beyond is not held."""


class VenueMember:
    """`heard_ns`: when its last frame arrived. `said_ns`: that, or its launcher's last word of it."""

    __slots__ = (
        "_books",
        "_listings",
        "_own",
        "_pulses",
        "_unbroken",
        "_usable",
        "_waiting",
        "_whole",
        "heard_ns",
        "name",
        "said_ns",
    )

    def __init__(self, name: str, now_ns: int) -> None:
        self.name = name
        self.heard_ns = self.said_ns = now_ns
        self._whole: FeedStatus | None = None
        self._own: dict[Symbol, FeedStatus] = {}
        self._usable: set[Symbol] = set()
        self._unbroken: set[Symbol] = set()
        self._listings: dict[Symbol, Arrival] = {}
        self._books: dict[Symbol, Arrival] = {}
        self._pulses: dict[Symbol, Arrival] = {}
        self._waiting: set[Symbol] = set()

    @property
    def is_live(self) -> bool:
        """A stream of it may be used."""
        return bool(self._usable)

    @property
    def is_down(self) -> bool:
        """It has said so, of the venue or of every stream."""
        return not self._unbroken and (self._whole is not None or bool(self._own))

    def note(self, status: FeedStatus) -> bool:
        """What it says of a stream, or of the venue. True when it did not say just that before."""
        held = self._whole if status.symbol is None else self._own.get(status.symbol)
        if held == status or (held is None and len(self._own) >= MOST_STREAMS):
            return False
        if status.symbol is None:
            self._whole = status
            for own in self._own.values():
                self._rank(own)
        else:
            self._own[status.symbol] = status
            self._rank(status)
        if status.state in BREAKS:
            self._lose_books(status.symbol)
        return True

    def hold(self, arrival: Arrival, *, is_admitted: bool) -> None:
        """Keep it as the newest of its stream, which the engine has been given or has not."""
        match arrival.record:
            case PackedTick() as tick:
                self.hold_book(tick.symbol, arrival, is_admitted=is_admitted)
            case Listing() as listing:
                self._keep(self._listings, listing.instrument.symbol, arrival)
            case Pulse() as pulse:
                for symbol in pulse.symbols:
                    self._keep(self._pulses, symbol, arrival)
            case _:
                pass

    def hold_book(self, symbol: Symbol, arrival: Arrival, *, is_admitted: bool) -> None:
        """The same of a tick: it is what comes most."""
        books = self._books
        if symbol in books or len(books) < MOST_STREAMS:
            books[symbol] = arrival
            if not is_admitted:
                self._waiting.add(symbol)
            elif self._waiting:
                self._waiting.discard(symbol)

    def release(self) -> tuple[list[Arrival], tuple[Symbol, ...], list[FeedStatus], int]:
        """Markets, books and pulses as they arrived; of which streams there is a book; what it says of all;
        how many of the books the engine has not been given before.

        A book comes before the state that withdraws it.
        """
        waiting = len(self._waiting)
        self._waiting.clear()
        pulses = {id(arrival): arrival for arrival in self._pulses.values()}
        held = [*self._listings.values(), *self._books.values(), *pulses.values()]
        statuses = [*([self._whole] if self._whole else []), *self._own.values()]
        return held, tuple(self._books), statuses, waiting

    def _keep(self, kept: dict[Symbol, Arrival], symbol: Symbol, arrival: Arrival) -> None:
        if symbol in kept or len(kept) < MOST_STREAMS:
            kept[symbol] = arrival

    def _rank(self, own: FeedStatus) -> None:
        shown, symbol = combine(own, self._whole), own.symbol
        if shown is None or symbol is None:
            return
        for streams, belongs in (
            (self._usable, shown.state in USABLE),
            (self._unbroken, shown.state not in BREAKS),
        ):
            (streams.add if belongs else streams.discard)(symbol)

    def _lose_books(self, symbol: Symbol | None) -> None:
        for each in [*self._books] if symbol is None else [symbol]:
            self._books.pop(each, None)
            self._pulses.pop(each, None)
            self._waiting.discard(each)

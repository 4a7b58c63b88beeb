"""TickMaker: one stream's books -> the top in base units -> a Tick when it changed.

Before it: the tap or a dialect. After it: the outbox. What cannot be true stops here, at the door.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from kairos_tui.feeds.dialects.dialect import Believed
from kairos_tui.feeds.door import Top, admit
from kairos_tui.feeds.stamps import BIGGEST_INT, integer_of, stamp_of
from kairos_tui.market import Level, Proof, Symbol, Tick, Venue

Side = tuple[Level, ...]


class Scale(Struct, frozen=True):
    """From the venue's units to quote per base and base: what prices are divided and sizes multiplied by."""

    price: float = 1.0
    size: float = 1.0


class Sighting(Struct, frozen=True, gc=False):
    """A book as it came in. `received_ns` at the socket, `decoded_ns` after (monotonic); stamps in wall ms.

    `bids` and `asks` are levels as ccxt gives them, best first.
    `is_best`: only the best of them are new.
    """

    bids: Iterable[Sequence[Any]]
    asks: Iterable[Sequence[Any]]
    received_ns: int
    decoded_ns: int
    wall_ms: int
    timestamp_ms: object = None
    nonce: object = None
    proof: Proof = Proof.UNPROVEN
    is_best: bool = False


def best_alone(seen: Sighting) -> Sighting:
    """The same without what lies behind the best levels."""
    return replace(seen, bids=tuple(seen.bids)[:1], asks=tuple(seen.asks)[:1])


class TickMaker:
    """One stream's. `top` is what the last Tick said, None while there is no book."""

    def __init__(self, venue: Venue, symbol: Symbol, depth: int, scale: Scale) -> None:
        self.top: Top | None = None
        self._where = (venue, symbol)
        self._depth = depth
        self._scale = scale
        self.is_scaled = scale != Scale()

    def believed(
        self, book: Believed, top: Top, received_ns: int, now_ns: int, stamp_ms: int | None, generation: int
    ) -> Tick:
        """`tick`, without the door, which costs 12 us for 20 levels: a dialect has seen to all it asks for.

        `top` is what is to be shown of the book, not what was shown before, neither side empty.
        """
        self.top = top
        nonce = book.nonce
        if nonce is not None and not -BIGGEST_INT <= nonce <= BIGGEST_INT:
            nonce = None
        venue, symbol = self._where
        bids, asks = top
        proof = book.proof
        return Tick(venue, symbol, bids, asks, received_ns, now_ns, stamp_ms, nonce, generation, proof)

    def tick(self, seen: Sighting, generation: int) -> Tick | None:
        """None when the top is what it was. Raises FrameRefused for a book that cannot be true."""
        top = self.top_of(seen.bids, seen.asks, self._depth)
        if top == self.top:
            return None
        self.top = top
        stamps = (stamp_of(seen.timestamp_ms, seen.wall_ms), integer_of(seen.nonce))
        moments = (seen.received_ns, seen.decoded_ns)
        return Tick(*self._where, *top, *moments, *stamps, generation, seen.proof)

    def top_of(self, bids: Iterable[Sequence[Any]], asks: Iterable[Sequence[Any]], depth: int) -> Top:
        """Both sides in base units. Raises FrameRefused for what cannot be true."""
        top = admit({"bids": bids, "asks": asks}, depth)
        return (self._scaled(top[0]), self._scaled(top[1])) if self.is_scaled else top

    def _scaled(self, side: tuple[Level, ...]) -> tuple[Level, ...]:
        by = self._scale
        return tuple([(_clean(price / by.price), _clean(size * by.size)) for price, size in side])


@lru_cache(
    maxsize=4096
)  # most levels are those of the tick before; without it a tick costs three times as much
def _clean(number: float) -> float:
    """The decimal meant: 0.00018 / 1000 is 1.8e-07, not 1.8000000000000002e-07. No venue states 16 digits."""
    return float(f"{number:.15g}")

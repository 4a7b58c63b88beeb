"""PaperBook: what a simulated order takes from a book, level by level; what was taken once is gone.

Before it: slots. After it: paper. A book's next version is whole again: it shows what others left.
"""

from collections.abc import Callable
from fractions import Fraction
from math import nextafter

from msgspec import Struct

from kairos_tui.engine.exact import exact, take_and_give
from kairos_tui.engine.slot import Slot
from kairos_tui.market import Level, Side, Symbol, Venue

_DUST = Fraction(1, 10**13)
"""Of an order: what floats leave of it."""

SlotOf = Callable[[Venue, Symbol], Slot | None]
"""The newest of a venue's market."""


class Wanted(Struct, frozen=True, gc=False):
    """An order: immediate or cancel. `limit` None takes any price; `budget` is what may be paid for it, fee
    included: in quote for a buy, in base for a sale."""

    side: Side
    size: Fraction
    limit: float | None
    budget: Fraction


class PaperBook:
    """Remembers what it took of each side of each book, by the receive stamp of the version it took."""

    def __init__(self) -> None:
        self._taken: dict[tuple[Venue, Symbol, Side], tuple[int, dict[float, Fraction]]] = {}

    def take(self, slot: Slot, wanted: Wanted) -> tuple[Level, ...]:
        """As much of the order as the limit, the book, what is left of it, and the budget allow."""
        books = slot.books()
        if books is None or slot.listing is None:
            return ()
        levels = books[1] if wanted.side == "buy" else books[0]
        cost_of_unit, _ = take_and_give(wanted.side, slot.listing.fees)
        gone = self._gone(slot, wanted.side)
        rest, budget, dust = wanted.size, wanted.budget, wanted.size * _DUST
        took: list[Level] = []
        for price, available in levels:
            if rest <= dust or _is_beyond(price, wanted):
                break
            cost = cost_of_unit * exact(price) if wanted.side == "buy" else cost_of_unit
            most = min(rest, exact(available) - gone.get(price, Fraction(0)))
            size = _below(most) if most * cost <= budget else _whole(budget / cost, slot)
            if size > 0.0:
                took.append((price, size))
                gone[price] = gone.get(price, Fraction(0)) + exact(size)
                rest, budget = rest - exact(size), budget - exact(size) * cost
        return tuple(took)

    def _gone(self, slot: Slot, side: Side) -> dict[float, Fraction]:
        key = slot.venue, slot.symbol, side
        version, gone = self._taken.get(key, (0, {}))
        if version != slot.received_ns:
            gone = {}
            self._taken[key] = slot.received_ns, gone
        return gone


def _is_beyond(price: float, wanted: Wanted) -> bool:
    if wanted.limit is None:
        return False
    return price > wanted.limit if wanted.side == "buy" else price < wanted.limit


def _whole(size: Fraction, slot: Slot) -> float:
    """In the market's lots."""
    assert slot.listing is not None
    lot = exact(slot.listing.instrument.lot)
    return _below(max(size, Fraction(0)) // lot * lot if lot else size)


def _below(size: Fraction) -> float:
    """The nearest double whose decimal is no more than that."""
    near = float(size)
    while exact(near) > size:
        near = nextafter(near, -1.0)
    return max(0.0, near)

"""Orders: what each leg of a route orders when the first orders so much, and what of the base is left.

Before it: ladders. After it: sizing, which looks for the first order, and pricing, which repeats one.
"""

from collections.abc import Sequence
from itertools import pairwise
from math import fsum

from msgspec import Struct

from kairos_tui.engine.exact import delivers
from kairos_tui.engine.ladder import Ladder
from kairos_tui.market import Level, floor_to_lots

NOISE = 1e-13
"""A remainder below this share of the size is float dust, not something left to fill."""


class Order(Struct, frozen=True, gc=False):
    """What is ordered on one leg, in base of its market, and the levels it takes."""

    size: float
    levels: tuple[Level, ...]

    @property
    def notional(self) -> float:
        """Price x size summed over the levels, in quote of its market, no fee."""
        return fsum([price * size for price, size in self.levels])


class Sizing(Struct, frozen=True, gc=False):
    """One order a leg, each within what the one before it gives. `residue`: base delivered and not sold."""

    orders: tuple[Order, ...]
    residue: float = 0.0

    @property
    def size(self) -> float:
        """In base, ordered on the leg that buys."""
        return self.orders[0].size


def fill(levels: tuple[Level, ...], size: float) -> tuple[Level, ...] | None:
    """What an order of `size` takes from each level; None when the book ends before it is filled."""
    taken: list[Level] = []
    rest, dust = size, size * NOISE
    for price, available in levels:
        if rest - available <= dust:
            taken.append((price, min(_without_dust(rest, size), available)))
            return tuple(taken)
        taken.append((price, available))
        rest -= available
    return None


def order_of(ladder: Ladder, size: float) -> Order | None:
    """An order of `size` and the levels it takes; None when the book ends before it, or for no size."""
    levels = fill(ladder.levels, size) if size > 0.0 else None
    return Order(size, levels) if levels else None


def follow(ladders: Sequence[Ladder], first: Order) -> Sizing | None:
    """What every leg orders after the first one; None when a book or a lot does not allow it."""
    buy, sell = ladders[0], ladders[1]
    in_base = buy.in_base or sell.in_base
    order = _sale_of(buy, first, sell) if in_base else order_of(sell, first.size)
    if order is None:
        return None
    residue = _residue(buy, sell, first.size, order.size) if in_base else 0.0
    orders = [first, order]
    for before, ladder in pairwise(ladders[1:]):
        order = order_of(ladder, _affordable(ladder, given_by(before, orders[-1])))
        if order is None:
            return None
        orders.append(order)
    return Sizing(tuple(orders), residue)


def given_by(ladder: Ladder, order: Order) -> float:
    """What the order gives, fee taken."""
    if ladder.side == "buy":
        return order.size * ladder.give
    return order.notional * ladder.give


def least_that_delivers(buy: Ladder, sell: Ladder, sizing: Sizing) -> Order | None:
    """What must be bought for the sale as sized: whole lots, never more than was going to be bought."""
    sold, lot = sizing.orders[1].size, buy.market.lot
    needed = floor_to_lots(sold * sell.take / buy.give, (lot,))
    if not delivers(needed, buy.fees, sold, sell.fees):
        needed = floor_to_lots(needed + lot, (lot,)) if lot else needed * (1.0 + NOISE)
    return order_of(buy, min(needed, sizing.size))


def _sale_of(buy: Ladder, bought: Order, sell: Ladder) -> Order | None:
    """The largest sale in whole lots of what was delivered, and never of more."""
    lot = sell.market.lot
    size = floor_to_lots(given_by(buy, bought) / sell.take, (lot,))
    while size > 0.0 and not delivers(bought.size, buy.fees, size, sell.fees):
        size = floor_to_lots(size - lot, (lot,)) if lot else size * (1.0 - NOISE)
    return order_of(sell, size)


def _affordable(ladder: Ladder, given: float) -> float:
    """The largest order in whole lots for `given` of the asset that is paid; 0.0 when the book ends first."""
    lots = (ladder.market.lot,)
    if ladder.side == "sell":
        return floor_to_lots(given / ladder.take, lots)
    size, rest = 0.0, given
    for price, available in ladder.levels:
        paid = ladder.take * price
        if rest <= paid * available:
            return floor_to_lots(size + rest / paid, lots)
        size += available
        rest -= paid * available
    return floor_to_lots(size, lots) if rest <= given * NOISE else 0.0


def _residue(buy: Ladder, sell: Ladder, bought: float, sold: float) -> float:
    rest = bought * buy.give - sold * sell.take
    return rest if rest > bought * 10 * NOISE else 0.0


def _without_dust(rest: float, size: float) -> float:
    """0.10999999999999999, left of 0.41 after 0.3, is 0.11."""
    clean = round(rest, 12)
    return clean if abs(clean - rest) <= size * 1e-14 else rest

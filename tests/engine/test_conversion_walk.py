"""Promise: on any row of ladders the walk finds the order that makes the most money: no size beats it.

Held against brute force: two hundred sizes a row, priced one by one in fractions.
"""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kairos_tui.engine.ladder import UNMARKED, Ladder, Mark
from kairos_tui.engine.ladder_walk import find_best_order
from kairos_tui.engine.sizing import find_best_size, size_route
from kairos_tui.market import Asset, FeeCharged, Fees, Instrument, Level, Side, Symbol, Venue

FLOAT_DUST = Fraction(1, 10**11)
Row = tuple[Ladder, ...]


def exact(decimal: float) -> Fraction:
    return Fraction(repr(decimal))


@st.composite
def ladder_of(draw: st.DrawFn, side: Side, price: float, unit: float) -> Ladder:
    """Some levels around a price; `unit` is a usual size. Fees of every kind, sometimes a greatest size."""
    steps = draw(st.lists(st.integers(-8, 30), min_size=1, max_size=5))
    offset = 0
    prices: list[float] = []
    for step in steps:
        offset += step if not prices else max(step, 0)
        prices.append(round(price * (1 + (offset if side == "buy" else -offset) / 10_000), 8))
    levels: tuple[Level, ...] = tuple(
        (each, round(draw(st.integers(1, 300)) / 100 * unit, 8)) for each in prices
    )
    taker = draw(st.sampled_from([0.0, 0.0001, 0.00075, 0.001, 0.0026]))
    charged: FeeCharged = draw(st.sampled_from(["quote", "base", "received"]))
    max_size = draw(st.sampled_from([None, None, None, 1.25 * unit]))
    market = Instrument(Venue("v"), Symbol("A/B"), "AB", Asset("A"), Asset("B"), max_size=max_size)
    return Ladder.of(side, levels, Fees(taker, "market", 0, charged), market)


@st.composite
def rows(draw: st.DrawFn) -> Row:
    """Buy near 100, sell a little above, then up to two conversions near 1 on either side."""
    edge = draw(st.sampled_from([1.0, 1.002, 1.008]))
    row = [draw(ladder_of("buy", 100.0, 1.0)), draw(ladder_of("sell", 100.0 * edge, 1.0))]
    sides: list[Side] = draw(st.lists(st.sampled_from(["buy", "sell"]), max_size=2))
    return (*row, *(draw(ladder_of(side, 1.0, 100.0)) for side in sides))


MARKS = st.sampled_from(
    [UNMARKED, Mark((("buy", 0.9991),), 2.0), Mark((("sell", 1.0004), ("buy", 1.0001)), 5.0)]
)


class Brute:
    """Runs an order through the row in fractions. Shares no arithmetic with the engine."""

    def __init__(self, row: Row, mark: Mark) -> None:
        self.row = row
        self.worth = 1 - exact(mark.haircut_bps) / 10_000
        for side, mid in mark.mids:
            self.worth = self.worth / exact(mid) if side == "buy" else self.worth * exact(mid)

    def profit(self, size: Fraction) -> Fraction | None:
        """Of ordering `size` on the first leg; None when a later book or limit ends first."""
        cost = self.quote_of(self.row[0], size)
        if cost is None:
            return None
        buy = self.row[0]
        in_base = buy.fees.charged != "quote"
        paid = cost if in_base else cost * (1 + exact(buy.fees.taker))
        amount = size * (1 - exact(buy.fees.taker)) if in_base else size
        for ladder in self.row[1:]:
            given = self.through(ladder, amount)
            if given is None:
                return None
            amount = given
        return amount * self.worth - paid

    def through(self, ladder: Ladder, amount: Fraction) -> Fraction | None:
        taker = exact(ladder.fees.taker)
        if ladder.side == "sell":
            in_base = ladder.fees.charged == "base"
            moved = self.quote_of(ladder, amount / (1 + taker) if in_base else amount)
            return None if moved is None else moved if in_base else moved * (1 - taker)
        in_base = ladder.fees.charged != "quote"
        size = self.bought_for(ladder, amount if in_base else amount / (1 + taker))
        return None if size is None else size * (1 - taker) if in_base else size

    def quote_of(self, ladder: Ladder, size: Fraction) -> Fraction | None:
        limit = ladder.market.max_size
        if limit is not None and size > exact(limit):
            return None
        moved, rest = Fraction(0), size
        for price, available in ladder.levels:
            taken = min(rest, exact(available))
            moved, rest = moved + taken * exact(price), rest - taken
        return moved if rest == 0 else None

    def bought_for(self, ladder: Ladder, budget: Fraction) -> Fraction | None:
        limit, size = ladder.market.max_size, Fraction(0)
        for price, available in ladder.levels:
            taken = min(exact(available), budget / exact(price))
            size, budget = size + taken, budget - taken * exact(price)
        return size if budget == 0 and (limit is None or size <= exact(limit)) else None


@settings(max_examples=80, deadline=None)
@given(row=rows(), mark=MARKS, max_notional=st.sampled_from([30.0, 150.0, 1e9]), share=st.integers(0, 100))
def test_no_size_beats_the_walk_s(row, mark, max_notional, share) -> None:
    brute, found = Brute(row, mark), find_best_order(row, max_notional=max_notional, mark=mark)
    depth = sum((exact(size) for _, size in row[0].levels), Fraction(0))
    affordable = brute.bought_for(row[0], exact(max_notional)) or depth
    reached = brute.profit(exact(found) * (1 - Fraction(1, 10**13)))

    assert exact(found) <= min(depth, affordable) * (1 + FLOAT_DUST)
    assert reached is not None, "what is ordered fits through every leg"
    for tried in {min(depth, affordable) * part / 200 for part in range(1, 201)} | {
        exact(found) * share / 100
    }:
        profit = brute.profit(tried)
        assert profit is None or profit <= max(reached, Fraction(0)) + FLOAT_DUST * 1_000


@settings(max_examples=60)
@given(row=rows(), mark=MARKS)
def test_one_more_unit_at_the_optimum_loses_or_does_not_fit(row, mark) -> None:
    brute, found = Brute(row, mark), exact(find_best_order(row, max_notional=1e9, mark=mark))
    step = Fraction(1, 10**6)
    best = brute.profit(found * (1 - Fraction(1, 10**13))) or Fraction(0)

    more, fewer = brute.profit(found + step), brute.profit(max(found - step, Fraction(0)))

    assert more is None or more <= best + FLOAT_DUST * 1_000
    assert fewer is not None
    assert fewer <= best + FLOAT_DUST * 1_000


@settings(max_examples=60)
@given(buy=ladder_of("buy", 100.0, 1.0), sell=ladder_of("sell", 100.4, 1.0))
def test_on_two_legs_with_fees_in_quote_it_equals_the_walk_of_a_pair(buy, sell) -> None:
    free = Instrument(Venue("v"), Symbol("A/B"), "AB", Asset("A"), Asset("B"))
    row = [Ladder.of(leg.side, leg.levels, Fees(leg.fees.taker, "market", 0), free) for leg in (buy, sell)]

    pair = find_best_size(
        buy.levels, sell.levels, buy_fee=buy.fees.taker, sell_fee=sell.fees.taker, max_notional=250.0
    )

    assert find_best_order(row, max_notional=250.0) == pytest.approx(pair, rel=1e-12, abs=1e-15)


@settings(max_examples=80)
@given(row=rows(), lots=st.lists(st.sampled_from([0.0, 0.001, 0.01, 0.05]), min_size=4, max_size=4))
def test_rounded_orders_are_whole_lots_and_nothing_is_spent_that_did_not_arrive(row, lots) -> None:
    listed = [
        Ladder.of(
            leg.side,
            leg.levels,
            leg.fees,
            Instrument(Venue("v"), Symbol("A/B"), "AB", Asset("A"), Asset("B"), lot=lot),
        )
        for leg, lot in zip(row, lots, strict=False)
    ]

    sizing = size_route(listed, max_notional=150.0)

    arrived = None
    for ladder, order in zip(listed, sizing.orders if sizing else (), strict=False):
        lot = ladder.market.lot
        assert lot == 0.0 or exact(order.size) % exact(lot) == 0
        assert sum(size for _, size in order.levels) == pytest.approx(order.size, rel=1e-12)
        taken, given = moved(ladder, order.levels)
        assert arrived is None or taken <= arrived * (1 + FLOAT_DUST)
        arrived = given


def moved(ladder: Ladder, levels: tuple[Level, ...]) -> tuple[Fraction, Fraction]:
    """What the order takes and what it gives."""
    taker = exact(ladder.fees.taker)
    base = sum((exact(size) for _, size in levels), Fraction(0))
    quote = sum((exact(price) * exact(size) for price, size in levels), Fraction(0))
    if ladder.side == "buy":
        return (quote, base * (1 - taker)) if ladder.fees.charged != "quote" else (quote * (1 + taker), base)
    return (base * (1 + taker), quote) if ladder.fees.charged == "base" else (base, quote * (1 - taker))


def test_through_an_unending_conversion_at_one_nothing_changes() -> None:
    fees = Fees(0.001, "market", 0)
    market = Instrument(Venue("v"), Symbol("A/B"), "AB", Asset("A"), Asset("B"))
    pair = [
        Ladder.of("buy", ((100.0, 1.0), (100.5, 20.0)), fees, market),
        Ladder.of("sell", ((101.1, 1.0), (101.0, 20.0)), fees, market),
    ]
    even = Ladder.of("sell", ((1.0, 1e9),), Fees(0.0, "market", 0), market)

    assert find_best_order([*pair, even], max_notional=1e9) == find_best_order(pair, max_notional=1e9) == 21.0

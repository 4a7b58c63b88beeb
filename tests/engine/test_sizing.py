"""Promise: the size is the one that makes the most money, within the cap and what both venues accept,
and every figure can be recomputed from the legs. Held against brute force in fractions."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kairos_tui.engine.ladder import Ladder
from kairos_tui.engine.orders import Sizing, fill
from kairos_tui.engine.sizing import find_best_size, size_route
from kairos_tui.market import Fees, Instrument, Level, Listing, Symbol, Venue
from kairos_tui.market.names import Asset

Book = tuple[Level, ...]

FEES = st.sampled_from([0.0, 0.00075, 0.001, 0.0016, 0.0026, 0.006])
LOTS = st.sampled_from([0.0, 0.00001, 0.001, 0.003, 0.1])


def exact(decimal: float) -> Fraction:
    return Fraction(repr(decimal))


FLOAT_DUST = Fraction(1, 10**12)


@st.composite
def ladders(draw: st.DrawFn, *, rising: bool) -> Book:
    """One side of a book near 100 with up to eight decimals, best first; grids make ties frequent."""
    digits = draw(st.sampled_from([0, 2, 8]))
    grid = 10**digits
    first = draw(st.integers(99 * grid, 101 * grid))
    steps = draw(st.lists(st.integers(1, max(grid // 2, 1)), min_size=0, max_size=5))
    prices = [first]
    for step in steps:
        prices.append(prices[-1] + step if rising else prices[-1] - step)
    return tuple((price / grid, draw(st.integers(1, 40_000)) / 10_000) for price in prices)


def list_market(taker: float, lot: float = 0.0, **facts: float | None) -> Listing:
    market = Instrument(
        Venue("v"),
        Symbol("A/B"),
        "AB",
        Asset("A"),
        Asset("B"),
        lot=lot,
        **facts,  # type: ignore[arg-type]
    )
    return Listing(market, Fees(taker, "market", 0))


def size_pair(asks: Book, bids: Book, *, buy: Listing, sell: Listing, max_notional: float) -> Sizing | None:
    ladders = (
        Ladder.of("buy", asks, buy.fees, buy.instrument),
        Ladder.of("sell", bids, sell.fees, sell.instrument),
    )
    return size_route(ladders, max_notional=max_notional)


@settings(max_examples=300)
@given(asks=ladders(rising=True), bids=ladders(rising=False), buy_fee=FEES, sell_fee=FEES)
def test_the_walk_finds_what_brute_force_finds(oracle, asks, bids, buy_fee, sell_fee) -> None:
    size = find_best_size(asks, bids, buy_fee=buy_fee, sell_fee=sell_fee, max_notional=1e12)

    best = oracle.best_size(asks, bids, (buy_fee, sell_fee), 1e12)
    assert size == pytest.approx(float(best), rel=1e-12, abs=1e-15)


@given(
    asks=ladders(rising=True),
    bids=ladders(rising=False),
    fee=FEES,
    max_notional=st.integers(1, 2_000).map(float),
)
def test_the_cap_on_spending_moves_the_optimum_to_the_cap(oracle, asks, bids, fee, max_notional) -> None:
    size = find_best_size(asks, bids, buy_fee=fee, sell_fee=fee, max_notional=max_notional)

    best = oracle.best_size(asks, bids, (fee, fee), max_notional)
    assert size == pytest.approx(float(best), rel=1e-12, abs=1e-15)


@given(
    asks=ladders(rising=True),
    bids=ladders(rising=False),
    fees=st.tuples(FEES, FEES),
    lots=st.tuples(LOTS, LOTS),
    min_size=st.sampled_from([0.0, 0.1, 1.5]),
    sell_min_size=st.sampled_from([0.0, 0.0, 0.2]),
    min_cost=st.sampled_from([0.0, 5.0, 150.0]),
    max_size=st.sampled_from([None, 0.5, 2.0]),
    max_notional=st.sampled_from([10.0, 100.0, 333.0, 10_000.0]),
)
@settings(max_examples=300)
def test_the_accepted_size_equals_the_oracle_s(
    oracle, asks, bids, fees, lots, min_size, sell_min_size, min_cost, max_size, max_notional
) -> None:
    buy = list_market(fees[0], lots[0], min_size=min_size, max_size=max_size)
    sell = list_market(fees[1], lots[1], min_cost=min_cost, min_size=sell_min_size)

    sizing = size_pair(asks, bids, buy=buy, sell=sell, max_notional=max_notional)

    expected = oracle.net_bps(asks, bids, buy, sell, max_notional)
    assert (sizing is None) == (expected is None)
    if sizing is not None and expected is not None:
        assert sizing.size == pytest.approx(float(expected[0]), rel=1e-11)
        assert any(lots) is False or exact(sizing.size) == expected[0]
        assert_acceptable(sizing, asks, bids, max_notional)


def assert_acceptable(sizing: Sizing, asks: Book, bids: Book, max_notional: float) -> None:
    """The cap holds exactly, both legs add up to the size, and no level gives more than it has."""
    bought, sold = (order.levels for order in sizing.orders)
    assert sum(exact(price) * exact(size) for price, size in bought) <= exact(max_notional)
    for used, book in ((bought, asks), (sold, bids)):
        assert sum(size for _, size in used) == pytest.approx(sizing.size, rel=1e-12)
        assert [price for price, _ in used] == [price for price, _ in book[: len(used)]]
        assert all(taken <= held for (_, taken), (_, held) in zip(used, book, strict=False))
        assert used[:-1] == book[: len(used) - 1]


@given(asks=ladders(rising=True), bids=ladders(rising=False), fee=FEES)
def test_one_more_unit_at_the_optimum_loses_and_one_fewer_gave_up_money(oracle, asks, bids, fee) -> None:
    size = exact(find_best_size(asks, bids, buy_fee=fee, sell_fee=fee, max_notional=1e12))
    depth = min(sum(exact(held) for _, held in side) for side in (asks, bids))
    step = Fraction(1, 10**6)

    best = oracle.profit(asks, bids, min(size, depth), (fee, fee)) + FLOAT_DUST

    assert oracle.profit(asks, bids, min(size + step, depth), (fee, fee)) <= best
    assert oracle.profit(asks, bids, max(size - step, Fraction(0)), (fee, fee)) <= best


def test_the_marginal_unit_that_earns_exactly_nothing_is_left_in_the_book() -> None:
    """0.999 x 1.001 on both sides: floats may call the second level a gain, decimals call it zero."""
    asks, bids = ((99.9 * 0.99, 1.0), (99.9, 1.0)), ((100.1, 2.0),)

    assert find_best_size(asks, bids, buy_fee=0.001, sell_fee=0.001, max_notional=1e9) == 1.0


def test_a_book_that_ends_first_has_no_average_price() -> None:
    book = ((100.0, 1.0), (101.0, 1.0))

    assert fill(book, 2.000001) is None
    assert fill(book, 2.0) == book


def test_a_filled_level_is_written_as_the_decimal_it_is() -> None:
    assert fill(((100.0, 0.3), (101.0, 1.0)), 0.41) == ((100.0, 0.3), (101.0, 0.11))


def test_the_cap_is_reached_to_the_last_lot_when_it_divides() -> None:
    """Three units at 1.1 cost 3.3, and 3.3000000000000003 in floats."""
    sizing = size_pair(
        ((1.1, 1_000.0),),
        ((2.0, 1_000.0),),
        buy=list_market(0.0, 1.0),
        sell=list_market(0.0),
        max_notional=3.3,
    )

    assert sizing is not None
    assert sizing.size == 3.0


@pytest.mark.parametrize("limited", ["buy", "sell"])
@pytest.mark.parametrize("facts", [{"max_size": 1.5}, {"min_size": 5.0}, {"min_cost": 500.0}])
def test_either_venue_s_limits_bind(limited, facts) -> None:
    legs = {"buy": list_market(0.001), "sell": list_market(0.001), limited: list_market(0.001, **facts)}

    sizing = size_pair(((100.0, 4.0),), ((101.0, 4.0),), **legs, max_notional=1e9)

    assert (sizing and sizing.size) == facts.get("max_size")


def test_percent_best_is_not_chosen_over_money_best() -> None:
    """The first unit earns 89 bps and little money; the whole ladder earns less per unit and more in all."""
    asks = ((100.0, 1.0), (100.5, 20.0))
    bids = ((101.1, 1.0), (101.0, 20.0))

    assert find_best_size(asks, bids, buy_fee=0.001, sell_fee=0.001, max_notional=1e9) == 21.0

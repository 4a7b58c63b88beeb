"""Promise: a fee costs what it costs in whatever it is charged in, and no base is sold twice."""

from fractions import Fraction
from math import ceil

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kairos_tui.market import Fees, Leg, Opportunity, Thresholds

NO_LEVELS = Thresholds(max_age_ms=1_000, min_net_bps=0.0, close_net_bps=0.0, max_notional=1e9)
CHARGES = st.sampled_from(["quote", "base", "received", "token"])
TAKERS = st.sampled_from([0.0, 0.0005, 0.001, 0.0026])
LOTS = st.sampled_from([0.0, 0.00001, 0.001, 0.003])
SIZES = st.lists(st.integers(1, 5_000), min_size=1, max_size=6)


def exact(decimal: float) -> Fraction:
    return Fraction(repr(decimal))


def delivered(leg: Leg) -> Fraction:
    """Base that reaches the buyer."""
    whole = exact(leg.size)
    return whole * (1 - exact(leg.fees.taker)) if leg.fees.charged in ("base", "received") else whole


def taken(leg: Leg) -> Fraction:
    """Base that leaves the seller."""
    whole = exact(leg.size)
    return whole * (1 + exact(leg.fees.taker)) if leg.fees.charged == "base" else whole


def moved(leg: Leg) -> Fraction:
    return sum((exact(price) * exact(size) for price, size in leg.levels), Fraction(0))


def outlay(leg: Leg) -> Fraction:
    return (
        moved(leg) if leg.fees.charged in ("base", "received") else moved(leg) * (1 + exact(leg.fees.taker))
    )


def proceeds(leg: Leg) -> Fraction:
    return moved(leg) if leg.fees.charged == "base" else moved(leg) * (1 - exact(leg.fees.taker))


def break_even(ask: Fraction, buy: Fees, sell: Fees) -> Fraction:
    """The bid at which a unit comes back as exactly what it cost."""
    paid = 1 / (1 - exact(buy.taker)) if buy.charged in ("base", "received") else 1 + exact(buy.taker)
    kept = 1 / (1 + exact(sell.taker)) if sell.charged == "base" else 1 - exact(sell.taker)
    return ask * paid / kept


@settings(max_examples=150)
@given(
    charges=st.tuples(CHARGES, CHARGES),
    takers=st.tuples(TAKERS, TAKERS),
    cents=st.integers(1_000_000, 9_000_000),
    nudge=st.sampled_from([-1, 1]),
)
def test_a_billionth_around_break_even_flips_the_verdict(build_desk, charges, takers, cents, nudge) -> None:
    """Prices with twelve decimals, so that the nudge is a billionth and not a tick."""
    desk = build_desk(thresholds=NO_LEVELS)
    listed = [
        desk.list_market(venue, taker=taker, charged=charged, lot=0.0)
        for venue, taker, charged in zip(desk.venues, takers, charges, strict=True)
    ]
    ask = cents / 100
    even = break_even(exact(ask), listed[0].fees, listed[1].fees) * (1 + Fraction(nudge, 10**9))
    bid = (ceil if nudge > 0 else int)(even * 10**8) / 10**8
    desk.quote("alpha", ask * 0.999, ask, size=1.0)
    desk.quote("beta", bid, bid * 1.001, size=10.0)

    signals = desk.decide()

    assert bool(signals) == (nudge > 0)
    for signal in signals:
        assert proceeds(signal.opportunity.sell) > outlay(signal.opportunity.buy)


@pytest.mark.parametrize("charged", ["base", "received"])
def test_exactly_break_even_is_no_profit_though_floats_may_say_so(build_desk, charged) -> None:
    """0.999 delivered of 1, sold at 1000/999 of the price for a venue that charges nothing."""
    desk = build_desk(thresholds=NO_LEVELS)
    desk.list_market("alpha", charged=charged, lot=0.0)
    desk.list_market("beta", taker=0.0, lot=0.0)
    for thousands in range(1, 60):
        desk.quote("alpha", thousands * 998.0, thousands * 999.0, size=1.0)
        desk.quote("beta", thousands * 1_000.0, thousands * 1_001.0, size=10.0)
        assert desk.decide() == []


@settings(max_examples=150)
@given(
    charges=st.tuples(CHARGES, CHARGES),
    takers=st.tuples(TAKERS, TAKERS),
    lots=st.tuples(LOTS, LOTS),
    ask_sizes=SIZES,
    bid_sizes=SIZES,
    max_notional=st.sampled_from([100.0, 5_000.0, 1e9]),
)
def test_base_is_conserved_to_the_lot_and_every_figure_follows_from_the_legs(
    build_desk, charges, takers, lots, ask_sizes, bid_sizes, max_notional
) -> None:
    desk = build_desk(thresholds=Thresholds(max_age_ms=1_000, max_notional=max_notional))
    for venue, taker, charged, lot in zip(desk.venues, takers, charges, lots, strict=True):
        desk.list_market(venue, taker=taker, charged=charged, lot=lot)
    desk.tick("alpha", [(59_999.0, 1.0)], ladder(60_000.0, 7.5, ask_sizes))
    desk.tick("beta", ladder(60_500.0, -9.25, bid_sizes), [(60_501.0, 1.0)])

    for signal in desk.decide():
        assert_conserves_base(signal.opportunity, lots)
        assert_adds_up(signal.opportunity)
        assert signal.opportunity.notional <= max_notional


def ladder(first: float, step: float, sizes: list[int]) -> list[tuple[float, float]]:
    return [(first + step * level, size / 10_000) for level, size in enumerate(sizes)]


def assert_conserves_base(priced: Opportunity, lots: tuple[float, float]) -> None:
    rest = delivered(priced.buy) - taken(priced.sell)
    dust = exact(priced.size) / 10**12

    assert rest >= (0 if any(lots) else -dust)
    assert priced.residue == pytest.approx(float(rest), abs=float(dust))
    assert rest <= exact(lots[0]) + dust, "what is bought beyond the sale is less than one lot"
    for leg, lot in zip((priced.buy, priced.sell), lots, strict=True):
        assert lot == 0.0 or exact(leg.size) % exact(lot) == 0
        assert sum(size for _, size in leg.levels) == pytest.approx(leg.size, rel=1e-12)


def assert_adds_up(priced: Opportunity) -> None:
    net_bps = (proceeds(priced.sell) / outlay(priced.buy) - 1) * 10_000

    assert priced.size == priced.buy.size
    assert priced.outlay == pytest.approx(float(outlay(priced.buy)), rel=1e-12)
    assert priced.profit == pytest.approx(
        float(proceeds(priced.sell) - outlay(priced.buy)), rel=1e-9, abs=1e-7
    )
    assert priced.net_bps == pytest.approx(float(net_bps), rel=1e-9, abs=1e-7)
    assert priced.fees_bps == pytest.approx(priced.gross_bps - priced.net_bps, abs=1e-9)
    assert priced.net_top_bps >= priced.net_bps - 1e-6


def test_a_buy_charged_in_base_sells_only_what_arrived(build_desk) -> None:
    """0.1 bought delivers 0.0999, of which whole thousandths are 0.099; 0.1 is the least that brings it."""
    desk = build_desk()
    desk.list_market("alpha", charged="received", lot=0.001)
    desk.list_market("beta", charged="received", lot=0.001)
    desk.quote("alpha", 59_999.0, 60_000.0, size=0.1)
    desk.quote("beta", 61_000.0, 61_001.0, size=0.1)

    (signal,) = desk.decide()

    assert (signal.opportunity.buy.size, signal.opportunity.sell.size) == (0.1, 0.099)
    assert signal.opportunity.residue == pytest.approx(0.0009, abs=1e-15)
    assert signal.opportunity.outlay == pytest.approx(6_000.0)


def test_a_sale_charged_in_base_gives_a_little_more_than_it_sells(build_desk) -> None:
    desk = build_desk()
    desk.list_market("beta", charged="base", lot=0.0)
    desk.quote("alpha", 59_999.0, 60_000.0, size=0.1001)
    desk.quote("beta", 61_000.0, 61_001.0, size=10.0)

    (signal,) = desk.decide()

    assert signal.opportunity.buy.size == 0.1001
    assert signal.opportunity.sell.size == pytest.approx(0.1)


def test_a_fee_that_is_charged_in_something_else_is_another_fee(build_desk) -> None:
    desk = build_desk()
    desk.edge(20.0)
    desk.list_market("alpha", charged="received")

    closed, opened = desk.decide()

    assert (closed.reason, opened.event) == ("fee_change", "open")
    assert opened.opportunity.buy.fees.charged == "received"

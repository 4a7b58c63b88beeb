"""Promise: everything a signal says can be recomputed by hand from the levels on its legs."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kairos_tui.market import Leg, Opportunity, Thresholds

SIZES = st.lists(st.integers(1, 5_000), min_size=1, max_size=6)


def exact(decimal: float) -> Fraction:
    return Fraction(repr(decimal))


def moved(leg: Leg) -> Fraction:
    return sum((exact(price) * exact(size) for price, size in leg.levels), Fraction(0))


@settings(max_examples=100)
@given(
    ask_sizes=SIZES,
    bid_sizes=SIZES,
    takers=st.tuples(st.sampled_from([0.0, 0.001, 0.0026]), st.sampled_from([0.0005, 0.0016])),
    max_notional=st.sampled_from([100.0, 5_000.0, 1e9]),
)
def test_every_figure_follows_from_the_legs(build_desk, ask_sizes, bid_sizes, takers, max_notional) -> None:
    desk = build_desk(thresholds=Thresholds(max_age_ms=1_000, max_notional=max_notional))
    for venue, taker in zip(desk.venues, takers, strict=True):
        desk.list_market(venue, taker=taker, lot=0.001)
    desk.tick("alpha", [(59_999.0, 1.0)], ladder(60_000.0, 7.5, ask_sizes), proof="checksum")
    desk.wait(3)
    desk.tick("beta", ladder(60_400.0, -9.25, bid_sizes), [(60_401.0, 1.0)])
    desk.wait(1)

    for signal in desk.decide():
        assert_adds_up(signal.opportunity)
        assert signal.opportunity.notional <= max_notional
        assert (signal.opportunity.buy.fees.taker, signal.opportunity.sell.fees.taker) == takers
        assert (signal.opportunity.buy.age_ns, signal.opportunity.sell.age_ns) == (4_000_000, 1_000_000)
        assert signal.opportunity.asynchrony_ns == 3_000_000
        assert signal.opportunity.buy.proof == "checksum"


def ladder(first: float, step: float, sizes: list[int]) -> list[tuple[float, float]]:
    return [(first + step * level, size / 10_000) for level, size in enumerate(sizes)]


def assert_adds_up(priced: Opportunity) -> None:
    buy, sell = priced.buy, priced.sell
    outlay = moved(buy) * (1 + exact(buy.fees.taker))
    proceeds = moved(sell) * (1 - exact(sell.fees.taker))
    gross_bps = (moved(sell) / moved(buy) - 1) * 10_000
    net_bps = (proceeds / outlay - 1) * 10_000
    top = sell.price * (1 - sell.fees.taker) / (buy.price * (1 + buy.fees.taker)) - 1

    assert [sum(size for _, size in leg.levels) for leg in (buy, sell)] == [
        pytest.approx(priced.size, rel=1e-12)
    ] * 2
    assert buy.vwap == pytest.approx(float(moved(buy) / exact(priced.size)), rel=1e-12)
    assert sell.vwap == pytest.approx(float(moved(sell) / exact(priced.size)), rel=1e-12)
    assert (buy.price, sell.price) == (buy.levels[0][0], sell.levels[0][0])
    assert priced.notional == pytest.approx(float(moved(buy)), rel=1e-12)
    assert priced.outlay == pytest.approx(float(outlay), rel=1e-12)
    assert priced.profit == pytest.approx(float(proceeds - outlay), rel=1e-9, abs=1e-7)
    assert priced.gross_bps == pytest.approx(float(gross_bps), rel=1e-9, abs=1e-7)
    assert priced.net_bps == pytest.approx(float(net_bps), rel=1e-9, abs=1e-7)
    assert priced.fees_bps == pytest.approx(float(gross_bps - net_bps), rel=1e-9, abs=1e-7)
    assert priced.net_top_bps == pytest.approx(top * 10_000, rel=1e-9, abs=1e-7)
    assert priced.net_top_bps >= priced.net_bps - 1e-9


def test_an_opportunity_names_what_it_is(desk) -> None:
    (signal,) = desk.edge(20.0)
    priced = signal.opportunity

    assert (priced.kind, priced.mode, priced.asset, priced.quote) == ("cross", "inventory", "BTC", "USDT")
    assert priced.route.key == "cross|BTC|buy:alpha:BTC/USDT|sell:beta:BTC/USDT|inventory"
    assert [(leg.venue, leg.symbol, leg.side) for leg in (priced.buy, priced.sell)] == [
        ("alpha", "BTC/USDT", "buy"),
        ("beta", "BTC/USDT", "sell"),
    ]

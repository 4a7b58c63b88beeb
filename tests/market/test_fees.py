"""Promise: fees compound. Break-even edges are the golden table's, not the sum of two percentages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kairos_tui.market import Fees


def fees_of(taker_bps: float) -> Fees:
    return Fees(taker_bps / 10_000, "config", 0)


def net_bps(buy: Fees, sell: Fees, gross_bps: float) -> float:
    price = 100.0
    proceeds = sell.proceeds_of_sale(price * (1 + gross_bps / 10_000))
    return (proceeds / buy.cost_to_buy(price) - 1) * 10_000


@pytest.mark.parametrize(
    ("buy_bps", "sell_bps", "break_even_bps"),
    [(10, 10, 20.02), (26, 60, 86.52), (0, 0, 0.0), (60, 26, 86.225), (7.5, 16, 23.538)],
)
def test_break_even_gross_is_the_golden_one(buy_bps: float, sell_bps: float, break_even_bps: float) -> None:
    buy, sell = fees_of(buy_bps), fees_of(sell_bps)

    assert (buy.cost_to_buy(1.0) / sell.proceeds_of_sale(1.0) - 1) * 10_000 == pytest.approx(
        break_even_bps, abs=5e-3
    )
    assert net_bps(buy, sell, break_even_bps) == pytest.approx(0.0, abs=5e-3)


def test_thirty_gross_less_ten_and_ten_is_not_ten() -> None:
    assert net_bps(fees_of(10), fees_of(10), 30.0) == pytest.approx(9.960, abs=5e-4)


@given(
    buy_bps=st.floats(0, 200),
    sell_bps=st.floats(0, 200),
    gross_bps=st.floats(-500, 500),
)
def test_the_exact_net_differs_from_adding_by_products_of_percentages_only(
    buy_bps: float, sell_bps: float, gross_bps: float
) -> None:
    net = net_bps(fees_of(buy_bps), fees_of(sell_bps), gross_bps)
    added = gross_bps - buy_bps - sell_bps
    second_order = (abs(gross_bps) + buy_bps + sell_bps) ** 2 / 10_000

    assert abs(net - added) <= second_order + 1e-6

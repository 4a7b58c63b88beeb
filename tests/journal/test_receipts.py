"""Receipts: what a signal's levels come to, computed by hand in decimals, and what was published beside it.

Promise: every figure of every signal that the engine makes agrees; not one that was tampered with does."""

import json
from collections import Counter
from decimal import Decimal
from typing import Any

import pytest
from tests.journal.made_market import line_of, signals_of

from kairos_tui.errors import LinesRefused
from kairos_tui.journal.receipts.receipt import Receipt, receipt_of
from kairos_tui.journal.receipts.stated import read_stated


def receipt(line: bytes) -> Receipt:
    return receipt_of(read_stated(line, "here"))


@pytest.mark.parametrize("seed", range(3))
def test_the_receipts_of_a_made_up_market_all_agree(seed: int) -> None:
    seen: Counter[str] = Counter()
    for signal in signals_of(seed, 800):
        made = receipt(line_of(signal))
        assert made.differing == ()
        seen[f"{made.kind} {made.mode}"] += 1
        seen[made.event] += 1
        seen["several levels"] += any(len(leg.rows) > 1 for leg in made.legs)
        seen["residue"] += made.residue > 0

    assert len(seen) == 8  # cross, convert in both modes, three events, and the last two
    assert min(seen.values()) > 5


LEG = {"age_us": 7, "proof": "sequence", "fee_source": "market"}
BUY: dict[str, Any] = LEG | {
    "venue": "alpha", "symbol": "BTC/USDT", "side": "buy", "price": 60_000.0, "vwap": 60_006.25,
    "fee_bps": 10.0, "fee_charged": "quote", "size": 0.04, "lot": 0.001,
    "levels": [[60_000.0, 0.015], [60_010.0, 0.025]],
}  # fmt: skip
SELL: dict[str, Any] = LEG | {
    "venue": "beta", "symbol": "BTC/USDT", "side": "sell", "price": 60_200.5, "vwap": 60_200.5,
    "fee_bps": 16.0, "fee_charged": "quote", "size": 0.04, "levels": [[60_200.5, 0.04]],
}  # fmt: skip


def line(buy: dict[str, Any] = BUY, sell: dict[str, Any] = SELL, **other: Any) -> bytes:
    """By hand: 2,400.25 paid, 2.40025 of fee; 2,408.02 got, 3.852832 of fee."""
    fields = {
        "type": "signal", "v": 1, "run": "k7f3", "seq": 9, "id": "k7f3-9", "event": "open", "feed": "live",
        "ts": "2026-11-22T10:12:31.123456Z", "ts_us": 1795342351123456, "kind": "cross", "mode": "inventory",
        "asset": "BTC", "quote": "USDT", "size": 0.04, "notional": 2_400.25, "profit": 1.516918,
        "gross_bps": 32.37162795542131, "fees_bps": 26.058108124559536,
        "net_bps": 6.313519830861774, "net_top_bps": 7.355844155844156,
        "haircut_bps": 2.0, "residue": 0.0, "legs": [buy, sell],
    }  # fmt: skip
    for side, leg in (("buy", buy), ("sell", sell)):
        fields |= {f"{side}_{name}": leg[name] for name in ("venue", "symbol", "price", "vwap", "fee_bps")}
    return json.dumps(fields | other).encode()


def test_a_purchase_and_a_sale_by_hand() -> None:
    made = receipt(line())

    buy, sell = made.legs
    assert [row.amount for row in buy.rows] == [Decimal(900), Decimal("1500.25")]
    assert (buy.amount, buy.vwap, buy.fee) == (Decimal("2400.25"), Decimal("60006.25"), Decimal("2.40025"))
    assert (buy.takes, buy.takes_asset) == (Decimal("2402.65025"), "USDT")
    assert (buy.gives, buy.gives_asset) == (Decimal("0.04"), "BTC")
    assert (sell.fee, sell.fee_asset, sell.gives) == (Decimal("3.852832"), "USDT", Decimal("2404.167168"))
    assert (made.outlay, made.proceeds) == (Decimal("2402.65025"), Decimal("2404.167168"))
    assert made.profit == Decimal("1.516918")
    assert made.differing == ()


def test_a_fee_in_what_is_received_leaves_less_to_sell() -> None:
    buy = BUY | {"fee_charged": "received"}
    sell = SELL | {"size": 0.0399, "levels": [[60_200.5, 0.0399]], "lot": 0.0001}

    made = receipt(line(buy, sell))

    assert (made.legs[0].takes, made.legs[0].gives) == (Decimal("2400.25"), Decimal("0.03996"))
    assert (made.legs[0].fee, made.legs[0].fee_asset) == (Decimal("0.00004"), "BTC")
    assert made.residue == made.legs[0].left == Decimal("0.00006")
    assert {check.figure for check in made.differing} >= {"residue", "profit", "net_bps"}


def test_a_fee_in_base_takes_more_than_is_sold() -> None:
    sell = SELL | {"fee_charged": "base", "size": 0.03, "levels": [[60_200.5, 0.03]]}

    sold = receipt(line(BUY, sell)).legs[1]

    assert (sold.takes, sold.takes_asset) == (Decimal("0.030048"), "BTC")
    assert (sold.gives, sold.fee_asset) == (Decimal("1806.015"), "BTC")


CONVERT: dict[str, Any] = LEG | {
    "venue": "gamma", "symbol": "USDT/USD", "side": "sell", "price": 0.999, "vwap": 0.999, "fee_bps": 0.5,
    "fee_charged": "quote", "size": 2_404.1, "levels": [[0.999, 2_404.1]], "lot": 0.1,
}  # fmt: skip


def test_proceeds_that_are_converted_now() -> None:
    buy = BUY | {"symbol": "BTC/USD"}

    made = receipt(line(buy, SELL, legs=[buy, SELL, CONVERT], kind="convert", mode="closed", quote="USD"))

    assert made.legs[1].left == Decimal("0.067168")
    assert made.proceeds == Decimal("2404.1") * Decimal("0.999") * Decimal("0.99995")
    assert made.mark_rate is None


def test_proceeds_that_stay_are_marked_less_the_haircut() -> None:
    buy = BUY | {"symbol": "BTC/USD"}
    mark = CONVERT | {"levels": [], "size": 0.0}

    made = receipt(line(buy, SELL, legs=[buy, SELL, mark], kind="convert", mode="inventory", quote="USD"))

    assert made.mark_rate == Decimal("0.999") * Decimal("0.9998")
    assert made.proceeds == Decimal("2404.167168") * Decimal("0.999") * Decimal("0.9998")
    assert made.legs[2].rows == ()


@pytest.mark.parametrize(
    ("figure", "published"),
    [
        ("profit", 1.516928),
        ("net_bps", 6.31365),
        ("gross_bps", 32.37163),
        ("fees_bps", 26.0582),
        ("net_top_bps", 7.35585),
        ("notional", 2_400.26),
        ("size", 0.0400001),
        ("residue", 0.00001),
        ("buy_vwap", 60_006.26),
        ("sell_venue", "gamma"),
    ],
)
def test_a_figure_that_was_tampered_with_differs(figure: str, published: Any) -> None:
    assert [check.figure for check in receipt(line(**{figure: published})).differing] == [figure]


@pytest.mark.parametrize(
    ("legs", "figure"),
    [
        ([BUY, SELL | {"size": 0.05, "levels": [[60_200.5, 0.05]]}], "leg 2 spends"),
        ([BUY, SELL, CONVERT | {"size": 2_404.2, "levels": [[0.999, 2_404.2]]}], "leg 3 spends"),
    ],
    ids=["sold more than bought", "converted more than got"],
)
def test_a_leg_that_spends_what_nobody_has_differs_also_where_every_sum_is_right(
    legs: list[dict[str, Any]], figure: str
) -> None:
    mode = "closed" if len(legs) > 2 else "inventory"
    made = receipt(line(legs=legs, mode=mode))
    names = ("profit", "net_bps", "gross_bps", "fees_bps", "net_top_bps", "notional", "residue")
    sums: dict[str, Any] = {name: float(getattr(made, name)) for name in names}

    assert [check.figure for check in receipt(line(legs=legs, mode=mode, **sums)).differing] == [figure]


def test_levels_out_of_order_and_sizes_out_of_lots_differ() -> None:
    swapped = BUY | {"levels": BUY["levels"][::-1]}
    off_lot = BUY | {"lot": 0.003}

    assert "leg 1 levels" in {check.figure for check in receipt(line(swapped)).differing}
    assert [check.figure for check in receipt(line(off_lot)).differing] == ["leg 1 in lots"]
    # A close keeps the size of before, also where the venue has changed its lots since.
    assert receipt(line(off_lot, event="close")).differing == ()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (line(legs=[BUY]), "its legs are not a buy, a sale"),
        (line(legs=[SELL, BUY]), "its legs are not a buy, a sale"),
        (line(BUY | {"levels": []}), "leg 1 has no levels"),
        (line(BUY | {"levels": [[0.0, 1.0]]}), "leg 1 has a price or a size that cannot be true"),
        (line(BUY | {"levels": [["NaN", 1.0]]}), "leg 1 has a price or a size that cannot be true"),
        (line(BUY, SELL | {"fee_bps": 10_000.0}), "leg 2 has a fee that cannot be true"),
        (line(profit="Infinity"), "a figure is out of all range"),
        (line().replace(b'"profit": 1.516918', b'"profit": 1e999999'), "a figure is out of all range"),
        (line(BUY | {"levels": [[1.0, 1.0]] * 10_001}), "leg 1 has more than 10,000 levels"),
        (line(profit=[]), "cannot be read"),
        (b'{"type":"signal"', "cannot be read"),
    ],
    ids=str,
)
def test_a_line_that_nothing_can_be_computed_from_is_refused(wrong: bytes, said: str) -> None:
    with pytest.raises(LinesRefused, match=r"^here: its line cannot be") as refusal:
        receipt(wrong)
    assert said in str(refusal.value)

"""Checks: every figure a signal published beside what its levels come to, and whether they agree.

Before it: leg_receipt. After it: receipt. Published figures are floats: they agree when no more than the
dust of floats lies between, which is far below a cent, a lot, and a hundredth of a basis point.
"""

from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

from msgspec import Struct

from kairos_tui.journal.receipts.leg_receipt import LegReceipt
from kairos_tui.journal.receipts.stated import StatedLeg, StatedSignal, flat_fields

MONEY_SHARE = Decimal("1e-11")
"""Of the outlay: a tenth of a millionth of a cent on 10,000."""
SHARE = Decimal("1e-12")
"""Of a price, a size or an amount."""
BPS = Decimal("1e-7")


class Check(Struct, frozen=True):
    """One figure. `off` is published minus recomputed; null where it is a word."""

    figure: str
    published: Decimal | str
    recomputed: Decimal | str
    off: Decimal | None
    agrees: bool


def check_figures(
    stated: StatedSignal, legs: tuple[LegReceipt, ...], figures: dict[str, Decimal]
) -> tuple[Check, ...]:
    """In the order in which they are read: the result first."""
    outlay = figures["outlay"]
    return (
        _near("profit", stated.profit, figures["profit"], within=outlay * MONEY_SHARE),
        *(_near(name, getattr(stated, name), figures[name], within=BPS) for name in _RATES),
        _near("notional", stated.notional, figures["notional"], within=outlay * MONEY_SHARE),
        _near("residue", stated.residue, figures["residue"], within=legs[0].gives * MONEY_SHARE),
        _near("size", stated.size, legs[0].size, within=legs[0].size * SHARE),
        *(each for told, leg in zip(stated.legs, legs, strict=True) for each in _check_leg(told, leg)),
        *(
            _check_lot(told, leg)
            for told, leg in zip(stated.legs, legs, strict=True)
            if _has_lot(stated, leg)
        ),
        *(_check_passed_on(before, after) for before, after in pairwise(legs) if after.is_traded),
        *(_same(name, beside, on_leg) for name, beside, on_leg in flat_fields(stated)),
    )


_RATES = ("net_bps", "gross_bps", "fees_bps", "net_top_bps")


def _check_leg(told: StatedLeg, leg: LegReceipt) -> Iterator[Check]:
    name = f"leg {leg.number}"
    yield _near(f"{name} vwap", told.vwap, leg.vwap, within=leg.vwap * SHARE)
    if not leg.is_traded:
        return
    yield _near(f"{name} price", told.price, leg.rows[0].price, within=Decimal(0))
    yield _near(f"{name} size", told.size, leg.size, within=leg.size * SHARE)
    prices = [row.price for row in leg.rows]
    best_first = sorted(prices, reverse=leg.side == "sell")
    yield _same(f"{name} levels", "best first" if prices == best_first else "in disorder", "best first")


def _check_passed_on(before: LegReceipt, after: LegReceipt) -> Check:
    """A leg spends no more than the one before it gives: else the profit counts what nobody has."""
    within = before.gives * SHARE
    return _near(f"leg {after.number} spends", after.takes, min(after.takes, before.gives), within=within)


def _has_lot(stated: StatedSignal, leg: LegReceipt) -> bool:
    """A close keeps the size of before, also where the venue has changed its lots since."""
    return leg.is_traded and bool(leg.lot) and stated.event != "close"


def _check_lot(told: StatedLeg, leg: LegReceipt) -> Check:
    assert leg.lot
    whole = (told.size / leg.lot).to_integral_value() * leg.lot
    return _near(f"leg {leg.number} in lots", told.size, whole, within=leg.size * SHARE)


def _near(figure: str, published: Decimal, recomputed: Decimal, *, within: Decimal) -> Check:
    off = published - recomputed
    return Check(figure, published, recomputed, off, abs(off) <= within)


def _same(figure: str, published: object, recomputed: object) -> Check:
    """Two words, or a number that stands there twice."""
    agrees = published == recomputed
    if isinstance(published, Decimal) and isinstance(recomputed, Decimal):
        return Check(figure, published, recomputed, published - recomputed, agrees)
    return Check(figure, str(published), str(recomputed), None, agrees)

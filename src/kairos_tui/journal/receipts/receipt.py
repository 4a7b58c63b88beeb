"""Receipt: what a signal's stored levels come to, leg by leg, in decimals; each published figure beside it.

Written from market-math sections 1 to 4 alone; it shares no arithmetic with the engine. Before it: stated.
After it: receipt_text, and `kairos explain --json`.
"""

from decimal import Decimal, localcontext
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from kairos_tui.journal.receipts.checks import Check, check_figures
from kairos_tui.journal.receipts.leg_receipt import LegReceipt, leg_receipt, top_rate
from kairos_tui.journal.receipts.stated import StatedSignal

DIGITS = 60
"""Of every intermediate result; sums and products of what venues write are exact in them."""
_BPS = Decimal(10_000)


class Receipt(Struct, frozen=True, kw_only=True):
    """One signal computed again. Money is in `quote`; what a leg could not pass on counts as nothing."""

    id: str
    event: str
    run: str
    feed: str
    ts: str
    kind: str
    mode: str
    asset: str
    quote: str
    reason: str | None
    duration_us: int
    legs: tuple[LegReceipt, ...]
    mark_rate: Decimal | None
    haircut_bps: Decimal
    outlay: Decimal
    proceeds: Decimal
    profit: Decimal
    net_bps: Decimal
    gross_bps: Decimal
    fees_bps: Decimal
    net_top_bps: Decimal
    notional: Decimal
    residue: Decimal
    checks: tuple[Check, ...]

    @property
    def differing(self) -> tuple[Check, ...]:
        """The figures that were published otherwise."""
        return tuple(check for check in self.checks if not check.agrees)

    @property
    def in_short(self) -> "Receipt":
        """Its results and what differs, without the walk that led there."""
        return replace(self, legs=(), checks=self.differing)


def receipt_of(stated: StatedSignal) -> Receipt:
    """Everything recomputed from the levels, fees and mids that the line states."""
    with localcontext(prec=DIGITS):
        return _receipt(stated)


def _receipt(stated: StatedSignal) -> Receipt:
    traded = stated.legs[:2] if stated.is_parked else stated.legs
    legs = [leg_receipt(leg, number, is_traded=True) for number, leg in enumerate(traded, 1)]
    marks = [
        leg_receipt(leg, len(legs) + number, is_traded=False)
        for number, leg in enumerate(stated.legs[len(legs) :], 1)
    ]
    mark_rate = _mark_rate(stated) if stated.is_parked else None
    buy, sale, last = legs[0], legs[1], legs[-1]
    outlay = buy.takes
    proceeds = last.gives if mark_rate is None else sale.gives * mark_rate
    net = proceeds / outlay - 1
    gross = sale.vwap * _mid_rate(legs[2:] + marks) / buy.vwap - 1
    figures = {
        "notional": buy.amount,
        "outlay": outlay,
        "proceeds": proceeds,
        "profit": proceeds - outlay,
        "net_bps": net * _BPS,
        "gross_bps": gross * _BPS,
        "fees_bps": (gross - net) * _BPS,
        "net_top_bps": (_top(stated, mark_rate) - 1) * _BPS,
        "residue": _left(buy, sale),
    }
    passed = _pass_on([*legs, *marks])
    told: dict[str, Any] = {name: getattr(stated, name) for name in _TOLD}
    return Receipt(
        **told | figures,
        legs=passed,
        mark_rate=mark_rate,
        checks=check_figures(stated, passed, figures),
    )


_TOLD = (
    "id", "event", "run", "feed", "ts", "kind", "mode", "asset", "quote", "reason", "duration_us",
    "haircut_bps",
)  # fmt: skip


def _mark_rate(stated: StatedSignal) -> Decimal:
    """The route's quote per unit of the sale's: each mid in turn, less the haircut. Section 4."""
    rate = 1 - stated.haircut_bps / _BPS
    for leg in stated.legs[2:]:
        rate = rate / leg.price if leg.side == "buy" else rate * leg.price
    return rate


def _mid_rate(conversions: list[LegReceipt]) -> Decimal:
    """The same at what was paid, before any fee and haircut."""
    rate = Decimal(1)
    for leg in conversions:
        rate = rate / leg.vwap if leg.side == "buy" else rate * leg.vwap
    return rate


def _top(stated: StatedSignal, mark_rate: Decimal | None) -> Decimal:
    """What one unit of the quote comes back as at every first level, all fees compounded."""
    rate = Decimal(1) if mark_rate is None else mark_rate
    for leg in stated.legs if mark_rate is None else stated.legs[:2]:
        rate *= top_rate(leg)
    return rate


def _left(before: LegReceipt, after: LegReceipt) -> Decimal:
    """What one leg gives and the next does not take: it is smaller than a lot, or than the dust of floats."""
    left = before.gives - after.takes
    return left if abs(left) > before.gives * Decimal("1e-12") else Decimal(0)


def _pass_on(legs: list[LegReceipt]) -> tuple[LegReceipt, ...]:
    """Each leg with what is left of it, once the next has taken its part."""
    followed = []
    for leg, after in zip(legs, [*legs[1:], None], strict=True):
        left = _left(leg, after) if after is not None and after.is_traded else Decimal(0)
        followed.append(leg.leaving(left))
    return tuple(followed)

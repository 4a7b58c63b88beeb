"""Leg receipt: one leg's walk through its levels, its fee, what it takes and what it gives.

Before it: stated. After it: receipt. Market-math sections 1 and 2.
"""

from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from kairos_tui.journal.receipts.stated import StatedLeg
from kairos_tui.market import Side

_BPS = Decimal(10_000)


class Row(Struct, frozen=True):
    """One level: what was taken there, and price x size."""

    price: Decimal
    size: Decimal
    amount: Decimal


class LegReceipt(Struct, frozen=True, kw_only=True):
    """What one leg comes to. `is_traded` false: it only values what is parked, at its price.

    `takes` and `gives` hold the fee, which is charged in `fee_asset`; `left`: given and taken by no one.
    """

    number: int
    venue: str
    symbol: str
    side: Side
    is_traded: bool
    rows: tuple[Row, ...]
    size: Decimal
    amount: Decimal
    vwap: Decimal
    fee_bps: Decimal
    fee_source: str
    fee_charged: str
    fee: Decimal
    fee_asset: str
    takes: Decimal
    takes_asset: str
    gives: Decimal
    gives_asset: str
    age_us: int
    proof: str
    lot: Decimal | None
    left: Decimal = Decimal(0)

    def leaving(self, left: Decimal) -> "LegReceipt":
        """The same, when so much of what it gives goes nowhere."""
        return replace(self, left=left)


def leg_receipt(leg: StatedLeg, number: int, *, is_traded: bool) -> LegReceipt:
    """The leg walked again. A mark has no levels: its price is all there is."""
    rows = tuple(Row(price, size, price * size) for price, size in leg.levels)
    size, amount = sum((row.size for row in rows), Decimal(0)), sum((row.amount for row in rows), Decimal(0))
    fee, takes, gives = _flow(leg, size, amount)
    paid, got = (leg.quote, leg.base) if leg.side == "buy" else (leg.base, leg.quote)
    return LegReceipt(
        **{name: getattr(leg, name) for name in _STATED},
        number=number,
        is_traded=is_traded,
        rows=rows,
        size=size,
        amount=amount,
        vwap=amount / size if size else leg.price,
        fee=fee,
        fee_asset=leg.base if _is_in_base(leg) else leg.quote,
        takes=takes,
        takes_asset=paid,
        gives=gives,
        gives_asset=got,
    )


_STATED = ("venue", "symbol", "side", "fee_bps", "fee_source", "fee_charged", "age_us", "proof", "lot")


def top_rate(leg: StatedLeg) -> Decimal:
    """What one unit that the leg takes becomes at its first level."""
    _, takes, gives = _flow(leg, Decimal(1), leg.price)
    return gives / takes


def _is_in_base(leg: StatedLeg) -> bool:
    return leg.fee_charged == "base" or (leg.fee_charged == "received" and leg.side == "buy")


def _flow(leg: StatedLeg, size: Decimal, amount: Decimal) -> tuple[Decimal, Decimal, Decimal]:
    """(fee, what is taken, what is given) of an order of `size` that moves `amount` of the quote.

    A fee in quote makes a purchase dearer and a sale poorer; one in base delivers less of what was bought,
    and takes more of what is sold. One in a token of the venue's is valued as if it were in quote.
    """
    share = leg.fee_bps / _BPS
    fee = (size if _is_in_base(leg) else amount) * share
    if leg.side == "buy":
        return (fee, amount, size - fee) if _is_in_base(leg) else (fee, amount + fee, size)
    return (fee, size + fee, amount) if _is_in_base(leg) else (fee, size, amount - fee)

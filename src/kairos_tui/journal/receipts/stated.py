"""Stated: a signal line as it was written, every number the decimal that stands there, none a float.

Before it: line_source. After it: receipt, which computes it all again.
"""

from decimal import Decimal
from typing import Any

import msgspec
from msgspec import Struct

from kairos_tui.errors import LinesRefused
from kairos_tui.market import FeeCharged, Side

_MOST_POWER = 30
"""Of ten, either way: beyond it no price, size or amount is true."""
_MOST_LEVELS = 10_000
_FLAT = ("symbol", "price", "vwap", "fee_bps")


class StatedLeg(Struct, frozen=True):
    """One leg. `levels` are [price, size taken there]; none where the proceeds are marked and not traded."""

    venue: str
    symbol: str
    side: Side
    price: Decimal
    vwap: Decimal
    fee_bps: Decimal
    levels: tuple[tuple[Decimal, Decimal], ...]
    size: Decimal = Decimal(0)
    fee_source: str = ""
    fee_charged: FeeCharged = "quote"
    age_us: int = 0
    proof: str = ""
    lot: Decimal | None = None

    @property
    def base(self) -> str:
        """What is bought or sold."""
        return self.symbol.partition("/")[0]

    @property
    def quote(self) -> str:
        """What is paid or received."""
        return self.symbol.partition("/")[2].partition(":")[0]


class StatedSignal(Struct, frozen=True, tag_field="type", tag="signal"):
    """What one signal line says. Fields that explain nothing are left out."""

    v: int
    run: str
    ts: str
    ts_us: int
    feed: str
    id: str
    event: str
    kind: str
    asset: str
    quote: str
    mode: str
    buy_venue: str
    buy_symbol: str
    buy_price: Decimal
    buy_vwap: Decimal
    buy_fee_bps: Decimal
    sell_venue: str
    sell_symbol: str
    sell_price: Decimal
    sell_vwap: Decimal
    sell_fee_bps: Decimal
    size: Decimal
    notional: Decimal
    profit: Decimal
    gross_bps: Decimal
    fees_bps: Decimal
    net_bps: Decimal
    net_top_bps: Decimal
    legs: tuple[StatedLeg, ...]
    haircut_bps: Decimal = Decimal(0)
    residue: Decimal = Decimal(0)
    peak_net_bps: Decimal | None = None
    duration_us: int = 0
    reason: str | None = None

    @property
    def is_parked(self) -> bool:
        """The proceeds stay in another quote, valued at a mid."""
        return self.mode == "inventory" and len(self.legs) > 2


_decoder = msgspec.json.Decoder(StatedSignal)


def read_stated(line: bytes, where: str) -> StatedSignal:
    """The signal of one line. Raises LinesRefused, naming `where`, for what nothing can be computed from."""
    try:
        stated = _decoder.decode(line)
    except (msgspec.MsgspecError, ValueError, ArithmeticError, RecursionError) as error:
        raise LinesRefused(f"{where}: its line cannot be read: {error}") from error
    wrong = _wrong_with(stated)
    if wrong:
        raise LinesRefused(f"{where}: its line cannot be computed from: {wrong}")
    return stated


def _wrong_with(stated: StatedSignal) -> str | None:
    sides = [leg.side for leg in stated.legs[:2]]
    if sides != ["buy", "sell"]:
        return "its legs are not a buy, a sale and what converts the proceeds"
    for number, leg in enumerate(stated.legs, 1):
        wrong = _wrong_with_leg(leg, is_traded=number <= 2 or not stated.is_parked)
        if wrong:
            return f"leg {number} {wrong}"
    return None if all(map(_is_figure, _numbers(stated))) else "a figure is out of all range"


def _wrong_with_leg(leg: StatedLeg, *, is_traded: bool) -> str | None:
    if is_traded and not leg.levels:
        return "has no levels"
    if len(leg.levels) > _MOST_LEVELS:
        return f"has more than {_MOST_LEVELS:,} levels"
    above_zero = [leg.price, leg.vwap, *(number for level in leg.levels for number in level)]
    numbers = [*_numbers(leg), *above_zero]
    if not all(map(_is_figure, numbers)) or not all(number > 0 for number in above_zero):
        return "has a price or a size that cannot be true"
    return None if abs(leg.fee_bps) < 10_000 else "has a fee that cannot be true"


def _numbers(told: Struct) -> list[Any]:
    values = [getattr(told, name) for name in told.__struct_fields__]
    return [value for value in values if isinstance(value, Decimal)]


def _is_figure(number: Decimal) -> bool:
    return number.is_finite() and (not number or -_MOST_POWER <= number.adjusted() <= _MOST_POWER)


def flat_fields(stated: StatedSignal) -> list[tuple[str, object, object]]:
    """(name, as beside the legs, as on the leg) of what a line says twice."""
    pairs = []
    for side, leg in zip(("buy", "sell"), stated.legs, strict=False):
        pairs += [
            (f"{side}_{name}", getattr(stated, f"{side}_{name}"), getattr(leg, name))
            for name in ("venue", *_FLAT)
        ]
    return pairs

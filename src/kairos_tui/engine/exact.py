"""Exact verdicts: where a float comparison is too close to call, fractions of the decimals decide.

Floats carry every figure; only the sign of a comparison is settled here. Used by the walks and the gates.
"""

from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache

from kairos_tui.engine.ladder import Ladder, Mark
from kairos_tui.market import Fees, Leg, Level, Opportunity, Side

CLOSE_CALL = 1e-9
"""Relative distance below which a float comparison is not trusted; float noise here is under 1e-13."""

_CLOSE_CALL_BPS = 1e-5


def earns(ask: float, bid: float, *, buy_fee: float, sell_fee: float) -> bool:
    """True when one more unit bought at `ask` and sold at `bid` makes money after both fees, in quote."""
    margin = bid * (1.0 - sell_fee) - ask * (1.0 + buy_fee)
    if abs(margin) > ask * CLOSE_CALL:
        return margin > 0.0
    return exact(bid) * (1 - exact(sell_fee)) > exact(ask) * (1 + exact(buy_fee))


def returns_more(ladders: Sequence[Ladder], prices: Sequence[float], mark: Mark) -> bool:
    """True when one more unit through all ladders, each at its price, comes back as more than went in."""
    worth = _exact_rate(mark)
    for ladder, price in zip(ladders, prices, strict=True):
        take, give = take_and_give(ladder.side, ladder.fees)
        worth *= give / (take * exact(price)) if ladder.side == "buy" else give * exact(price) / take
    return worth > 1


def delivers(bought: float, buy: Fees, sold: float, sell: Fees) -> bool:
    """True when a buy of `bought` delivers what a sale of `sold` takes, both in base."""
    if not buy.buys_less and not sell.sells_more:
        return bought >= sold
    came = bought * (1.0 - buy.taker) if buy.buys_less else bought
    goes = sold * (1.0 + sell.taker) if sell.sells_more else sold
    if abs(came - goes) > goes * CLOSE_CALL:
        return came > goes
    _, delivered = take_and_give("buy", buy)
    taken, _ = take_and_give("sell", sell)
    return exact(bought) * delivered >= exact(sold) * taken


def notional_exceeds(levels: tuple[Level, ...], amount: float) -> bool:
    """True when price x size summed over the levels is more than `amount`."""
    notional = sum([price * size for price, size in levels])
    if abs(notional - amount) > amount * CLOSE_CALL:
        return notional > amount
    return _exact_notional(levels) > exact(amount)


def notional_reaches(levels: tuple[Level, ...], amount: float) -> bool:
    """True when price x size summed over the levels is `amount` or more."""
    notional = sum([price * size for price, size in levels])
    if abs(notional - amount) > amount * CLOSE_CALL:
        return notional > amount
    return _exact_notional(levels) >= exact(amount)


def reaches(priced: Opportunity, threshold_bps: float) -> bool:
    """True when the opportunity's net, recomputed from its legs, is `threshold_bps` or more."""
    if abs(priced.net_bps - threshold_bps) > _CLOSE_CALL_BPS:
        return priced.net_bps > threshold_bps
    proceeds, outlay = _exact_proceeds(priced), _exact_outlay(priced.buy)
    return (proceeds - outlay) * 10_000 >= exact(threshold_bps) * outlay


def _exact_outlay(buy: Leg) -> Fraction:
    take, _ = take_and_give("buy", buy.fees)
    return _exact_notional(buy.levels) * take


def _exact_proceeds(priced: Opportunity) -> Fraction:
    """What the last leg gives; where proceeds are parked, what the sale gives at the marks."""
    if priced.mode == "closed" and priced.conversions:
        return _exact_given(priced.conversions[-1])
    mids = tuple((leg.side, leg.price) for leg in priced.conversions)
    return _exact_given(priced.sell) * _exact_rate(Mark(mids, priced.haircut_bps))


def _exact_given(leg: Leg) -> Fraction:
    amount = _exact_notional(leg.levels) if leg.side == "sell" else _exact_size(leg.levels)
    _, give = take_and_give(leg.side, leg.fees)
    return amount * give


@lru_cache(maxsize=4_096)
def take_and_give(side: Side, fees: Fees) -> tuple[Fraction, Fraction]:
    """What a unit ordered takes (of a buy: times the price) and gives (of a sale: times the price)."""
    taker = exact(fees.taker)
    if side == "buy":
        return (Fraction(1), 1 - taker) if fees.buys_less else (1 + taker, Fraction(1))
    return (1 + taker, Fraction(1)) if fees.sells_more else (Fraction(1), 1 - taker)


def _exact_rate(mark: Mark) -> Fraction:
    worth = 1 - exact(mark.haircut_bps) / 10_000
    for side, mid in mark.mids:
        worth = worth / exact(mid) if side == "buy" else worth * exact(mid)
    return worth


def _exact_notional(levels: tuple[Level, ...]) -> Fraction:
    return sum((exact(price) * exact(size) for price, size in levels), Fraction(0))


def _exact_size(levels: tuple[Level, ...]) -> Fraction:
    return sum((exact(size) for _, size in levels), Fraction(0))


def exact(decimal: float) -> Fraction:
    """The decimal a venue wrote: the shortest text that reads back as this float."""
    return Fraction(repr(decimal))

"""Exact verdicts: where a float comparison is too close to call, fractions of the decimals decide.

Floats carry every figure; only the sign of a comparison is settled here. Used by sizing and the gates.
"""

from fractions import Fraction

from kairos_tui.market import Level, Opportunity

_CLOSE_CALL = 1e-9
"""Relative distance below which a float comparison is not trusted; float noise here is under 1e-13."""

_CLOSE_CALL_BPS = 1e-5


def earns(ask: float, bid: float, *, buy_fee: float, sell_fee: float) -> bool:
    """True when one more unit bought at `ask` and sold at `bid` makes money after both fees."""
    margin = bid * (1.0 - sell_fee) - ask * (1.0 + buy_fee)
    if abs(margin) > ask * _CLOSE_CALL:
        return margin > 0.0
    return _exact(bid) * (1 - _exact(sell_fee)) > _exact(ask) * (1 + _exact(buy_fee))


def notional_exceeds(levels: tuple[Level, ...], amount: float) -> bool:
    """True when price x size summed over the levels is more than `amount`."""
    notional = sum([price * size for price, size in levels])
    if abs(notional - amount) > amount * _CLOSE_CALL:
        return notional > amount
    return _exact_notional(levels) > _exact(amount)


def notional_reaches(levels: tuple[Level, ...], amount: float) -> bool:
    """True when price x size summed over the levels is `amount` or more."""
    notional = sum([price * size for price, size in levels])
    if abs(notional - amount) > amount * _CLOSE_CALL:
        return notional > amount
    return _exact_notional(levels) >= _exact(amount)


def reaches(priced: Opportunity, threshold_bps: float) -> bool:
    """True when the opportunity's net, recomputed from its legs, is `threshold_bps` or more."""
    if abs(priced.net_bps - threshold_bps) > _CLOSE_CALL_BPS:
        return priced.net_bps > threshold_bps
    proceeds = _exact_notional(priced.sell.levels) * (1 - _exact(priced.sell.fees.taker))
    outlay = _exact_notional(priced.buy.levels) * (1 + _exact(priced.buy.fees.taker))
    return (proceeds - outlay) * 10_000 >= _exact(threshold_bps) * outlay


def _exact_notional(levels: tuple[Level, ...]) -> Fraction:
    return sum((_exact(price) * _exact(size) for price, size in levels), Fraction(0))


def _exact(decimal: float) -> Fraction:
    """The decimal a venue wrote: the shortest text that reads back as this float."""
    return Fraction(repr(decimal))

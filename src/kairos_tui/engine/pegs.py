"""Pegs: which quotes are meant to be worth the same, and how far a conversion is from that.

A peg is a promise, never an assumption: conversions are always priced by their books. Used by conversions.
"""

from kairos_tui.market import Asset

_PEGGED = (
    frozenset({"USD", "USDT", "USDC", "DAI", "FDUSD", "TUSD", "USDP", "PYUSD", "USDE", "USDS", "RLUSD"}),
    frozenset({"EUR", "EURC", "EURT", "EURS", "EURI", "AEUR"}),
)
_DUST_BPS = 1e-6


def are_pegged(one: Asset, other: Asset) -> bool:
    """True when one of the first should be worth one of the second."""
    return any(one in group and other in group for group in _PEGGED)


def is_pegged(asset: Asset) -> bool:
    """True for money and what promises to be worth as much."""
    return any(asset in group for group in _PEGGED)


def off_bps(rate: float) -> float:
    """How far a rate is from 1, signed, in bps."""
    return (rate - 1.0) * 10_000.0


def is_off(rate: float, limit_bps: float) -> bool:
    """True when the rate is further from 1 than the limit."""
    return abs(off_bps(rate)) > limit_bps + _DUST_BPS

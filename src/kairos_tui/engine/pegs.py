"""Pegs: which quotes are meant to be worth the same, and how far a conversion is from that.

A peg is a promise, never an assumption: conversions are always priced by their books. After it: peg_gate.
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


def say_off(rate: float) -> str:
    """`3.0 %`, `12.4 bps`: how far a rate is from 1."""
    bps = abs(off_bps(rate))
    return f"{bps / 100.0:.1f} %" if bps >= 100.0 else f"{bps:.1f} bps"


def is_off(rate: float, limit_bps: float) -> bool:
    """True when the rate is further from 1 than the limit."""
    return abs(off_bps(rate)) > limit_bps + _DUST_BPS

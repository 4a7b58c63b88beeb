"""Fees: what a venue takes of a trade and in which currency, each with where it was read. Used by listings.

Before it: a ccxt market and the user's overrides. After it: Listing.
"""

from collections.abc import Mapping
from typing import Any

from kairos_tui.market import FeeCharged, Fees

BPS = 10_000.0
LEAST, MOST = -0.01, 0.1
"""A taker fee outside of these, as a fraction, is in other units or no fee at all."""

FEE_WORDS = ("fee", "taker", "commission")

CONTRACTS = ("linear", "swap", "future")
"""Where ccxt's classes have the fees of linear contracts, the surest first."""

SIDES: dict[str, FeeCharged] = {
    "quote": "quote",
    "base": "base",
    "get": "received",
    "give": "base",
    "other": "token",
}
"""ccxt's words. To pay in what one gives costs at most what it costs in base, both ways."""


def fees_of(
    market: Mapping[str, Any],
    *,
    taker_bps: float | None,
    default: object,
    now_us: int,
    charged: FeeCharged | None = None,
    fee_side: str | None = None,
) -> Fees | None:
    """The user's override, else the venue's own entry, else the class default; None when ccxt knows none.

    ccxt fills the class default into every market, so an entry equal to it is only called `market` when
    the venue's own record speaks of fees. `charged` is the user's word on the currency, `fee_side` the
    class's (`fees["trading"]["feeSide"]`), asked where the market has none.
    """
    charged = charged or charged_in(market, fee_side)
    if taker_bps is not None:
        return Fees(taker_bps / BPS, "config", now_us, charged)
    taker = market.get("taker")
    if not _is_fraction(taker) or market.get("percentage") is False:
        return None
    stated = taker != default or _speaks_of_fees(market.get("info"))
    return Fees(float(taker), "market" if stated else "default", now_us, charged)  # type: ignore[arg-type]


def charged_in(market: Mapping[str, Any], fee_side: str | None = None) -> FeeCharged:
    """A linear contract's fee is in what it is settled in, the quote, whatever ccxt copies from spot."""
    if market.get("contract"):
        return "quote"
    return SIDES.get(str(market.get("feeSide"))) or SIDES.get(str(fee_side), "quote")


def class_fee(fees: Mapping[str, Any], *, contract: bool) -> Mapping[str, Any]:
    """ccxt's entry of a class for spot or for linear contracts; empty where there is only the other's."""
    for kind in CONTRACTS if contract else ("spot",):
        entry = fees.get(kind) or {}
        entry = entry.get("trading", entry)
        if _is_fraction(entry.get("taker")):
            return entry  # type: ignore[no-any-return]  # ccxt is untyped
    return {} if contract and "spot" in fees else fees.get("trading") or {}


def _is_fraction(taker: object) -> bool:
    return isinstance(taker, int | float) and not isinstance(taker, bool) and LEAST <= taker <= MOST


def _speaks_of_fees(info: object) -> bool:
    return isinstance(info, dict) and any(word in str(key).lower() for key in info for word in FEE_WORDS)

"""Listings: a ccxt market -> our Instrument and Fees, each number with where it came from.

Before it: load_markets. After it: the engine, which prices no leg without one.
"""

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

from ccxt.base.decimal_to_precision import DECIMAL_PLACES, TICK_SIZE

from kairos_tui.market import Asset, Fees, Instrument, Listing, Symbol, Venue, split_symbol

BPS = 10_000.0
SYMBOL = re.compile(r"[^\s/:]{1,32}/[^\s/:]{1,32}(?::[^\s/]{1,64})?")
FEE_WORDS = ("fee", "taker", "commission")


def listing_of(
    venue: Venue,
    symbol: Symbol,
    market: Mapping[str, Any],
    *,
    precision_mode: int,
    fees: Fees,
) -> Listing:
    """`symbol` is the wanted name; the market may be called otherwise on this venue."""
    precision, limits = market.get("precision") or {}, market.get("limits") or {}
    amount, cost = limits.get("amount") or {}, limits.get("cost") or {}
    instrument = Instrument(
        venue=venue,
        symbol=symbol,
        market_id=str(market["id"]),
        base=Asset(str(market["base"])),
        quote=Asset(str(market["quote"])),
        lot=_step(precision.get("amount"), precision_mode),
        price_step=_step(precision.get("price"), precision_mode),
        min_size=_positive(amount.get("min")) or 0.0,
        min_cost=_positive(cost.get("min")) or 0.0,
        max_size=_positive(amount.get("max")),
        active=market.get("active") is not False,
    )
    return Listing(instrument, fees)


def fees_of(
    market: Mapping[str, Any], *, taker_bps: float | None, default: object, now_us: int
) -> Fees | None:
    """The user's override, else the venue's own entry, else the class default; None when ccxt knows none.

    ccxt fills the class default into every market, so an entry equal to it is only called `market` when
    the venue's own record speaks of fees.
    """
    if taker_bps is not None:
        return Fees(taker_bps / BPS, "config", now_us)
    taker = market.get("taker")
    if isinstance(taker, bool) or not isinstance(taker, int | float) or market.get("percentage") is False:
        return None
    stated = taker != default or _speaks_of_fees(market.get("info"))
    return Fees(float(taker), "market" if stated else "default", now_us)


def unsupported(market: Mapping[str, Any]) -> str | None:
    """Why a market cannot be compared with a spot one, or None."""
    if market.get("contract") and market.get("contractSize") not in (None, 1, 1.0):
        return f"a contract of {market['contractSize']} {market['base']}: only spot is compared"
    return "an option: only spot is compared" if market.get("option") else None


def nearest(wanted: Symbol, symbols: Iterable[str], most: int = 3) -> tuple[Symbol, ...]:
    """What the venue does trade: the same base in another quote first, then names that look alike."""
    listed = sorted(filter(_is_symbol, symbols))
    base, quote = split_symbol(wanted)
    spot = [symbol for symbol in listed if ":" not in symbol]
    same_base = [symbol for symbol in spot if symbol.startswith(f"{base}/")]
    by_quote = get_close_matches(wanted, same_base, n=most, cutoff=0.0)
    alike = get_close_matches(f"{base}/{quote}", spot or listed, n=most, cutoff=0.6)
    return tuple(Symbol(symbol) for symbol in dict.fromkeys([*by_quote, *alike]))[:most]


def _is_symbol(name: object) -> bool:
    """BASE/QUOTE or BASE/QUOTE:SETTLE, printable: ccxt makes names of whatever a venue sends."""
    return isinstance(name, str) and name.isprintable() and SYMBOL.fullmatch(name) is not None


def _step(precision: object, mode: int) -> float:
    """ccxt's three precision modes as a step; significant digits have none."""
    if isinstance(precision, bool) or not isinstance(precision, int | float):
        return 0.0
    if mode == TICK_SIZE:
        return float(precision) if precision > 0 else 0.0
    return float(f"1e{-int(precision)}") if mode == DECIMAL_PLACES else 0.0


def _positive(value: object) -> float | None:
    usable = isinstance(value, int | float) and not isinstance(value, bool) and value > 0
    return float(value) if usable else None  # type: ignore[arg-type]  # narrowed by `usable`


def _speaks_of_fees(info: object) -> bool:
    return isinstance(info, dict) and any(word in str(key).lower() for key in info for word in FEE_WORDS)

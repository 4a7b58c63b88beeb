"""Listings: a ccxt market -> our Instrument, in the wanted units, with the evidence that it is the same coin.

Before it: load_markets, and fees. After it: the engine, which prices no leg without one.
"""

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from math import nan
from sys import float_info
from typing import Any

from ccxt.base.decimal_to_precision import DECIMAL_PLACES, TICK_SIZE

from kairos_tui.feeds.fees import fees_of as fees_of
from kairos_tui.feeds.identity import evidence_of
from kairos_tui.feeds.multiples import exact_product, exact_quotient, multiplier_between
from kairos_tui.market import Asset, Fees, Instrument, Listing, MarketKind, Symbol, Venue, split_symbol

GREATEST = float_info.max
"""An int may be greater than any float."""

MOST_PLACES = 18
"""More decimals has no venue, nor steps so large."""

SYMBOL = re.compile(r"[^\s/:]{1,32}/[^\s/:]{1,32}(?::[^\s/]{1,64})?")


def listing_of(
    venue: Venue,
    symbol: Symbol,
    market: Mapping[str, Any],
    *,
    precision_mode: int,
    fees: Fees,
    currency: Mapping[str, Any] | None = None,
    confirmed: bool = False,
) -> Listing:
    """`symbol` is the wanted name; the market may be called otherwise on this venue, and counted otherwise.

    What the venue states may be untrue: ask `untrue_in` before anything is computed with it.
    `market` is one that `unsupported` says nothing against; `currency` is ccxt's entry for its base.
    """
    precision, limits = _table_in(market, "precision"), _table_in(market, "limits")
    amount, cost = _table_in(limits, "amount"), _table_in(limits, "cost")
    listed, wanted = Asset(str(market["base"])), split_symbol(symbol)[0]
    multiplier = multiplier_between(wanted, listed)
    contract_size = _positive(market.get("contractSize")) if market.get("contract") else 1.0
    unit = exact_product(contract_size or 1.0, multiplier)
    most = _positive(amount.get("max"))
    name, networks = evidence_of(currency)
    instrument = Instrument(
        venue=venue,
        symbol=symbol,
        market_id=str(market["id"]),
        base=listed if multiplier == 1.0 else wanted,
        quote=Asset(str(market["quote"])),
        lot=exact_product(_step(precision.get("amount"), precision_mode), unit),
        price_step=exact_quotient(_step(precision.get("price"), precision_mode), multiplier),
        min_size=exact_product(_positive(amount.get("min")) or 0.0, unit),
        min_cost=_positive(cost.get("min")) or 0.0,
        max_size=None if most is None else exact_product(most, unit),
        active=market.get("active") is not False,
        kind=kind_of(market) or "spot",
        contract_size=contract_size or 1.0,
        multiplier=multiplier,
        name=name,
        networks=networks,
        confirmed=confirmed,
    )
    return Listing(instrument, fees)


def kind_of(market: Mapping[str, Any]) -> MarketKind | None:
    """None for a contract that is settled in neither of its two currencies."""
    if not market.get("contract"):
        return "spot"
    settle = market.get("settle")
    if market.get("linear") or (not market.get("inverse") and settle and settle == market.get("quote")):
        return "linear"
    return "inverse" if market.get("inverse") or (settle and settle == market.get("base")) else None


def unsupported(market: Mapping[str, Any]) -> str | None:
    """Why a market cannot be compared, or None."""
    kind, problem = kind_of(market), None
    if market.get("option"):
        problem = "an option: only spot and linear contracts are compared"
    elif kind == "inverse":
        problem = f"an inverse contract, sized in {market.get('quote')}: only linear ones are compared"
    elif kind is None:
        problem = f"a contract settled in {market.get('settle')}: only linear ones are compared"
    elif kind == "linear" and _positive(market.get("contractSize")) is None:
        problem = "a contract of unknown size: nothing can be compared with it"
    return problem


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


def _table_in(table: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = table.get(name)
    return found if isinstance(found, Mapping) else {}


def _step(precision: object, mode: int) -> float:
    """ccxt's three precision modes as a step: 0.0 for none, as of significant digits; NaN for nonsense."""
    if isinstance(precision, bool) or not isinstance(precision, int | float):
        return 0.0
    if mode == TICK_SIZE:
        return float(precision) if 0 <= precision <= GREATEST else nan
    if mode == DECIMAL_PLACES:
        return float(f"1e{-int(precision)}") if -MOST_PLACES <= precision <= MOST_PLACES else nan
    return 0.0


def _positive(value: object) -> float | None:
    usable = isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= GREATEST
    return float(value) if usable else None  # type: ignore[arg-type]  # narrowed by `usable`

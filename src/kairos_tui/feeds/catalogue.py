"""Catalogue: a venue's loaded markets -> the streams that can be watched, each with its listing.

Before it: load_markets. After it: CcxtFeed follows the streams; the engine has the listings.
"""

from collections.abc import Mapping
from time import time_ns
from typing import Any

from msgspec.structs import replace

from kairos_tui.feeds.dialects.dialect import Market
from kairos_tui.feeds.feed_plan import FeedPlan
from kairos_tui.feeds.fees import class_fee, fees_of
from kairos_tui.feeds.identity import evidence_of
from kairos_tui.feeds.listings import listing_of, nearest, unsupported
from kairos_tui.feeds.multiples import exact_product, exact_quotient
from kairos_tui.feeds.outbox import Outbox
from kairos_tui.feeds.stream import Stream
from kairos_tui.feeds.tick_maker import Scale
from kairos_tui.feeds.venue_facts import FEE_SIDES
from kairos_tui.market import Instrument, Listing, Symbol, untrue_in


class Catalogue:
    """One venue's."""

    def __init__(self, plan: FeedPlan, exchange: Any, outbox: Outbox) -> None:  # noqa: ANN401  ccxt is untyped
        self._plan, self._exchange, self._outbox = plan, exchange, outbox
        self._listings: list[Listing] = []

    def streams(self, now_ns: int) -> list[Stream]:
        """One per symbol that can be watched; the others are told why not, but for unlisted conversions."""
        plan, watched = self._plan, []
        for symbol in dict.fromkeys((*plan.symbols, *plan.conversions)):
            own_name = plan.market_ids.get(symbol, symbol)
            market = self._exchange.markets.get(own_name)
            if market is not None:
                stream = self._listed(symbol, market, now_ns)
                watched += [] if stream is None else [stream]
            elif symbol in plan.symbols:
                stream = Stream(plan, symbol, Market(own_name, own_name), self._outbox, now_ns)
                stream.unlisted(now_ns, nearest(symbol, self._exchange.markets))
        return watched

    def name_coins(self, currencies: Mapping[str, Any]) -> None:
        """The venue's currency list came: what it calls the coins, and their contracts, is told as well."""
        for place, listing in enumerate(self._listings):
            name, networks = evidence_of(currencies.get(listing.instrument.base))
            if name is not None or networks:
                named = replace(listing.instrument, name=name, networks=networks)
                self._listings[place] = replace(listing, instrument=named)
                self._outbox.put(self._listings[place])

    def _listed(self, symbol: Symbol, market: dict[str, Any], now_ns: int) -> Stream | None:
        listing = self._listing_of(symbol, market)
        if isinstance(listing, Listing):
            self._listings.append(listing)
            self._outbox.put(listing)
            made = listing.instrument
            scale = Scale(made.multiplier, exact_product(made.contract_size, made.multiplier))
            return Stream(self._plan, symbol, _own(market, made, scale), self._outbox, now_ns, scale)
        own = Market(Symbol(str(market["symbol"])), str(market["id"]))
        Stream(self._plan, symbol, own, self._outbox, now_ns).quarantine_unpriced(listing, now_ns)
        return None

    def _listing_of(self, symbol: Symbol, market: dict[str, Any]) -> Listing | str:
        """Or why there is none."""
        plan, exchange = self._plan, self._exchange
        problem = unsupported(market)
        if problem is not None:
            return problem
        own = class_fee(exchange.fees, contract=bool(market.get("contract")))
        fees = fees_of(
            market,
            taker_bps=plan.taker_bps,
            default=own.get("taker"),
            now_us=time_ns() // 1_000,
            charged=plan.fee_currency,
            fee_side=own.get("feeSide") or FEE_SIDES.get(plan.ccxt_class),
        )
        if fees is None:
            return f"its fee is unknown: set taker_bps in [venue.{plan.venue}]"
        listing = listing_of(
            plan.venue,
            symbol,
            market,
            precision_mode=exchange.precisionMode,
            fees=fees,
            currency=(exchange.currencies or {}).get(market["base"]),
            confirmed=symbol in plan.confirmed,
        )
        return untrue_in(listing) or listing


def _own(market: dict[str, Any], made: Instrument, scale: Scale) -> Market:
    """Names and steps as the venue has them."""
    price_step = exact_product(made.price_step, scale.price)
    size_step = exact_quotient(made.lot, scale.size)
    return Market(Symbol(str(market["symbol"])), made.market_id, price_step, size_step)

"""Venue plans: what the settings say of a venue, in the words of feeds. Used by cast."""

from collections.abc import Mapping

from kairos_tui.feeds.feed_plan import FeedPlan
from kairos_tui.market import Symbol, Venue, conversion_symbols
from kairos_tui.settings import Settings

Origins = Mapping[str, tuple[str, str]]
"""ccxt class -> (REST origin, WebSocket origin) of its simulation; empty when live."""


def feed_plan(
    settings: Settings, venue: Venue, symbols: tuple[Symbol, ...], simulated: tuple[str, str] | None
) -> FeedPlan:
    """The plan of one venue's feed. A simulation's origins win over configured ones."""
    table = settings.venue_table(venue)
    rest, ws = simulated or (table.origin_rest, table.origin_ws)
    return FeedPlan(
        venue=venue,
        symbols=symbols,
        conversions=conversion_symbols(symbols),
        confirmed=tuple(map(Symbol, table.confirmed)),
        fee_currency=table.fee_currency,
        ccxt_class=settings.ccxt_class(venue),
        origin_rest=rest,
        origin_ws=ws,
        taker_bps=table.taker_bps,
        market_ids={Symbol(wanted): Symbol(own) for wanted, own in table.symbols.items()},
        silence_after_s=settings.silence_s,
    )

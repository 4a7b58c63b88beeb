"""Class facts: what is known of the settings' venues without asking them. Used by `kairos venues`.

Before it: settings. After it: one ClassFacts of feeds per venue.
"""

from time import time_ns

from kairos_tui.feeds.class_facts import ClassFacts as ClassFacts
from kairos_tui.feeds.class_facts import class_facts
from kairos_tui.settings import Settings


def facts_of(settings: Settings, venue: str) -> ClassFacts:
    """Of a venue whose class ccxt has; the user's overrides count."""
    table = settings.venue_table(venue)
    return class_facts(
        settings.ccxt_class(venue),
        taker_bps=table.taker_bps,
        fee_currency=table.fee_currency,
        now_us=time_ns() // 1_000,
    )

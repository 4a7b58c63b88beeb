"""feeds: venue -> Tick. Any ccxt.pro class by its id, tapped below its parser; no code per exchange.

feed_plan says what to watch; ccxt_feed runs one venue; connections has its sockets, stream one symbol.
This door imports no ccxt (it takes a second): import `kairos_tui.feeds.ccxt_feed` where a feed runs.
"""

from kairos_tui.feeds.feed_plan import FeedPlan, Receiver
from kairos_tui.feeds.venue_ids import known_venues

__all__ = ["FeedPlan", "Receiver", "known_venues"]

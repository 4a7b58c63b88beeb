"""feeds: venue -> Tick. Any ccxt.pro class by its id, tapped below its parser.

feed_plan says what to watch; ccxt_feed runs one venue; connections has its sockets, stream one symbol.
dialects decode and prove the books of the venues they know, interpreter speaks with them; leg, vigil and
health say how a book does; rounds hold it against REST; market_table loads
markets, catalogue has their fees and identity.
This door imports no ccxt (it takes a second): import `kairos_tui.feeds.ccxt_feed` where a feed runs.
"""

from kairos_tui.feeds.feed_plan import FeedPlan, Receiver
from kairos_tui.feeds.venue_ids import known_venues

__all__ = ["FeedPlan", "Receiver", "known_venues"]

"""feeds: venue -> Tick. Any ccxt.pro class by its id, tapped below its parser.

feed_plan says what to watch; ccxt_feed runs one venue; connections has its sockets, reading takes their
frames, stream is one symbol; dial and pauses: when each is tried again. dialects decode and prove the books
of the venues they know, interpreter speaks with them, format_watch says when ccxt must read instead; leg,
vigil and health say how a book does; rounds hold it against REST; market_table loads markets, catalogue has
their fees; reasons says why in a sentence, with exchange_words where a venue is quoted; bench_lanes,
bench_watch: benches.
This door imports no ccxt (it takes a second): import `kairos_tui.feeds.ccxt_feed` where a feed runs.
"""

from kairos_tui.feeds.feed_plan import FeedPlan, Receiver
from kairos_tui.feeds.venue_ids import known_venues

__all__ = ["FeedPlan", "Receiver", "known_venues"]

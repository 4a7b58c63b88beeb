"""Slot: all the engine knows of one venue's market. Written by quote_board, read by everyone after it."""

from collections import deque
from math import inf

from kairos_tui.engine.block import Block
from kairos_tui.engine.rate_meter import RateMeter
from kairos_tui.market import USABLE, FeedState, FeedStatus, Listing, Symbol, Tick, Venue

_LATENCIES = 32
"""Recent ticks whose latency is kept, for the median on the venue's row."""

_BREAKS = frozenset({FeedState.CONNECTING, FeedState.RESYNC, FeedState.DOWN, FeedState.QUARANTINED})
"""States after which a book seen earlier is no longer believed, even once the feed is live again."""


class Slot:
    """The newest tick of one (venue, symbol) with its stamps, its market's facts and its feed's state.

    `net_bid` and `net_ask` are the top prices after the taker fee, out of reach (0, inf) while the
    slot cannot be priced at all. `standing` blocks for what the feed and the market say, `broken` for
    what the book itself says; ages are judged when used. `believed_from_ns`: books received before
    it were seen through a connection that has since broken. `alive_ns`: the last proof that the book
    holds, a tick's or a pulse's; ages and distances are counted from it.
    """

    __slots__ = (
        "alive_ns",
        "arrived_ns",
        "believed_from_ns",
        "broken",
        "latencies_us",
        "listing",
        "net_ask",
        "net_bid",
        "own_status",
        "pending",
        "rate",
        "received_ns",
        "repriced",
        "sent_ns",
        "standing",
        "status",
        "symbol",
        "tick",
        "ticks",
        "venue",
        "venue_status",
    )

    def __init__(self, venue: Venue, symbol: Symbol) -> None:
        self.venue = venue
        self.symbol = symbol
        self.tick: Tick | None = None
        self.listing: Listing | None = None
        self.own_status: FeedStatus | None = None
        self.venue_status: FeedStatus | None = None
        self.status: FeedStatus | None = None
        self.standing: Block | None = Block.FEED
        self.broken: Block | None = Block.NO_BOOK
        self.alive_ns = self.received_ns = self.sent_ns = self.arrived_ns = 0
        self.believed_from_ns = 0
        self.net_bid, self.net_ask = 0.0, inf
        self.pending = False
        self.repriced = False
        self.ticks = 0
        self.rate = RateMeter()
        self.latencies_us: deque[int] = deque(maxlen=_LATENCIES)

    def hold(self, tick: Tick, *, sent_ns: int, arrived_ns: int) -> None:
        """Take a sound tick as the newest."""
        self.tick = tick
        self.received_ns, self.sent_ns, self.arrived_ns = tick.received_ns, sent_ns, arrived_ns
        self.alive_ns = max(self.alive_ns, tick.received_ns)
        self.broken = None
        self.ticks += 1
        self.rate.count(arrived_ns)
        self.reprice()

    def doubt(self, block: Block) -> None:
        """The venue showed a book that cannot be traded: what is held is withdrawn until the next tick."""
        self.broken = block
        self.reprice()

    def reprice(self) -> None:
        """Recompute the fee-adjusted tops from the tick and the listing."""
        if self.tick is None or self.listing is None or self.broken is not None:
            self.net_bid, self.net_ask = 0.0, inf
            return
        taker = self.listing.fees.taker
        self.net_bid = self.tick.bids[0][0] * (1.0 - taker)
        self.net_ask = self.tick.asks[0][0] * (1.0 + taker)

    def list_as(self, listing: Listing) -> None:
        """Learn the market's facts; a changed fee is remembered until the routes have been judged."""
        if self.listing is not None and self.listing.fees.taker != listing.fees.taker:
            self.repriced = True
        self.listing = listing
        self.reprice()
        self._judge_standing()

    def hear(self, status: FeedStatus) -> bool:
        """Take what a feed says of this stream or its venue; True when its routes must be judged again."""
        before = (self.standing, self.believed_from_ns)
        if status.symbol is None:
            self.venue_status = status
        else:
            self.own_status = status
        self._combine()
        return (self.standing, self.believed_from_ns) != before

    def _combine(self) -> None:
        """What is said of the stream and of the whole venue: the later trouble wins."""
        own, whole = self.own_status, self.venue_status
        if own is None or (
            whole is not None and whole.state not in USABLE and whole.since_ns >= own.since_ns
        ):
            self.status = whole
        else:
            self.status = own
        if self.status is not None and self.status.state in _BREAKS:
            self.believed_from_ns = max(self.believed_from_ns, self.status.since_ns)
        self._judge_standing()

    def _judge_standing(self) -> None:
        self.standing = _standing_block(self.status, self.listing)


def _standing_block(status: FeedStatus | None, listing: Listing | None) -> Block | None:
    if status is not None and not status.listed:
        return Block.NOT_LISTED
    if status is None or status.state not in USABLE:
        return Block.FEED
    if listing is None:
        return Block.NO_LISTING
    return None if listing.instrument.active else Block.HALTED

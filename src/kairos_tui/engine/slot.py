"""Slot: all the engine knows of one venue's market. Written by quote_board, read by everyone after it."""

from collections import deque
from math import inf

from msgspec.structs import replace

from kairos_tui.engine.block import Block, Depeg, Suspicion
from kairos_tui.market import USABLE, FeedState, FeedStatus, Listing, Symbol, Tick, Venue

_LATENCIES = 32
"""Recent ticks whose latency is kept, for the median on the venue's row."""

_BREAKS = frozenset({FeedState.CONNECTING, FeedState.RESYNC, FeedState.DOWN, FeedState.QUARANTINED})
"""States after which a book seen earlier is no longer believed, even once the feed is live again.

A stale or lagging stream is not among them: nothing of it was lost, so its book holds once it is heard again.
"""

_OVER_WHEN_A_STREAM_SPEAKS = frozenset({FeedState.CONNECTING, FeedState.DOWN})
"""A venue that was down or connecting is there again once one of its streams says something later. Any other
trouble of a whole venue is a judgement on it, and stands until the venue itself is said to be well.
"""


class Slot:
    """The newest tick of one (venue, symbol) with its stamps, its market's facts and its feed's state.

    `net_bid` and `net_ask` are the top prices after the taker fee, out of reach (0, inf) while the
    slot cannot be priced at all. `standing` blocks for what the feed and the market say, `broken` for
    what the book itself says; ages are judged when used. `believed_from_ns`: books received before
    it were seen through a connection that has since broken. `alive_ns`: the last proof that the book
    holds, a tick's or a pulse's; ages and distances are counted from it. `contradiction` is what other
    venues' market facts hold against it, `price_suspicion` what their prices do; `suspicion` is either.
    `depeg` keeps it from converting, and blocks nothing else.
    """

    __slots__ = (
        "alive_ns",
        "arrived_ns",
        "believed_from_ns",
        "broken",
        "buy_factor",
        "contradiction",
        "depeg",
        "latencies_us",
        "listing",
        "mid",
        "net_ask",
        "net_bid",
        "own_status",
        "pending",
        "price_suspicion",
        "received_ns",
        "sell_factor",
        "sent_ns",
        "standing",
        "status",
        "suspicion",
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
        self.contradiction: Suspicion | None = None
        self.price_suspicion: Suspicion | None = None
        self.suspicion: Suspicion | None = None
        self.depeg: Depeg | None = None
        self.mid = 0.0
        self.net_bid, self.net_ask = 0.0, inf
        self.buy_factor = self.sell_factor = 1.0
        self.pending = False
        self.ticks = 0
        self.latencies_us: deque[int] = deque(maxlen=_LATENCIES)

    @property
    def is_confirmed(self) -> bool:
        """The user has said that this is the same coin as elsewhere."""
        return self.listing is not None and self.listing.instrument.confirmed

    @property
    def shown_status(self) -> FeedStatus | None:
        """The feed's state, or the engine's own quarantine of a leg whose feed has no trouble."""
        return self._quarantined_for(self.suspicion) or self.status

    @property
    def found_status(self) -> FeedStatus | None:
        """The engine's own quarantine alone, where the feed has no trouble: of a leg, or of a conversion."""
        return self._quarantined_for(self.held_for)

    @property
    def held_for(self) -> Suspicion | Depeg | None:
        """What the engine itself holds against it."""
        return self.suspicion or self.depeg

    def hold(self, tick: Tick, *, sent_ns: int, arrived_ns: int) -> None:
        """Take a sound tick of a listed market as the newest."""
        received_ns, bid, ask = tick.received_ns, tick.bids[0][0], tick.asks[0][0]
        self.tick = tick
        self.received_ns = received_ns
        self.sent_ns = sent_ns
        self.arrived_ns = arrived_ns
        if received_ns > self.alive_ns:
            self.alive_ns = received_ns
        self.mid = (bid + ask) / 2.0
        self.broken = None
        self.ticks += 1
        if self.suspicion is None:
            self.net_bid = bid * self.sell_factor
            self.net_ask = ask * self.buy_factor

    def vouch(self, at_ns: int) -> bool:
        """The feed says that the book still held then; True when that is a newer proof of life.

        A book that is not believed stays so: a living connection does not make it the right book.
        """
        if self.tick is None or self.broken is not None or self.received_ns < self.believed_from_ns:
            return False
        is_newer = at_ns > self.alive_ns
        self.alive_ns = max(self.alive_ns, at_ns)
        return is_newer

    def doubt(self, block: Block) -> None:
        """The venue showed a book that cannot be traded: what is held is withdrawn until the next tick."""
        self.broken = block
        self.reprice()

    def suspect(self, suspicion: Suspicion | None) -> None:
        """Its price says that it is not what is traded elsewhere, or no longer does."""
        self.price_suspicion = suspicion
        self._judge_suspicion()

    def contradict(self, contradiction: Suspicion | None) -> None:
        """Other venues' market facts say that it is something else, or no longer do."""
        self.contradiction = contradiction
        self._judge_suspicion()

    def reprice(self) -> None:
        """Recompute the fee-adjusted tops from the tick and the listing."""
        if self.tick is None or self.listing is None or self.broken is not None or self.suspicion is not None:
            self.net_bid, self.net_ask = 0.0, inf
            return
        self.net_bid = self.tick.bids[0][0] * self.sell_factor
        self.net_ask = self.tick.asks[0][0] * self.buy_factor

    def list_as(self, listing: Listing) -> bool:
        """Learn the market's facts; True when the fee is another than the routes were priced on."""
        held, fees = self.listing, listing.fees
        self.listing = listing
        self.buy_factor, self.sell_factor = fees.cost_to_buy(1.0), fees.proceeds_of_sale(1.0)
        self.reprice()
        self._judge_standing()
        return held is not None and (held.fees.taker, held.fees.charged) != (fees.taker, fees.charged)

    def hear(self, status: FeedStatus) -> bool:
        """Take what a feed says of this stream or its venue; True when its routes must be judged again."""
        before = (self.standing, self.believed_from_ns)
        if status.symbol is None:
            self.venue_status = status
        else:
            self.own_status = status
        if status.state in _BREAKS:
            # Also where the other of the two is what is shown: a book lost behind it is lost.
            self.believed_from_ns = max(self.believed_from_ns, status.since_ns)
        self.status = self._combine()
        self._judge_standing()
        return (self.standing, self.believed_from_ns) != before

    def _quarantined_for(self, found: Suspicion | Depeg | None) -> FeedStatus | None:
        if self.status is None or found is None or self.status.state not in USABLE:
            return None
        return replace(
            self.status,
            symbol=self.symbol,
            state=FeedState.QUARANTINED,
            since_ns=found.since_ns,
            reason=found.reason,
            retry_ns=None,
        )

    def _combine(self) -> FeedStatus | None:
        """What is said of the stream, unless its whole venue is in trouble that covers it."""
        own, whole = self.own_status, self.venue_status
        if own is None or whole is None:
            return own or whole
        if whole.state in USABLE:
            return own
        is_over = whole.state in _OVER_WHEN_A_STREAM_SPEAKS and own.since_ns > whole.since_ns
        return own if is_over else whole

    def _judge_suspicion(self) -> None:
        self.suspicion = self.contradiction or self.price_suspicion
        self.reprice()
        self._judge_standing()

    def _judge_standing(self) -> None:
        self.standing = _standing_block(self.status, self.listing)
        if self.standing is None and self.suspicion is not None:
            self.standing = self.suspicion.block


def _standing_block(status: FeedStatus | None, listing: Listing | None) -> Block | None:
    if status is not None and not status.listed:
        return Block.NOT_LISTED
    if status is None or status.state not in USABLE:
        return Block.FEED
    if listing is None:
        return Block.NO_LISTING
    return None if listing.instrument.active else Block.HALTED

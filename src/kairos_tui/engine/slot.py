"""Slot: all the engine knows of one venue's market. Written by quote_board, read by everyone after it."""

from collections import deque
from math import inf

from msgspec.structs import replace

from kairos_tui.engine.agenda import NEVER_NS
from kairos_tui.engine.block import Block, Depeg, Suspicion
from kairos_tui.engine.standing import combine, standing_block
from kairos_tui.engine.tick_check import open_books
from kairos_tui.market import USABLE, Books, FeedState, FeedStatus, Level, Listing, PackedTick, Symbol, Venue

_LATENCIES = 32
"""Recent ticks whose latency is kept, for the median on the venue's row."""

BREAKS = frozenset({FeedState.CONNECTING, FeedState.RESYNC, FeedState.DOWN, FeedState.QUARANTINED})
"""States after which a book seen earlier is no longer believed, even once the feed is live again.

A stale or lagging stream is not among them: nothing of it was lost, so its book holds once it is heard again.
"""


class Slot:
    """The newest tick of one (venue, symbol) with its stamps, its market's facts and its feed's state.

    `net_bid` and `net_ask` are the top prices after the taker fee, out of reach (0, inf) while the
    slot cannot be priced at all. `standing` blocks for what the feed and the market say, `broken` for
    what the book itself says; ages are judged when used. `believed_from_ns`: books received before
    it were seen through a connection that has since broken. `alive_ns`: the last proof that the book
    holds, a tick's or a pulse's; ages and distances are counted from it. `contradiction` is what other
    venues' market facts hold against it, `price_suspicion` what their prices do; `suspicion` is either.
    `depeg` keeps it from converting, and blocks nothing else. `steady_ns`: since when it could be used
    without a break, so that an edge that came up later began then; NEVER_NS while that is not known.
    """

    __slots__ = (
        "_books",
        "_gap_ns",
        "_opened",
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
        "steady_ns",
        "suspicion",
        "symbol",
        "tick",
        "ticks",
        "unnoticed_ns",
        "venue",
        "venue_status",
    )

    def __init__(self, venue: Venue, symbol: Symbol) -> None:
        self.venue = venue
        self.symbol = symbol
        self.tick: PackedTick | None = None
        self._opened: PackedTick | None = None
        self._books: Books | None = None
        self.listing: Listing | None = None
        self.own_status: FeedStatus | None = None
        self.venue_status: FeedStatus | None = None
        self.status: FeedStatus | None = None
        self.standing: Block | None = Block.FEED
        self.broken: Block | None = Block.NO_BOOK
        self.alive_ns = self.received_ns = self.sent_ns = self.arrived_ns = self.believed_from_ns = 0
        self.steady_ns, self.unnoticed_ns, self._gap_ns = NEVER_NS, 0, -1
        self.contradiction: Suspicion | None = None
        self.price_suspicion: Suspicion | None = None
        self.suspicion: Suspicion | None = None
        self.depeg: Depeg | None = None
        self.mid, self.net_bid, self.net_ask = 0.0, 0.0, inf
        self.buy_factor = self.sell_factor = 1.0
        self.pending, self.ticks = False, 0
        self.latencies_us: deque[int] = deque(maxlen=_LATENCIES)

    @property
    def bid(self) -> Level:
        """The best one of the newest tick, which there must be; none without both sides is held."""
        assert self.tick is not None
        assert self.tick.bid is not None
        return self.tick.bid

    @property
    def ask(self) -> Level:
        """As `bid`."""
        assert self.tick is not None
        assert self.tick.ask is not None
        return self.tick.ask

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

    def unsettle(self) -> None:
        """It may not be used, or at another fee, or was silent: what it shows next may have stood before."""
        self.steady_ns, self._gap_ns = NEVER_NS, -1

    def hold(self, tick: PackedTick, *, sent_ns: int, arrived_ns: int) -> None:
        """Take a tick of a listed market with a sound best as the newest."""
        assert tick.bid is not None
        assert tick.ask is not None
        received_ns, bid, ask = tick.received_ns, tick.bid[0], tick.ask[0]
        self.tick = tick
        self.received_ns = received_ns
        self.sent_ns = sent_ns
        self.arrived_ns = arrived_ns
        if received_ns > (alive_ns := self.alive_ns):
            self.alive_ns = received_ns
            if received_ns - alive_ns > self._gap_ns:
                self._settle(received_ns)
        self.mid = (bid + ask) / 2.0
        self.broken = None
        self.ticks += 1
        if self.suspicion is None:
            self.net_bid = bid * self.sell_factor
            self.net_ask = ask * self.buy_factor

    def books(self) -> Books | None:
        """All levels of the newest tick, unpacked and checked when first asked for; None without one.

        None also where they make no sense: then nothing of the book is believed until the next tick.
        """
        tick = self.tick
        if tick is not None and self._opened is not tick:
            self._opened, self._books = tick, open_books(tick)
            if self._books is None:
                self.doubt(Block.SENSELESS)
        return self._books if tick is not None else None

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
        self.unsettle()
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
        self.net_bid = self.bid[0] * self.sell_factor
        self.net_ask = self.ask[0] * self.buy_factor

    def list_as(self, listing: Listing) -> bool:
        """Learn the market's facts; True when the fee is another than the routes were priced on."""
        held, fees = self.listing, listing.fees
        self.listing = listing
        self.unsettle()
        self.buy_factor, self.sell_factor = fees.cost_to_buy(1.0), fees.proceeds_of_sale(1.0)
        self.reprice()
        self.judge_standing()
        return held is not None and (held.fees.taker, held.fees.charged) != (fees.taker, fees.charged)

    def hear(self, status: FeedStatus) -> bool:
        """Take what a feed says of this stream or its venue; True when its routes must be judged again."""
        before = (self.standing, self.believed_from_ns)
        if status.symbol is None:
            self.venue_status = status
        else:
            self.own_status = status
        if status.state in BREAKS:
            # Also where the other of the two is what is shown: a book lost behind it is lost.
            self.believed_from_ns = max(self.believed_from_ns, status.since_ns)
        self.status = combine(self.own_status, self.venue_status)
        self.judge_standing()
        if is_changed := (self.standing, self.believed_from_ns) != before:
            self.unsettle()
        return is_changed

    def _settle(self, received_ns: int) -> None:
        is_usable = self.standing is None and received_ns >= self.believed_from_ns
        self.steady_ns, self._gap_ns = (self.arrived_ns, self.unnoticed_ns) if is_usable else (NEVER_NS, -1)

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

    def _judge_suspicion(self) -> None:
        self.suspicion = self.contradiction or self.price_suspicion
        self.unsettle()
        self.reprice()
        self.judge_standing()

    def judge_standing(self) -> None:
        self.standing = standing_block(self.status, self.listing)
        if self.standing is None and self.suspicion is not None:
            self.standing = self.suspicion.block

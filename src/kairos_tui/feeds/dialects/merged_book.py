"""MergedBook: one market's depth with a newer best bid/ask laid over it, by the venue's own update ids.

Before it: a dialect that has proven the order of the updates. After it: Believed, or Doubted. Depth comes
every tenth of a second, the best bid/ask at once: what is better than the newer best is gone, what lies
behind it stands until depth says otherwise. Where both carry one id they must agree.
"""

from collections.abc import Sequence
from math import inf

from msgspec import Struct

from kairos_tui.errors import FrameRefused
from kairos_tui.feeds.dialects.dialect import Believed, Doubted, Seen
from kairos_tui.feeds.dialects.ladder import Ladder, Row
from kairos_tui.market import Level, Proof

AHEAD_MOST = 50
"""Depth updates that may pass below a newer best bid/ask; recorded venues need 3. Beyond it the ids of the
two channels no longer count the same thing, and the overlay would hold an old price for ever."""


Tops = tuple[Level | None, Level | None]
SEQUENCE = Proof.SEQUENCE


class BestBidAsk(Struct, frozen=True, gc=False):
    """A venue's best bid and ask, None for an empty side, as of `update_id`."""

    update_id: int
    bid: Level | None
    ask: Level | None
    timestamp_ms: int | None = None


class MergedBook:
    """Void until `replace`. Every method that finds the book untrue empties it before it says so.

    What is believed is true as `Believed` wants it: the ladders are sorted and take no number that cannot be,
    the best bid/ask is looked at, and of both together none is shown that is crossed.
    """

    __slots__ = (
        "_ahead",
        "_asks",
        "_best",
        "_bids",
        "_depth",
        "_depth_tops",
        "_stamp_ms",
        "market_id",
        "update_id",
    )

    def __init__(self, market_id: str, depth: int, *, keeps_text: bool = True) -> None:
        self.market_id = market_id
        self.update_id: int | None = None
        self._depth = depth
        self._bids = Ladder(is_bid=True, keeps_text=keeps_text)
        self._asks = Ladder(is_bid=False, keeps_text=keeps_text)
        self._best: BestBidAsk | None = None
        self._ahead = 0
        self._depth_tops: Tops = (None, None)
        self._stamp_ms: int | None = None

    def clear(self) -> None:
        self.update_id = self._best = self._stamp_ms = None
        self._depth_tops = (None, None)
        self._bids.clear()
        self._asks.clear()

    def doubt(self, reason: str) -> Doubted:
        """Forget the book and say why."""
        self.clear()
        return Doubted(self.market_id, reason)

    def replace(
        self,
        update_id: int,
        bids: Sequence[Row | Level],
        asks: Sequence[Row | Level],
        timestamp_ms: int | None = None,
        *,
        levels_most: float = inf,
    ) -> Believed | Doubted:
        """A snapshot; a side with `levels_most` rows goes on behind them. Raises FrameRefused."""
        self.clear()
        try:
            self._bids.replace(bids, is_whole=len(bids) < levels_most)
            self._asks.replace(asks, is_whole=len(asks) < levels_most)
        except FrameRefused:
            self.clear()
            raise
        return self._judged(update_id, timestamp_ms)

    def apply(
        self,
        update_id: int,
        bids: Sequence[Row | Level],
        asks: Sequence[Row | Level],
        timestamp_ms: int | None,
    ) -> Believed | Doubted:
        """The next update, its place in the order already proven. Raises FrameRefused."""
        try:
            self._bids.put_all(bids)
            self._asks.put_all(asks)
        except FrameRefused:
            self.clear()
            raise
        return self._judged(update_id, timestamp_ms)

    def lay_over(self, best: BestBidAsk) -> Believed | Seen | Doubted:
        """The best bid/ask by itself. Raises FrameRefused for numbers that cannot be true."""
        bid, ask, update_id = best.bid, best.ask, best.update_id
        is_plain = (
            bid is not None
            and ask is not None
            and 0.0 < bid[0] < ask[0] < inf
            and 0.0 < bid[1] < inf
            and 0.0 < ask[1] < inf
        )
        if not is_plain:
            _check(bid)
            _check(ask)
        held = self._best
        newest = self.update_id if held is None else held.update_id
        if newest is None or update_id < newest:
            return Seen(self.market_id)
        if update_id == newest:
            return Seen(self.market_id) if self._tops() == (bid, ask) else self._differs()
        self._best, self._ahead = best, 0
        if not is_plain and bid is not None and ask is not None:
            return self._crossed(bid, ask)
        depth = self._depth - 1
        bids = () if bid is None else self._bids.under(bid, depth)
        asks = () if ask is None else self._asks.under(ask, depth)
        is_best = (bid, ask) != self._depth_tops
        return Believed(self.market_id, bids, asks, SEQUENCE, best.timestamp_ms, update_id, is_best)

    def old(self, update_id: int, timestamp_ms: int | None) -> Seen | Doubted:
        """An update that the book already has. One that is older by its id and newer by its stamp means
        that the venue counts anew: taken for old, everything from here on would be passed over."""
        if timestamp_ms is None or self._stamp_ms is None or timestamp_ms <= self._stamp_ms:
            return Seen(self.market_id)
        return self.doubt(f"update {update_id} is behind {self.update_id}, yet newer")

    def has(self, update_id: int, timestamp_ms: int | None) -> bool:
        """Is this snapshot one that the book has seen already, or an older one?"""
        if self.update_id is None or update_id > self.update_id:
            return False
        return timestamp_ms is None or self._stamp_ms is None or timestamp_ms <= self._stamp_ms

    def runs_out(self, levels: int) -> bool:
        """A side has fewer than `levels` left of a snapshot that did not show all."""
        return self._bids.runs_out(levels) or self._asks.runs_out(levels)

    def shows_as(self, other: "MergedBook") -> bool:
        """Do both show the same depth?"""
        mine, theirs = (self._bids, self._asks), (other._bids, other._asks)
        return all(a.top(self._depth) == b.top(self._depth) for a, b in zip(mine, theirs, strict=True))

    def go_on_from(self, other: "MergedBook") -> None:
        """`other` stands at the same update id and knows more of what lies behind."""
        self._bids, self._asks = other._bids, other._asks

    def rows(self, depth: int) -> tuple[list[Row], list[Row]]:
        """The best `depth` rows of the depth alone, bids and asks: what a checksum is made of."""
        return self._bids.rows(depth), self._asks.rows(depth)

    def _judged(self, update_id: int, timestamp_ms: int | None) -> Believed | Doubted:
        """The depth is new: does it hold, and does it agree with the best bid/ask?"""
        if self.update_id is not None and update_id < self.update_id:
            self._best = None  # the venue counts anew
        self.update_id, self._stamp_ms = update_id, timestamp_ms
        bid, ask = self._depth_tops = self._bids.best(), self._asks.best()
        if bid is not None and ask is not None and bid[0] >= ask[0]:
            return self._crossed(bid, ask)
        if self.runs_out(self._depth):
            return self.doubt("book ran out of its snapshot")
        return self._overtaken(update_id, (bid, ask)) or self._believed(timestamp_ms)

    def _overtaken(self, update_id: int, tops: Tops) -> Doubted | None:
        """Depth has come closer to the overlay, or reached it, and it falls away."""
        best = self._best
        if best is None:
            return None
        if best.update_id > update_id:
            self._ahead += 1
            is_late = self._ahead > AHEAD_MOST
            return self.doubt(f"depth stays behind best bid/ask {best.update_id}") if is_late else None
        if best.update_id == update_id and tops != (best.bid, best.ask):
            return self._differs()
        self._best = None
        return None

    def _believed(self, timestamp_ms: int | None) -> Believed:
        best, depth = self._best, self._depth
        if best is None:
            bids, asks, nonce = self._bids.top(depth), self._asks.top(depth), self.update_id
        else:
            bids = () if best.bid is None else self._bids.under(best.bid, depth - 1)
            asks = () if best.ask is None else self._asks.under(best.ask, depth - 1)
            nonce = best.update_id
        return Believed(self.market_id, bids, asks, SEQUENCE, timestamp_ms, nonce)

    def _tops(self) -> Tops:
        return self._depth_tops if self._best is None else (self._best.bid, self._best.ask)

    def _crossed(self, bid: Level, ask: Level) -> Doubted:
        how = "locked" if bid[0] == ask[0] else "crossed"
        return self.doubt(f"book {how}: bid {bid[0]} and ask {ask[0]}")

    def _differs(self) -> Doubted:
        newest = self.update_id if self._best is None else self._best.update_id
        return self.doubt(f"best bid/ask differs from depth at update {newest}")


def _check(level: Level | None) -> None:
    if level is not None and not (0.0 < level[0] < inf and 0.0 < level[1] < inf):
        raise FrameRefused(f"a best level of {level[0]!r} x {level[1]!r}")

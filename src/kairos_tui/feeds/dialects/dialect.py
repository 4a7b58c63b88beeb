"""SEAM Dialect: a venue's raw frames -> books that are proven, or doubted with the reason.

Before it: the tap, which offers every frame. After it: Stream. To add one: a module, a line in `table`.
"""

from collections.abc import Mapping
from typing import Any, Protocol

from msgspec import Struct

from kairos_tui.market import Level, Proof, Symbol

Message = dict[str, Any]
"""What is sent to a venue, as JSON."""


class Market(Struct, frozen=True):
    """What a dialect needs to know of a market: ccxt's names and steps. Steps are 0.0 when unknown."""

    symbol: Symbol
    market_id: str
    price_step: float = 0.0
    size_step: float = 0.0


class Believed(Struct, frozen=True, gc=False):
    """The market's book after this frame, best first, proven as `proof` says. Sizes as the venue counts them.

    Nobody looks at its levels again, so every dialect sees to it: both sides are tuples of plain tuples of
    two floats, at most as many as `open` asked for; prices positive, finite and strictly worse from level to
    level; sizes positive and finite; the best bid below the best ask. A side may be empty.

    `timestamp_ms` is the venue's stamp, `nonce` its update id; None where it sends none. `is_best`: only the
    best levels are new; what lies behind them is older, and the venue's depth owes an update.
    """

    market_id: str
    bids: tuple[Level, ...]
    asks: tuple[Level, ...]
    proof: Proof
    timestamp_ms: int | None = None
    nonce: int | None = None
    is_best: bool = False


class Seen(Struct, frozen=True, gc=False):
    """A message of this market that changes nothing (a duplicate, a heartbeat): the stream lives."""

    market_id: str


class Wanted(Struct, frozen=True, gc=False):
    """Updates are being kept for this market until its REST snapshot is there: fetch it now. Said once.

    `is_early`: the book is believed, its snapshot is being used up. Said again until the next one is there.
    """

    market_id: str
    is_early: bool = False


class Doubted(Struct, frozen=True, gc=False):
    """The book is no longer believed: the leg leaves, the market is synchronised anew.

    The dialect has already forgotten the book; `reason` is one short sentence for people.
    """

    market_id: str
    reason: str


Outcome = Believed | Seen | Wanted | Doubted


class SnapshotCall(Struct, frozen=True):
    """A REST request in ccxt's implicit API: `await getattr(exchange, method)(params)`."""

    method: str
    params: Mapping[str, Any]


class Dialect(Protocol):
    """One connection's worth of one venue: the sequence of some venues counts per connection.

    `take` raises FrameRefused or msgspec.MsgspecError for a frame of a hot channel that is not what it should
    be; the feed drops the connection then. It returns None for a frame that is not of a hot channel (acks,
    errors, pongs): that one is ccxt's. It never answers for a market that is not open.
    """

    def open(self, market: Market, depth: int) -> None:
        """Watch this market from nothing; `Believed` carries `depth` levels of a side."""
        ...

    def forget(self, market_id: str) -> None:
        """What is held of this market is void; it waits for a snapshot as if it had just been opened."""
        ...

    def requests(self, market: Market, asked: Message) -> tuple[Message, ...]:
        """What subscribes to its channels, in place of the one message `asked` that ccxt would send."""
        ...

    def cancels(self, market: Market, asked: Message) -> tuple[Message, ...]:
        """What takes these subscriptions back, for a resync on the same connection; () if REST resyncs."""
        ...

    def take(self, frame: str | bytes) -> tuple[Outcome, ...] | None:
        """What a frame says, or None when it is not of a hot channel."""
        ...

    def snapshot_call(self, market: Market) -> SnapshotCall | None:
        """The REST snapshot that `Wanted` asks for; None where the stream brings its own."""
        ...

    def take_snapshot(self, market_id: str, body: Any) -> tuple[Outcome, ...]:  # noqa: ANN401  a venue's JSON
        """The answer to it, joined with the updates kept meanwhile; Wanted again if it is too old."""
        ...

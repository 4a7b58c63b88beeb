"""StreamWords: what is known of each stream, from its feed and from the engine, and what of it is news.

Before it: the engine's role, with statuses as they come. After it: the role publishes what these hand back.
"""

from kairos_tui.market import USABLE, FeedState, FeedStatus, Shard, Symbol, Venue

_Stream = tuple[Venue, Symbol | None]


class StreamWords:
    """Of several engines one speaks for each stream: the others know it too, and keep still.

    `shard` says for which this one speaks, None: for none of them.
    """

    def __init__(self, shard: Shard | None) -> None:
        self._shard = shard
        self._known: frozenset[Symbol] | None = None
        self._told: dict[_Stream, FeedStatus] = {}
        self._found: dict[_Stream, FeedStatus] = {}

    def serve(self, shard: Shard | None) -> list[FeedStatus]:
        """From now on it speaks for these: the state of each stream for which it did not speak before."""
        before = {(status.venue, status.symbol) for status in self.all()}
        self._shard = shard
        # It hears of more than it prices: what it is to take over, and what it has just handed on.
        self._known = None if shard is None else frozenset((*shard.symbols, *shard.conversions))
        return [status for status in self.all() if (status.venue, status.symbol) not in before]

    def speaks_for(self, symbol: Symbol | None) -> bool:
        """Whether what is known of a stream is told here; None is a whole venue."""
        shard, known = self._shard, self._known
        if shard is None or (known is not None and symbol is not None and symbol not in known):
            return False
        return shard.speaks_for(symbol)

    def is_known(self, status: FeedStatus) -> bool:
        """Whether the feed has said just that before."""
        return self._told.get((status.venue, status.symbol)) == status

    def usable_of(self, venue: Venue) -> list[Symbol]:
        """The venue's streams that are well, as their feeds say."""
        return [
            symbol
            for (of, symbol), status in self._told.items()
            if of == venue and symbol is not None and status.state in USABLE
        ]

    def on_told(self, status: FeedStatus) -> bool:
        """A feed's own word of a stream. Whether that is to be published.

        A retry that fails for the same reason is on the board, and no news. Neither is that the feed of a
        stream that the engine has shut out is well.
        """
        stream = (status.venue, status.symbol)
        before, self._told[stream] = self._told.get(stream), status
        if status.state not in USABLE:
            # Its own trouble is the newest word; what the engine still holds after it is said again.
            self._found.pop(stream, None)
        is_held = status.state in USABLE and stream in self._found
        is_news = before is None or (before.state, before.reason) != (status.state, status.reason)
        return is_news and not is_held and self.speaks_for(status.symbol)

    def on_found(self, status: FeedStatus) -> bool:
        """The engine has shut a stream out, or let it in again. Whether that is to be published."""
        stream = (status.venue, status.symbol)
        before = self._found.pop(stream, None)
        if status.state is FeedState.QUARANTINED:
            self._found[stream] = status
        return (before is None or before.reason != status.reason) and self.speaks_for(status.symbol)

    def all(self) -> list[FeedStatus]:
        """For a newcomer. What the engine has found comes after what the feed says of itself, and stands."""
        known = (self._told | self._found).values()
        return [status for status in known if self.speaks_for(status.symbol)]

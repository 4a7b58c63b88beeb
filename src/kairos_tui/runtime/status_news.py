"""StatusNews: which statuses are news. The engine tells every newcomer on its wire all of them anew.

Used by narrator, sink_teller and mirror_source, which tell a status once.
"""

from kairos_tui.market import FeedStatus, Symbol, Venue


class StatusNews:
    """Remembers the last status of each stream."""

    def __init__(self) -> None:
        self._said: dict[tuple[Venue, Symbol | None], tuple[object, ...]] = {}

    def is_news(self, status: FeedStatus) -> bool:
        """Whether it says anything that the one before it did not."""
        stream, said = (status.venue, status.symbol), (status.state, status.reason, status.since_ns)
        before, self._said[stream] = self._said.get(stream), said
        return before != said

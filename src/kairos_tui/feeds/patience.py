"""Patience: how long a stream that never answers is left alone. A dead one is not asked every second."""

SECOND_NS = 1_000_000_000
SHORTEST_QUARANTINE_NS = 30 * SECOND_NS
LONGEST_QUARANTINE_NS = 300 * SECOND_NS


class Patience:
    """One stream's. `quarantines` in a row without a book since."""

    def __init__(self) -> None:
        self.quarantines = 0

    def on_book(self) -> None:
        self.quarantines = 0

    def quarantine_ns(self) -> int:
        """How long this time: half a minute, then twice as long each, up to five."""
        self.quarantines += 1
        return min(SHORTEST_QUARANTINE_NS << min(self.quarantines - 1, 8), LONGEST_QUARANTINE_NS)

"""OutboxTotals: the senders' own counts, summed over senders and over their restarts. Used by run_engine."""

from kairos_tui.wire import OutboxCounts


class OutboxTotals:
    """A restarted sender counts from zero again: what its former life reached is kept."""

    def __init__(self) -> None:
        self._latest: dict[str, OutboxCounts] = {}
        self._former: list[OutboxCounts] = []

    def take(self, counts: OutboxCounts) -> None:
        """A sender's newest totals."""
        before = self._latest.get(counts.sender)
        if before is not None and counts.offered < before.offered:
            self._former.append(before)
        self._latest[counts.sender] = counts

    @property
    def offered(self) -> int:
        """Ticks that feeds made."""
        return sum(counts.offered for counts in self._all())

    @property
    def conflated(self) -> int:
        """Ticks replaced by newer ones before they were sent."""
        return sum(counts.conflated for counts in self._all())

    @property
    def dropped(self) -> int:
        """Ticks given up before they were sent."""
        return sum(counts.dropped for counts in self._all())

    @property
    def senseless(self) -> int:
        """Ticks whose levels cannot be."""
        return sum(counts.senseless for counts in self._all())

    def _all(self) -> list[OutboxCounts]:
        return [*self._former, *self._latest.values()]

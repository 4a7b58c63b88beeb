"""RateMeter: events per second over the last second, in ten buckets. Slots count their ticks with it."""

_BUCKET_NS = 100_000_000
_BUCKETS = 11
"""Ten whole buckets make the second; the eleventh is the one being filled."""


class RateMeter:
    """A ring of counts; memory and work do not grow with the rate."""

    __slots__ = ("_counts", "_newest")

    def __init__(self) -> None:
        self._counts = [0] * _BUCKETS
        self._newest = 0

    def count(self, now_ns: int) -> None:
        """One event at `now_ns`; an instant before the newest bucket counts in the newest."""
        bucket = now_ns // _BUCKET_NS
        if bucket > self._newest:
            self._roll_to(bucket)
        self._counts[self._newest % _BUCKETS] += 1

    def per_second(self, now_ns: int) -> float:
        """Events in the ten whole buckets before the one that holds `now_ns`."""
        bucket = now_ns // _BUCKET_NS
        if bucket > self._newest:
            self._roll_to(bucket)
        return float(sum(self._counts) - self._counts[self._newest % _BUCKETS])

    def _roll_to(self, bucket: int) -> None:
        for passed in range(max(self._newest + 1, bucket - _BUCKETS + 1), bucket + 1):
            self._counts[passed % _BUCKETS] = 0
        self._newest = bucket

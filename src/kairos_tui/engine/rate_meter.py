"""RateMeter: events per second over the last second, in ten buckets. Slots count their ticks with it."""

from collections import deque

_BUCKET_NS = 100_000_000
_WHOLE = 10
"""Whole buckets make the second; the one that is being filled does not count yet."""


class RateMeter:
    """The buckets in which anything happened; memory and work do not grow with the rate, nor with silence.

    An event in the newest bucket costs a comparison and an addition; boards sum the others once a bucket.
    """

    __slots__ = ("_ends_ns", "_filled", "_newest", "_past", "_summed")

    def __init__(self) -> None:
        self._past: deque[tuple[int, int]] = deque(maxlen=_WHOLE)
        self._newest = self._filled = 0
        self._ends_ns = _BUCKET_NS
        self._summed: float | None = 0.0

    def count(self, now_ns: int) -> None:
        """One event at `now_ns`; an instant before the newest bucket counts in the newest."""
        if now_ns >= self._ends_ns:
            self._roll_to(now_ns // _BUCKET_NS)
        self._filled += 1

    def per_second(self, now_ns: int) -> float:
        """Events in the ten whole buckets before the one that holds `now_ns`."""
        if now_ns >= self._ends_ns:
            self._roll_to(now_ns // _BUCKET_NS)
        if self._summed is None:
            oldest = self._newest - _WHOLE
            self._summed = float(sum([count for bucket, count in self._past if bucket >= oldest]))
        return self._summed

    def _roll_to(self, bucket: int) -> None:
        if self._filled:
            self._past.append((self._newest, self._filled))
        self._newest, self._filled, self._summed = bucket, 0, None
        self._ends_ns = (bucket + 1) * _BUCKET_NS

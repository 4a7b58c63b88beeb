"""Gaps: how long one stream's messages are apart, as a histogram that forgets. Used by SilenceLimit.

Log-linear buckets, as HdrHistogram has them: 16 to an octave, so a quantile is at most 6.25 % too long.
"""

from array import array

UNIT_BITS = 20
"""Gaps are counted in 2^20 ns, about a millisecond."""

SHORTEST_NS = 1 << UNIT_BITS
"""What is shorter is all one."""

SUB_BITS = 4
OCTAVES = 13
"""The last bucket begins at 63 s; what is longer counts as that."""

BUCKETS = OCTAVES << SUB_BITS
EXACT = 2 << SUB_BITS
"""So many units from zero have a bucket of their own, which bears their number."""

HALVED_EVERY = 4_096
"""Messages after which all earlier ones weigh half, so that at most some 8,000 of them speak."""


class Gaps:
    """`add` is O(1) and allocates nothing; once in 4,096 messages it passes over the 208 buckets."""

    __slots__ = ("_last", "_total", "_until_halved", "_weights")

    def __init__(self) -> None:
        self._weights = array("d", bytes(8 * BUCKETS))
        self._total = 0.0
        self._until_halved = HALVED_EVERY
        self._last = 0  # the bucket of the longest gap: those behind it are empty, and need no look

    def add(self, gap_ns: int) -> None:
        units = gap_ns >> UNIT_BITS
        bucket = units if 0 <= units < EXACT else _bucket_of(gap_ns)
        if bucket > self._last:
            self._last = bucket
        self._weights[bucket] += 1.0
        self._total += 1.0
        self._until_halved -= 1
        if not self._until_halved:
            self._halve()

    def add_shortest(self, count: int) -> None:
        """So many below SHORTEST_NS; not more than are left until all are halved."""
        self._weights[0] += count
        self._total += count
        self._until_halved -= count
        if not self._until_halved:
            self._halve()

    def longest_ns(self, share: float) -> int:
        """The length that no more than `share` of the gaps exceed: share 0.001 is the quantile 0.999."""
        allowed, beyond = self._total * share, 0.0
        if not self._total:
            return 0
        for bucket in range(self._last, -1, -1):
            beyond += self._weights[bucket]
            if beyond > allowed:
                return _end_of(bucket)
        return 0

    def _halve(self) -> None:
        for bucket in range(BUCKETS):
            self._weights[bucket] *= 0.5
        self._total *= 0.5
        self._until_halved = HALVED_EVERY


def _bucket_of(gap_ns: int) -> int:
    units = max(0, gap_ns) >> UNIT_BITS
    octave = max(0, units.bit_length() - SUB_BITS - 1)
    return min((octave << SUB_BITS) + (units >> octave), BUCKETS - 1)


def _end_of(bucket: int) -> int:
    """The first gap, in ns, that is too long for the bucket."""
    octave = max(0, (bucket >> SUB_BITS) - 1)
    return (bucket - (octave << SUB_BITS) + 1) << octave << UNIT_BITS

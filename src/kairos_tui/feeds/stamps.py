"""Stamps: the whole numbers that come with a book, if they can be what they say. Used by Stream."""

BIGGEST_INT = 2**63 - 1

OLDEST_MS, NEWEST_MS = -86_400_000, 5_000
"""An exchange's stamp further than this from our wall clock is in another unit, or not a time at all."""


def integer_of(value: object) -> int | None:
    """An int that fits 64 bits; anything else is None."""
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if abs(value) <= BIGGEST_INT else None


def stamp_of(value: object, wall_ms: int) -> int | None:
    """The exchange's time in ms, when it is within a day behind and 5 s ahead of our wall clock."""
    stamp = integer_of(value)
    if stamp is None or not OLDEST_MS <= stamp - wall_ms <= NEWEST_MS:
        return None
    return stamp

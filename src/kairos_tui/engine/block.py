"""Block: why a leg or a route may not be priced. Gates find it, words puts it into sentences."""

from enum import StrEnum


class Block(StrEnum):
    """Reasons, in the order in which they are looked for."""

    NOT_LISTED = "not_listed"
    FEED = "feed"
    NO_LISTING = "no_listing"
    HALTED = "halted"
    NO_BOOK = "no_book"
    ONE_SIDED = "one_sided"
    CROSSED = "crossed"
    STALE = "stale"
    FUTURE = "future"
    UNSYNCED = "unsynced"
    ASYNCHRONOUS = "asynchronous"

"""Block, Suspicion, Depeg: why something may not be priced. Gates, firewall and pegs find, words says."""

from enum import StrEnum

from msgspec import Struct


class Block(StrEnum):
    """Reasons, in the order in which they are looked for."""

    NOT_LISTED = "not_listed"
    FEED = "feed"
    NO_LISTING = "no_listing"
    HALTED = "halted"
    IDENTITY = "identity"
    OUTLIER = "outlier"
    NO_BOOK = "no_book"
    ONE_SIDED = "one_sided"
    CROSSED = "crossed"
    LOCKED = "locked"
    SENSELESS = "senseless"
    STALE = "stale"
    FUTURE = "future"
    UNSYNCED = "unsynced"
    ASYNCHRONOUS = "asynchronous"


class Evidence(StrEnum):
    """What speaks against a leg: what its market is, or what it costs beside the same symbol elsewhere.

    TIE is one address against one: of two, either may be the other coin.
    """

    KIND = "kind"
    ADDRESS = "address"
    TIE = "tie"
    NAME = "name"
    UNITS = "units"
    COIN = "coin"
    PRICE = "price"
    PAIR = "pair"


PASSING = frozenset({Evidence.PRICE, Evidence.PAIR})
"""Evidence that a price gives and takes back; any other says that this is not what is traded elsewhere."""


class Depeg(Struct, frozen=True, gc=False):
    """A market that left its peg, as a sentence, and since when. It may be traded; it may not convert."""

    reason: str
    since_ns: int


class Suspicion(Struct, frozen=True, gc=False):
    """A quarantine by the engine: the evidence, a sentence with what to do about it, and since when."""

    evidence: Evidence
    reason: str
    since_ns: int

    @property
    def block(self) -> Block:
        """What it means to a route."""
        return Block.OUTLIER if self.evidence in PASSING else Block.IDENTITY

"""Tick: one venue's book top at one instant. Made by feeds at the door, judged by engine."""

from enum import StrEnum

from msgspec import Struct

from kairos_tui.market.names import Symbol, Venue

Level = tuple[float, float]
"""(price in quote per base, size in base)."""


class Proof(StrEnum):
    """Why a book is believed, strongest first."""

    CHECKSUM = "checksum"
    SEQUENCE = "sequence"
    SNAPSHOT = "snapshot"
    UNPROVEN = "unproven"


class Tick(Struct, frozen=True, array_like=True, gc=False):
    """The best N levels of both sides, best first, and when they were seen.

    `received_ns` is taken at the socket before decoding, `decoded_ns` after; both are the machine's
    monotonic clock in ns. `timestamp_ms` is the exchange's own wall clock in ms, or None: evidence,
    never an age. `generation` counts the connections this stream has had.
    """

    venue: Venue
    symbol: Symbol
    bids: tuple[Level, ...]
    asks: tuple[Level, ...]
    received_ns: int
    decoded_ns: int
    timestamp_ms: int | None = None
    nonce: int | None = None
    generation: int = 0
    proof: Proof = Proof.UNPROVEN


class Pulse(Struct, frozen=True, array_like=True, gc=False):
    """These streams of a venue were alive at `at_ns` (monotonic): what was last told of their books holds.

    A quiet book has a new pulse and no new tick; ages are counted from the later of the two.
    """

    venue: Venue
    symbols: tuple[Symbol, ...]
    at_ns: int


class Quote(Struct, frozen=True, array_like=True, gc=False):
    """An accepted change of a venue's best bid or ask: prices in quote per base, sizes in base."""

    venue: Venue
    symbol: Symbol
    bid: float
    bid_size: float
    ask: float
    ask_size: float
    received_ns: int
    timestamp_ms: int | None = None
    nonce: int | None = None
    proof: Proof = Proof.UNPROVEN

"""FeedPlan: all that a feed needs to know about its venue; Receiver: what it hands things to."""

from typing import Protocol

from msgspec import Struct

from kairos_tui.market import FeeCharged, FeedStatus, Listing, Pulse, Symbol, Tick, Venue


class Receiver(Protocol):
    """Takes what a feed makes, at once and without blocking; called from the feed's event loop."""

    def on_tick(self, tick: Tick) -> None: ...
    def on_status(self, status: FeedStatus) -> None: ...
    def on_listing(self, listing: Listing) -> None: ...
    def on_pulse(self, pulse: Pulse) -> None: ...


class FeedPlan(Struct, frozen=True):
    """One venue, what to watch there and how patiently.

    `origin_rest` and `origin_ws` are scheme://host:port put in place of every REST / WebSocket URL's own.
    `conversions` are watched where the venue lists them, and passed over in silence where it does not.
    `confirmed`: the user has said that these are the coins they are called.
    `market_ids` maps a wanted symbol to this venue's own unified symbol where they differ.
    """

    venue: Venue
    symbols: tuple[Symbol, ...]
    ccxt_class: str
    origin_rest: str | None = None
    origin_ws: str | None = None
    taker_bps: float | None = None
    market_ids: dict[Symbol, Symbol] = {}
    depth: int = 20
    silence_after_s: float = 2.0
    ack_within_s: float = 10.0
    connect_timeout_s: float = 10.0
    resync_within_s: float = 5.0
    ping_after_s: float = 0.4
    pong_within_s: float = 5.0
    conversions: tuple[Symbol, ...] = ()
    confirmed: tuple[Symbol, ...] = ()
    fee_currency: FeeCharged | None = None

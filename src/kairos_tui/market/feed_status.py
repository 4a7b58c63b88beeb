"""FeedStatus: how a feed is. One enum, the same on the HUD, in JSON and in metrics."""

from enum import StrEnum

from msgspec import Struct

from kairos_tui.market.names import Symbol, Venue


class FeedState(StrEnum):
    """The life of one (venue, symbol) stream."""

    CONNECTING = "connecting"
    LIVE = "live"
    QUIET = "quiet"
    LAGGING = "lagging"
    STALE = "stale"
    RESYNC = "resync"
    QUARANTINED = "quarantined"
    DOWN = "down"


USABLE = frozenset({FeedState.LIVE, FeedState.QUIET})
"""States in which a leg may enter a route."""


class FeedStatus(Struct, frozen=True, array_like=True, gc=False):
    """A stream's state from `since_ns` (monotonic) on. `symbol` None speaks of the whole venue.

    `reason` is one short sentence for people; `retry_ns` the monotonic time of the next try, or None.
    `listed` is False when the venue does not trade the symbol; `nearest` then names what it does trade.
    `at_ns` is when it came to be so once more, where that was after `since_ns`: down again in one outage.
    """

    venue: Venue
    symbol: Symbol | None
    state: FeedState
    since_ns: int
    reason: str | None = None
    retry_ns: int | None = None
    listed: bool = True
    nearest: tuple[Symbol, ...] = ()
    at_ns: int | None = None

    @property
    def changed_ns(self) -> int:
        """When it changed to this; what it has been since is `since_ns`."""
        return self.since_ns if self.at_ns is None else self.at_ns


class FeedCounts(Struct, frozen=True, array_like=True, gc=False):
    """What one venue's feed has done since its process started, and how its health is.

    Totals up to `silences`; then the feed's loop lag, the last bad frame, and more totals: `gaps` in sequence
    or checksum, REST cross-checks that agreed (`checks`) and did not (`disagreements`). `score` is 0 to 100.
    `clock_offset_us` is the venue's clock minus ours, true to `clock_uncertainty_us`; `lag_us` the delay of
    its messages beyond the least seen lately. None = not measured. `format_changes` is how often the venue's
    words were no longer understood, so that ccxt reads them; `left_to_ccxt` counts the frames of a verified
    venue that are of no book, by what they say they are.
    """

    venue: Venue
    frames: int = 0
    bad_frames: int = 0
    ticks: int = 0
    refused: int = 0
    reconnects: int = 0
    silences: int = 0
    loop_lag_p99_us: int = 0
    last_bad: str | None = None
    gaps: int = 0
    checks: int = 0
    disagreements: int = 0
    score: int = 100
    clock_offset_us: int | None = None
    clock_uncertainty_us: int | None = None
    lag_us: int | None = None
    format_changes: int = 0
    left_to_ccxt: tuple[tuple[str, int], ...] = ()

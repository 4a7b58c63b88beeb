"""market: the words. Frozen data and the arithmetic on it; imports nothing of ours but errors.

names -> tick, feed_status, instrument -> opportunity -> board. Every other room speaks in these.
"""

from kairos_tui.market.board import (
    Board,
    FeedKind,
    Mood,
    Rates,
    RoleState,
    RoleView,
    RouteView,
    SymbolBoard,
    Thresholds,
    VenueView,
)
from kairos_tui.market.feed_status import USABLE, FeedCounts, FeedState, FeedStatus
from kairos_tui.market.instrument import (
    Fees,
    FeeSource,
    Instrument,
    Listing,
    common_step,
    floor_to_lots,
)
from kairos_tui.market.names import Asset, Symbol, Venue, split_symbol
from kairos_tui.market.opportunity import (
    FINISHED,
    CloseReason,
    Kind,
    LatencyTrace,
    Leg,
    Mode,
    Opportunity,
    Route,
    Side,
    Signal,
    SignalEvent,
)
from kairos_tui.market.tick import Level, Proof, Quote, Tick

__all__ = [
    "FINISHED",
    "USABLE",
    "Asset",
    "Board",
    "CloseReason",
    "FeeSource",
    "FeedCounts",
    "FeedKind",
    "FeedState",
    "FeedStatus",
    "Fees",
    "Instrument",
    "Kind",
    "LatencyTrace",
    "Leg",
    "Level",
    "Listing",
    "Mode",
    "Mood",
    "Opportunity",
    "Proof",
    "Quote",
    "Rates",
    "RoleState",
    "RoleView",
    "Route",
    "RouteView",
    "Side",
    "Signal",
    "SignalEvent",
    "Symbol",
    "SymbolBoard",
    "Thresholds",
    "Tick",
    "Venue",
    "VenueView",
    "common_step",
    "floor_to_lots",
    "split_symbol",
]

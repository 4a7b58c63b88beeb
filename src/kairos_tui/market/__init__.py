"""market: the words. Frozen data and the arithmetic on it; imports nothing of ours but errors.

names (shard) -> tick, feed_status, instrument -> opportunity (trace) -> markout, calibration -> board
(latency, role, thresholds, recorded, replayed, paper) -> united: all rooms speak so. survival and reversion:
what lifetimes and edges tell.
"""

from kairos_tui.market.board import (
    Board,
    BookView,
    ConversionView,
    FeedKind,
    Mood,
    Rates,
    RouteView,
    SymbolBoard,
    VenueView,
)
from kairos_tui.market.calibration import Calibration, CalibrationBin, CalibrationCount
from kairos_tui.market.feed_status import USABLE, FeedCounts, FeedState, FeedStatus
from kairos_tui.market.instrument import (
    FeeCharged,
    Fees,
    FeeSource,
    Instrument,
    Listing,
    MarketKind,
    common_step,
    floor_to_lots,
    untrue_in,
)
from kairos_tui.market.key_ring import NO_KEYS, KeyRing
from kairos_tui.market.latency import Histogram, LatencyWindow, Marks, StageView
from kairos_tui.market.markout import (
    DEPTH_GONE,
    HORIZONS_MS,
    HorizonGrade,
    Markout,
    RouteGrade,
    add_up,
    horizons_of,
)
from kairos_tui.market.names import Asset, Symbol, Venue, conversion_symbols, split_symbol
from kairos_tui.market.opportunity import (
    FINISHED,
    CloseReason,
    Kind,
    Leg,
    Mode,
    Opportunity,
    Route,
    Side,
    Signal,
    SignalEvent,
)
from kairos_tui.market.paper import (
    Fill,
    PaperOrder,
    PaperOutcome,
    PaperResult,
    PaperRole,
    PaperStock,
    PaperTerms,
    PaperView,
)
from kairos_tui.market.recorded import RecordingView
from kairos_tui.market.replayed import ReplayView
from kairos_tui.market.reversion import Reversion, fit_reversion
from kairos_tui.market.role import RoleState, RoleView, numbers_of
from kairos_tui.market.shard import Shard, deal, homes_of, owner_of, shard_of
from kairos_tui.market.survival import Band, Lifetime, Survival
from kairos_tui.market.thresholds import Thresholds
from kairos_tui.market.tick import Books, Level, PackedTick, Proof, Pulse, Quote, Tick, are_sane
from kairos_tui.market.trace import STAGES, LatencyTrace, Stage
from kairos_tui.market.united import UnitedBoards

__all__ = [
    "DEPTH_GONE",
    "FINISHED",
    "HORIZONS_MS",
    "NO_KEYS",
    "STAGES",
    "USABLE",
    "Asset",
    "Band",
    "Board",
    "BookView",
    "Books",
    "Calibration",
    "CalibrationBin",
    "CalibrationCount",
    "CloseReason",
    "ConversionView",
    "FeeCharged",
    "FeeSource",
    "FeedCounts",
    "FeedKind",
    "FeedState",
    "FeedStatus",
    "Fees",
    "Fill",
    "Histogram",
    "HorizonGrade",
    "Instrument",
    "KeyRing",
    "Kind",
    "LatencyTrace",
    "LatencyWindow",
    "Leg",
    "Level",
    "Lifetime",
    "Listing",
    "MarketKind",
    "Markout",
    "Marks",
    "Mode",
    "Mood",
    "Opportunity",
    "PackedTick",
    "PaperOrder",
    "PaperOutcome",
    "PaperResult",
    "PaperRole",
    "PaperStock",
    "PaperTerms",
    "PaperView",
    "Proof",
    "Pulse",
    "Quote",
    "Rates",
    "RecordingView",
    "ReplayView",
    "Reversion",
    "RoleState",
    "RoleView",
    "Route",
    "RouteGrade",
    "RouteView",
    "Shard",
    "Side",
    "Signal",
    "SignalEvent",
    "Stage",
    "StageView",
    "Survival",
    "Symbol",
    "SymbolBoard",
    "Thresholds",
    "Tick",
    "UnitedBoards",
    "Venue",
    "VenueView",
    "add_up",
    "are_sane",
    "common_step",
    "conversion_symbols",
    "deal",
    "fit_reversion",
    "floor_to_lots",
    "homes_of",
    "horizons_of",
    "numbers_of",
    "owner_of",
    "shard_of",
    "split_symbol",
    "untrue_in",
]

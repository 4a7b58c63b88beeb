"""Scorecard: what became of the signals of a journal, as one object. Documented here, published as JSON.

Before it: scoring fills it. After it: scorecard_text, scorecard_page, `kairos report --json`.
An added field keeps `v`; a renamed or removed one raises it. Null: nothing to say it from.
"""

from typing import Literal

from msgspec import Struct

from kairos_tui.journal.report.stream_times import VenueCard
from kairos_tui.journal.report.tally import Bar, Spread


class SignalCount(Struct, frozen=True, kw_only=True):
    """Events. `still_open`: opened, and no close of theirs is there."""

    opened: int
    updated: int
    closed: int
    still_open: int
    closed_for: dict[str, int]


class SurvivalPoint(Struct, frozen=True, kw_only=True):
    """The share of signals that last this long, and where the true share lies 95 times in 100."""

    age_ms: float
    share: float
    low: float
    high: float


class LifetimeCard(Struct, frozen=True, kw_only=True):
    """How long signals stood, by Kaplan-Meier: the market ended `ended`, `censored` were lost sight of.

    `unborn` opened as a stream of theirs came up: their edge may be older, so they have no lifetime.
    """

    count: int
    ended: int
    censored: int
    censored_share: float | None
    unborn: int
    median_ms: float | None
    points: tuple[SurvivalPoint, ...] = ()
    curve: tuple[tuple[float, float], ...] = ()


class HorizonCard(Struct, frozen=True, kw_only=True):
    """Signals that still paid so long after they opened, of those that could be priced then."""

    horizon_ms: int
    hits: int
    misses: int
    unpriced: int
    hit_rate: float | None
    median_net_bps: float | None = None


class ReliabilityBin(Struct, frozen=True, kw_only=True):
    """Chances told between two tenths, and what came of them."""

    low: float
    high: float
    told: int
    mean_told: float | None
    hit_rate: float | None


class CalibrationCard(Struct, frozen=True, kw_only=True):
    """`capture_p` at the opening against the markout at the reaction it speaks of. Brier: 0 is perfect.

    `brier_of_base`: what always telling the overall hit rate would have got. `of_priors`: how many of the
    chances came from the prior, for want of lifetimes.
    """

    told: int
    of_priors: int
    brier: float | None
    brier_of_base: float | None
    bins: tuple[ReliabilityBin, ...]


class RouteCard(Struct, frozen=True, kw_only=True):
    """One route's signals. `profit_median` is in the route's `quote`."""

    route: str
    buy_venue: str
    sell_venue: str
    buy_symbol: str
    sell_symbol: str
    mode: str
    quote: str
    opened: int
    net_bps_median: float | None
    net_bps_best: float | None
    profit_median: float | None
    lifetimes: LifetimeCard
    horizons: tuple[HorizonCard, ...]


class EdgeCard(Struct, frozen=True, kw_only=True):
    """Net edges in bps: when signals opened, and at their best; `bars` count those at the opening."""

    opening: Spread
    peak: Spread
    bars: tuple[Bar, ...]


class MoneyCard(Struct, frozen=True, kw_only=True):
    """What the openings would have earned, had they been filled as published. Never a promise."""

    quote: str
    profit: Spread
    notional: Spread


class PaperMoney(Struct, frozen=True, kw_only=True):
    """Sums over the followed signals of one quote: as signalled, and as it came out, unwinds included."""

    quote: str
    expected: float
    profit: float


class PaperCard(Struct, frozen=True, kw_only=True):
    """Signals followed by simulated orders, none of which was ever sent, and how they ended."""

    followed: int
    outcomes: dict[str, int]
    money: tuple[PaperMoney, ...]


class Activity(Struct, frozen=True, kw_only=True):
    """Openings over time: bins of `width_s` from `from_us` on."""

    from_us: int
    width_s: float
    opened: tuple[int, ...]


class Scorecard(Struct, frozen=True, kw_only=True, tag_field="type", tag="report"):
    """One journal, scored. Times are epoch us; `ticks` are those that runs ended in order have told.

    `routes` are those with the most signals; `more_routes` had some too. `lost`: what is known to be
    missing, counted by why.
    """

    v: Literal[1] = 1
    path: str
    feeds: tuple[str, ...]
    runs: int
    runs_not_ended: int
    from_us: int
    to_us: int
    watched_s: float
    symbols: tuple[str, ...]
    lines: int
    ticks: int
    signals: SignalCount
    edges: EdgeCard
    money: tuple[MoneyCard, ...]
    latency_us: Spread
    lifetimes: LifetimeCard
    horizons: tuple[HorizonCard, ...]
    unpriced_for: dict[str, int]
    calibration: CalibrationCard
    paper: PaperCard | None = None
    routes: tuple[RouteCard, ...]
    more_routes: int
    venues: tuple[VenueCard, ...]
    activity: Activity | None
    lost: dict[str, int]

"""OutStream: our stdout, told what the engine published. LineStream and PlainStream are two."""

from collections.abc import Sequence
from typing import Protocol

from kairos_tui.market import (
    Board,
    FeedKind,
    FeedStatus,
    Fill,
    Markout,
    Mood,
    Quote,
    Signal,
    Symbol,
    Thresholds,
    Venue,
)
from kairos_tui.sinks.lane import LaneState
from kairos_tui.sinks.lines import FeeShown


class OutStream(Protocol):
    """Never blocks whoever calls it; what it drops it counts, and says in its own stream.

    `ts_us` is wall-clock epoch us, `published_ns` the monotonic clock at the same instant.
    """

    feed: FeedKind
    dropped: int

    @property
    def state(self) -> LaneState: ...
    @property
    def failure(self) -> str | None: ...
    @property
    def written(self) -> int: ...

    def hello(
        self,
        *,
        version: str,
        symbols: Sequence[Symbol],
        venues: Sequence[Venue],
        thresholds: Thresholds,
        fees: Sequence[FeeShown],
        ts_us: int,
        mood: Mood | None = None,
        seed: int | None = None,
        redirected: Sequence[Venue] = (),
        back_test: Sequence[str] = (),
    ) -> None: ...
    def signal(self, signal: Signal, *, ts_us: int, published_ns: int) -> None: ...
    def quote(self, quote: Quote, *, ts_us: int, published_ns: int) -> None: ...
    def venue(self, status: FeedStatus, *, ts_us: int, published_ns: int) -> None: ...
    def fill(self, fill: Fill, *, ts_us: int, published_ns: int) -> None: ...
    def markout(self, markout: Markout, *, ts_us: int, published_ns: int) -> None: ...
    def heartbeat(self, board: Board | None, *, ts_us: int) -> None: ...
    def gap(self, count: int, reason: str, *, ts_us: int) -> None: ...
    def bye(self, *, ticks: int, signals: int, reason: str, ts_us: int) -> None: ...
    def quiet_for_s(self) -> float: ...
    def close(self, deadline_s: float) -> int: ...

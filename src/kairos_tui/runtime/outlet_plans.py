"""Outlet plans: what the launcher tells a sink and the mirror. Apart from the rest, as settings come along.

Before it: cast, follow. After it: run_sink, run_mirror.
"""

import msgspec

from kairos_tui.market import NO_KEYS, FeedKind, KeyRing, Symbol
from kairos_tui.settings import Settings


class SinkRolePlan(msgspec.Struct, frozen=True):
    """One `--sink` URL, and what its lines say of the run."""

    run: str
    feed: FeedKind
    signals: tuple[str, ...]
    settings: Settings
    symbols: tuple[Symbol, ...]
    url: str
    log_path: str
    log_level: int
    ring: KeyRing = NO_KEYS


class MirrorRolePlan(msgspec.Struct, frozen=True):
    """Where the mirror and the metrics are served; an empty address serves nothing there.

    `spare_token`: what viewers must know when nobody chose a token and others than this machine can come.
    """

    run: str
    feed: FeedKind
    signals: tuple[str, ...]
    settings: Settings
    symbols: tuple[Symbol, ...]
    mirror: str
    metrics: str
    log_path: str
    log_level: int
    ring: KeyRing = NO_KEYS
    spare_token: str = ""

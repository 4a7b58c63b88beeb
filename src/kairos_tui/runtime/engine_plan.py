"""EnginePlan: what the launcher tells an engine. Apart from the other plans, as the journal comes with it.

Before it: cast, replay_plan. After it: run_engine, engine_desk, engine_recording.
"""

import logging

import msgspec

from kairos_tui.journal import Limits
from kairos_tui.market import NO_KEYS, FeedKind, KeyRing, Mood, PaperTerms, Shard, Thresholds, Venue
from kairos_tui.runtime.json_log import LogForm
from kairos_tui.settings import Settings


class EnginePlan(msgspec.Struct, frozen=True):
    """An engine's addresses, universe and thresholds. `boards_per_s`: 30 with a HUD.

    `shard` has the symbols: all that are watched, or what this one of several engines prices of them.
    `record` is the folder it records into, within `limits`; empty = none. `obeys_open_at`: signals open at
    the net that the launcher says; not in a back-test that asks for one of its own.
    In a fleet the engine has a name, `member`; with `serves` False it knows all and speaks for nothing until
    an order of its own process says for what. Others find it at its `door`, the `ring` has its keys, and its
    ledger is kept in that file.
    """

    run: str
    epoch: int
    feed: FeedKind
    ticks: str
    signals: str
    shard: Shard
    venues: tuple[Venue, ...]
    thresholds: Thresholds
    boards_per_s: int
    mood: Mood | None = None
    seed: int | None = None
    paper: PaperTerms | None = None
    record: str = ""
    limits: Limits = Limits()
    obeys_open_at: bool = True
    serves: bool = True
    member: str = ""
    door: str = ""
    ring: KeyRing = NO_KEYS
    ledger: str = ""
    log_path: str = ""
    log_level: int = logging.WARNING
    log_form: LogForm | None = None


def recording_limits(settings: Settings) -> Limits:
    """How large a recording may grow with these settings."""
    return Limits(
        segment_bytes=settings.record_segment_mb * 1_000_000,
        keep_bytes=settings.record_keep_mb * 1_000_000,
        keep_s=settings.record_keep_h * 3_600.0,
        sync=settings.record_sync,
    )

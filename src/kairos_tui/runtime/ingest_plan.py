"""IngestPlan: what the launcher tells one ingest worker. Cheap to import: it loads no ccxt."""

import msgspec

from kairos_tui.feeds.feed_plan import FeedPlan
from kairos_tui.market import NO_KEYS, FeedKind, KeyRing, Symbol
from kairos_tui.runtime.json_log import LogForm


class IngestPlan(msgspec.Struct, frozen=True):
    """Where ticks go, and the venue they come from. `epoch` counts the worker's starts.

    `ticks` has an address for each engine, `homes` the place in it of the one that alone needs a symbol.
    In a fleet the worker has a `member`'s name and keys, and either one engine or the `fleet` where engines
    are found; `feed_kind` is what they must be of, too.
    """

    run: str
    epoch: int
    ticks: tuple[str, ...]
    feed: FeedPlan
    log_path: str
    log_level: int
    homes: dict[Symbol, int] = {}
    log_form: LogForm | None = None
    ring: KeyRing = NO_KEYS
    fleet: str = ""
    member: str = ""
    feed_kind: FeedKind = "live"


class IngestOrder(msgspec.Struct, frozen=True, omit_defaults=True):
    """A line to a worker after its plan. `retry`: whatever waits to try again does so at once."""

    retry: bool = False


TRY_NOW = IngestOrder(retry=True)

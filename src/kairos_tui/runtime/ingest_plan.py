"""IngestPlan: what the launcher tells one ingest worker. Cheap to import: it loads no ccxt."""

import msgspec

from kairos_tui.feeds.feed_plan import FeedPlan
from kairos_tui.market import Symbol


class IngestPlan(msgspec.Struct, frozen=True):
    """Where ticks go, and the venue they come from. `epoch` counts the worker's starts.

    `ticks` has an address for each engine, `homes` the place in it of the one that alone needs a symbol.
    """

    run: str
    epoch: int
    ticks: tuple[str, ...]
    feed: FeedPlan
    log_path: str
    log_level: int
    homes: dict[Symbol, int] = {}

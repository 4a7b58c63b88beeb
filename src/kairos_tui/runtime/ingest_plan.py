"""IngestPlan: what the launcher tells one ingest worker. Cheap to import: it loads no ccxt."""

import msgspec

from kairos_tui.feeds.feed_plan import FeedPlan


class IngestPlan(msgspec.Struct, frozen=True):
    """Where ticks go, and the venue they come from. `epoch` counts the worker's starts."""

    run: str
    epoch: int
    ticks: str
    feed: FeedPlan
    log_path: str
    log_level: int

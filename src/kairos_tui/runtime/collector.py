"""collector: what start-up left behind is never walked again by the garbage collector.

Used by the roles whose full collection would be felt, once what stays is loaded. In ms, not frozen and
frozen: an ingest worker with ccxt's market tables 110-200 and 13-22, the mirror 16 and under 0.1. Of a sink
it is 3 to 8, of the launcher 2: they are left as they are. The HUD freezes by itself, when its first screen
stands.
"""

import gc


def freeze_start_up() -> None:
    """Collect, freeze, and look at the young less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)

"""Limits: how large a recording may grow, and what waits for the disk.

Before it: settings. After it: Recorder.
"""

from msgspec import Struct

MIB = 1024 * 1024


class Limits(Struct, frozen=True, kw_only=True):
    """0 for `keep_bytes` and `keep_s`: keep all. A new segment begins after `segment_bytes` or `segment_s`.

    `keep_bytes` is shared evenly by the engines of a run. Below `free_floor_bytes` of free disk nothing is
    written. `lane_bytes` of memory wait for the disk. A reader replays what came since the last
    checkpoint before it knows every book: `checkpoint_s` of it, or what fills `checkpoint_bytes` of the file
    where that is less, but `checkpoint_least_s`. `sync`: on the disk itself, for when the power may fail.
    """

    segment_bytes: int = 256 * MIB
    segment_s: float = 900.0
    keep_bytes: int = 0
    keep_s: float = 0.0
    free_floor_bytes: int = 64 * MIB
    lane_bytes: int = 32 * MIB
    checkpoint_s: float = 10.0
    checkpoint_bytes: int = MIB
    checkpoint_least_s: float = 2.0
    sync: bool = False

"""Finding: what one check of doctor found. Made by checks and those beside it, printed by doctor."""

from typing import Literal, NamedTuple

Level = Literal["ok", "warn", "fail"]


class Finding(NamedTuple):
    """`sentence` says what was found and, unless ok, what to do."""

    level: Level
    name: str
    sentence: str


class ProcessFinding(NamedTuple):
    """The same of one process, with its figures. None = unknown."""

    level: Level
    name: str
    sentence: str
    pid: int | None = None
    restarts: int = 0
    cpu_share: float | None = None
    rss_bytes: int | None = None
    lag_p99_us: int | None = None
    cores: tuple[int, ...] = ()

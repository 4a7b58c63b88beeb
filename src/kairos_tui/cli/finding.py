"""Finding: what one check of doctor found. Made by checks and network_check, printed by doctor."""

from typing import Literal, NamedTuple

Level = Literal["ok", "warn", "fail"]


class Finding(NamedTuple):
    """`sentence` says what was found and, unless ok, what to do."""

    level: Level
    name: str
    sentence: str

"""bench_hud_screen: bytes that a terminal was given -> the newest instant that they show.

Before it: bench_hud_watch. A signal's card shows when it opened, in UTC to the millisecond. Pure.
"""

import re
from typing import Final

_DAY_US: Final = 86_400_000_000
_LATE_US: Final = 60_000_000
"""What is shown is younger than this; else it is of a card that has been there for long."""
_INK: Final = re.compile(rb"\x1b\[[0-9;]*m")
_CLOCK: Final = re.compile(rb"(?<![0-9:])([0-2][0-9]):([0-5][0-9]):([0-5][0-9])\.([0-9]{3})(?![0-9])")
_LONGEST: Final = 600
"""Bytes that one clock may be spread over, every figure in an ink of its own."""


def newest_clock_us(drawn: bytes, now_us: int) -> int:
    """Epoch us of the newest instant in them, 0 without one: a clock of at most a minute ago."""
    newest = 0
    for found in _CLOCK.finditer(_INK.sub(b"", drawn)):
        hour, minute, second, milli = map(int, found.groups())
        of_day_us = ((hour * 60 + minute) * 60 + second) * 1_000_000 + milli * 1_000
        ago_us = (now_us % _DAY_US - of_day_us) % _DAY_US
        if ago_us < _LATE_US:
            newest = max(newest, now_us - ago_us)
    return newest - newest % 1_000


def tail(drawn: bytes) -> bytes:
    """What may be the beginning of a clock whose end has not come yet."""
    return drawn[-_LONGEST:]

"""Instants: what people type for a moment of a recording -> epoch us, within where it begins and ends. Pure.

Before it: a line that is typed, or `--from` and `--to`. After it: seeking.
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

_SHARE: Final = re.compile(r"(?P<share>[0-9]{1,3}(?:\.[0-9]{1,9})?) ?%")
_OFFSET: Final = re.compile(r"(?P<sign>[+-])(?P<count>[0-9]{1,9}(?:\.[0-9]{1,9})?)(?P<unit>ms|s|m|h)?")
_CLOCK: Final = re.compile(
    r"(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2}(?:\.[0-9]{1,9})?))?Z?"
)
_UNIT_US: Final = {"ms": 1e3, "s": 1e6, None: 1e6, "m": 60e6, "h": 3_600e6}
_SECOND_US: Final = 1_000_000
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
HOW_SAID: Final = "a time like 14:03:22, +30s from the start, -30s from the end, or 41%"


def read_instant(text: str, from_us: int, to_us: int) -> int | str:
    """The instant that is meant, or a sentence that says why it is none, or lies outside."""
    shown = repr(text) if len(text) <= 40 else f"{text[:37]!r}…"
    at_us = _meant(text.strip(), from_us, to_us)
    if at_us is None:
        return f"{shown} is not {HOW_SAID}"
    # The ends are said in whole seconds: these are still inside.
    if not from_us - _SECOND_US < at_us < to_us + _SECOND_US:
        return f"{shown} is outside of the recording: {_said(from_us)} to {_said(to_us)} UTC"
    return min(max(at_us, from_us), to_us)


def _meant(text: str, from_us: int, to_us: int) -> int | None:
    if match := _SHARE.fullmatch(text):
        share = float(match["share"]) / 100
        return None if share > 1 else from_us + round(share * (to_us - from_us))
    if match := _OFFSET.fullmatch(text):
        offset_us = round(float(match["count"]) * _UNIT_US[match["unit"]])
        return from_us + offset_us if match["sign"] == "+" else to_us - offset_us
    if match := _CLOCK.fullmatch(text):
        return _clock_us(int(match["hour"]), int(match["minute"]), float(match["second"] or 0), from_us)
    return _moment_us(text)


def _clock_us(hour: int, minute: int, second: float, from_us: int) -> int | None:
    """That time on the day it begins, or on the next one."""
    if hour > 23 or minute > 59 or second >= 60:
        return None
    begins = _moment(from_us)
    meant = begins.replace(hour=hour, minute=minute, second=0, microsecond=0) + timedelta(seconds=second)
    if meant < begins - timedelta(seconds=1):
        meant += timedelta(days=1)
    return _epoch_us(meant)


def _moment_us(text: str) -> int | None:
    try:
        meant = datetime.fromisoformat(text)
        return _epoch_us(meant if meant.tzinfo else meant.replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        return None


def _said(at_us: int) -> str:
    return f"{_moment(at_us):%Y-%m-%dT%H:%M:%S}"


def _moment(at_us: int) -> datetime:
    return _EPOCH + timedelta(microseconds=at_us)


def _epoch_us(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1)

"""Decimals: ticks and lots as the exact text a venue sends. After it: the dialects."""

from datetime import UTC, datetime


def fixed(units: int, decimals: int) -> str:
    """670001, 1 -> "67000.1"; every decimal is shown."""
    if decimals == 0:
        return str(units)
    digits = str(units).rjust(decimals + 1, "0")
    return f"{digits[:-decimals]}.{digits[-decimals:]}"


def short(units: int, decimals: int) -> str:
    """6700010, 2 -> "67000.1"; no trailing zeros."""
    text = fixed(units, decimals)
    return text.rstrip("0").rstrip(".") if "." in text else text


def step(decimals: int) -> str:
    """2 -> "0.01"."""
    return fixed(1, decimals)


def iso(epoch_us: int) -> str:
    """Epoch microseconds -> "2026-11-22T10:12:31.123456Z"."""
    moment = datetime.fromtimestamp(epoch_us // 1_000_000, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{epoch_us % 1_000_000:06d}Z"

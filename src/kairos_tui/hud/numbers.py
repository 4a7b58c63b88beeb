"""Numbers: how figures are written. Minus is `−`, a figure never known is `·`.

Before it: nobody. After it: panels. All ages and spans come in microseconds.
"""

from datetime import UTC, datetime
from functools import lru_cache
from math import floor, isfinite, log10
from typing import Final

UNKNOWN: Final = "·"
_SECOND: Final = 1_000_000


def price_places(price: float | None) -> int:
    """Decimals that keep about seven significant digits of prices of this magnitude."""
    if price is None or price <= 0.0 or not isfinite(price):
        return 2
    return min(10, max(2, 5 - floor(log10(price))))


def price(value: float | None, places: int) -> str:
    """`67,412.31`."""
    return UNKNOWN if value is None else f"{value:,.{places}f}"


def size(value: float | None) -> str:
    """An amount of base in at most six cells: `1.204`, `12.50`, `1,204`, `88.1k`."""
    if value is None:
        return UNKNOWN
    for limit, form in ((0.01, ".4f"), (10.0, ".3f"), (100.0, ".2f"), (1000.0, ".1f"), (100_000.0, ",.0f")):
        if value < limit:
            return f"{value:{form}}"
    return compact(value)


def amount(value: float) -> str:
    """Money: `26.47`, `27,515`."""
    return signless(f"{value:,.2f}" if abs(value) < 10_000 else f"{value:,.0f}")


def signed_amount(value: float) -> str:
    """Money won or lost: `+26.47`."""
    return signless(f"{value:+,.2f}" if abs(value) < 10_000 else f"{value:+,.0f}")


def bps(value: float | None, places: int = 1) -> str:
    """`+9.1`, `−6.0`, `0.0`."""
    if value is None:
        return UNKNOWN
    text = f"{value:+.{places}f}"
    return signless(text if text.strip("+-0.") else text[1:])


def signless(text: str) -> str:
    """The typographic minus, as wide as the plus."""
    return text.replace("-", "−")


def compact(value: float) -> str:
    """`980`, `12.4k`, `1.2M`."""
    for limit, unit in ((1e9, "G"), (1e6, "M"), (1e4, "k")):
        if value >= limit:
            return f"{value / (1e3 if unit == 'k' else limit):.1f}{unit}"
    return f"{value:,.0f}"


def latency(value_us: int | None) -> str:
    """`0.8ms`, `12ms`, `1.2s`."""
    if value_us is None:
        return UNKNOWN
    if value_us < 9_950:
        return f"{value_us / 1000:.1f}ms"
    return f"{value_us / 1000:.0f}ms" if value_us < 999_500 else f"{value_us / _SECOND:.1f}s"


def fine(value_ns: int | None) -> str:
    """A stage's time in at most six cells: `320 ns`, `7.2 µs`, `310 µs`, `1.2 ms`, `12 ms`, `1.2 s`."""
    if value_ns is None:
        return UNKNOWN
    value, unit = float(max(0, value_ns)), "ns"
    for coarser in ("µs", "ms", "s"):
        if value < 999.5:
            break
        value, unit = value / 1000, coarser
    places = 1 if unit != "ns" and value < 9.95 else 0
    return f"{min(value, 9_999):.{places}f} {unit}"


def megabytes(value_bytes: int | None) -> str:
    """`24 MB`, `1.2 GB`."""
    if value_bytes is None:
        return UNKNOWN
    megas = value_bytes / (1 << 20)
    return f"{megas:.0f} MB" if megas < 999.5 else f"{min(megas / 1024, 999.9):.1f} GB"


def file_size(value_bytes: int) -> str:
    """`412 kB`, `12.4 MB`, `1.2 GB`: as disks count, in thousands."""
    for limit, unit in ((1e9, "GB"), (1e6, "MB")):
        if value_bytes >= limit * 0.99995:
            return f"{value_bytes / limit:.1f} {unit}"
    return f"{value_bytes / 1e3:.0f} kB"


def age(value_us: int | None) -> str:
    """How old, in at most six cells and calm: tenths of a second below ten seconds."""
    if value_us is None:
        return UNKNOWN
    if value_us < 10 * _SECOND:
        return f"{max(0, value_us) // 100_000 / 10:.1f}s"
    return _large(value_us, "")


def brief(value_us: int) -> str:
    """How long, in two or three cells: `9s`, `14s`, `12m`, `3h`, `40d`."""
    seconds = max(0, value_us) // _SECOND
    for limit, unit, per in ((60, "s", 1), (3_600, "m", 60), (86_400, "h", 3_600)):
        if seconds < limit:
            return f"{seconds // per}{unit}"
    return f"{min(seconds // 86_400, 99)}d"


def span(value_us: int) -> str:
    """How long, to be read in a sentence: `0.4 s`, `12 s`, `12 m 04 s`, `3 h 20 m`."""
    if value_us < 10 * _SECOND:
        return f"{max(0, value_us) // 100_000 / 10:.1f} s"
    return _large(value_us, " ")


def _large(value_us: int, gap: str) -> str:
    seconds = value_us // _SECOND
    if seconds < 60:
        return f"{seconds}{gap}s"
    if seconds < 3600:
        return f"{seconds // 60}{gap}m{gap}{seconds % 60:02d}{gap and ' s'}"
    return f"{seconds // 3600}{gap}h{gap}{seconds % 3600 // 60:02d}{gap and ' m'}"


def retry(in_us: int, word: str = "retry") -> str:
    """`retry in 3.2 s`; once due, `retrying`."""
    return f"{word} in {span(in_us)}" if in_us >= 100_000 else "retrying"


def minutes(value_us: int) -> str:
    """A stop-watch: `00:07`."""
    seconds = max(0, value_us) // _SECOND
    return f"{seconds // 60:02d}:{seconds % 60:02d}"


def clock(at_us: int) -> str:
    """Time of day to the millisecond, UTC: `09:41:12.482`."""
    return f"{_second(at_us // _SECOND)[1]}.{at_us % _SECOND // 1000:03d}"


def clock_s(at_us: int) -> str:
    """Time of day to the second, UTC: `09:41:12`."""
    return _second(at_us // _SECOND)[1]


def date(at_us: int) -> str:
    """`2026-11-22`, UTC."""
    return _second(at_us // _SECOND)[0]


@lru_cache(maxsize=512)
def _second(at_s: int) -> tuple[str, str]:
    moment = datetime.fromtimestamp(at_s, UTC)
    return f"{moment:%Y-%m-%d}", f"{moment:%H:%M:%S}"

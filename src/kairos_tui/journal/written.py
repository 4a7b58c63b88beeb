"""Written: how receipts and scorecards write numbers, spans and times for people.

Used by receipt_text, scorecard_text, scorecard_page.
"""

import time
from datetime import UTC, datetime
from decimal import ROUND_HALF_EVEN, Decimal, localcontext

_SECOND_US = 1_000_000
_PLACES, _SIGNIFICANT, _MOST_PLACES = 8, 6, 24
UNKNOWN = "·"


def exact(number: Decimal, least_places: int = 0) -> str:
    """`27,559.469712`: as written, or to eight decimals; more where six digits would not be told."""
    if number == 0:
        return f"{0:.{least_places}f}"
    with localcontext(prec=80):
        places = max(_PLACES, _SIGNIFICANT - 1 - number.adjusted())
        step = Decimal(1).scaleb(-min(places, _MOST_PLACES))
        text = f"{number.quantize(step, ROUND_HALF_EVEN):,f}"
    whole, _, decimals = text.partition(".")
    decimals = decimals.rstrip("0").ljust(least_places, "0")
    return f"{whole}.{decimals}" if decimals else whole


def bps(value: float | Decimal | None, places: int = 2) -> str:
    """`+9.61`, `-6.00`."""
    return UNKNOWN if value is None else f"{value:+.{places}f}"


def count(value: int) -> str:
    """`1,204`."""
    return f"{value:,}"


def share(value: float | None, places: int = 1) -> str:
    """`97.3 %`."""
    return UNKNOWN if value is None else f"{100.0 * value:.{places}f} %"


def span(us: float | None) -> str:
    """`320 us`, `41 ms`, `1.2 s`, `12 m 04 s`, `3 h 20 m`, `2 d 03 h`."""
    if not us:
        return UNKNOWN if us is None else "0 s"
    for below, divisor, places, unit in _SHORT:
        if us < below:
            return f"{us / divisor:.{places}f} {unit}"
    seconds = round(us / _SECOND_US)
    large, small, per, rest = next(each for each in _LONG if seconds < each[2] * _MOST_OF[each[0]])
    return f"{seconds // per} {large} {seconds % per // rest:02d} {small}"


_SHORT = ((1e3, 1, 0, "us"), (999.5e3, 1e3, 0, "ms"), (59.95e6, 1e6, 1, "s"))
_MOST_OF = {"m": 60, "h": 24, "d": 10**9}
_LONG = (("m", "s", 60, 1), ("h", "m", 3_600, 60), ("d", "h", 86_400, 3_600))


def instant(us: int) -> str:
    """`2026-11-22 10:12:31 UTC`; what no calendar holds as its number."""
    try:
        return f"{datetime.fromtimestamp(us / _SECOND_US, UTC):%Y-%m-%d %H:%M:%S} UTC"
    except (ValueError, OverflowError, OSError):
        return f"{us} us"


def iso(us: int) -> str:
    """`2026-11-22T10:12:31.123456Z`, as lines have it."""
    seconds, micros = divmod(us, _SECOND_US)
    return f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(seconds))}.{micros:06d}Z"


def plain(text: str, most: int = 80) -> str:
    """A stranger's word, short, on one line, and nothing a terminal obeys."""
    shown = "".join(sign if sign.isprintable() else "?" for sign in text)
    return shown if len(shown) <= most else shown[: most - 1] + "…"

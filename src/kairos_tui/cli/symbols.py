"""symbols: what people type -> BASE/QUOTE. Used by watch."""

import re
from collections.abc import Sequence

from kairos_tui.errors import SettingsInvalid
from kairos_tui.market import Symbol

MOST_SYMBOLS = 50
_SPOT = re.compile(r"[A-Z0-9][A-Z0-9._-]{0,23}/[A-Z0-9][A-Z0-9._-]{0,23}")
_ASSET = re.compile(r"[A-Z0-9._-]{1,24}")


def read_symbols(texts: Sequence[str], quotes: Sequence[str]) -> tuple[Symbol, ...]:
    """Every symbol once, in the order given. Raises SettingsInvalid."""
    symbols = tuple(dict.fromkeys(_read_symbol(text, quotes) for text in texts))
    if len(symbols) > MOST_SYMBOLS:
        raise SettingsInvalid(f"{len(symbols)} symbols are more than the {MOST_SYMBOLS} one run can watch")
    return symbols


def _read_symbol(text: str, quotes: Sequence[str]) -> Symbol:
    upper = text.strip().upper()
    base, _, quote = upper.partition("/")
    if _SPOT.fullmatch(upper) and base != quote:
        return Symbol(upper)
    raise SettingsInvalid(f"{text!r} {_problem(upper, quotes)}")


def _problem(upper: str, quotes: Sequence[str]) -> str:
    spot, colon, _ = upper.partition(":")
    if colon and _SPOT.fullmatch(spot):
        return f"is a derivative: this version watches spot markets (did you mean {spot}?)"
    meant = _with_slash(upper, quotes)
    if meant:
        return f"is not BASE/QUOTE (did you mean {meant}?)"
    if _ASSET.fullmatch(upper):
        written = " or ".join(f"{upper}/{quote}" for quote in quotes if quote != upper)
        return f"is an asset: watching it against every quote is not in this version; write {written}"
    return "is not a symbol like BTC/USDT"


def _with_slash(upper: str, quotes: Sequence[str]) -> str | None:
    """BTC-USDT, BTC_USDT and BTCUSDT are BTC/USDT for those who know the quote currencies."""
    for quote in sorted(quotes, key=len, reverse=True):
        base = upper.removesuffix(quote).rstrip("-_/")
        if base not in (upper, quote) and _SPOT.fullmatch(f"{base}/{quote}"):
            return f"{base}/{quote}"
    return None

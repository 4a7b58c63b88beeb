"""symbols: what people type -> BASE/QUOTE, or an asset in every quote. Used by watch."""

import re
from collections.abc import Sequence

from kairos_tui.errors import SettingsInvalid
from kairos_tui.market import Symbol

MOST_SYMBOLS = 50
"""Of one machine, whose HUD shows all of them."""
MOST_OF_A_FLEET = 2_000
_SPOT = re.compile(r"[A-Z0-9][A-Z0-9._-]{0,23}/[A-Z0-9][A-Z0-9._-]{0,23}")
_ASSET = re.compile(r"[A-Z0-9][A-Z0-9._-]{0,23}")

Groups = tuple[tuple[Symbol, ...], ...]
"""One group per argument. Of an asset's symbols it is enough that one is listed somewhere."""


def read_symbols(texts: Sequence[str], quotes: Sequence[str], most: int = MOST_SYMBOLS) -> Groups:
    """`BTC/USDT` is one symbol; `BTC` is BTC in each of `quotes`. Raises SettingsInvalid."""
    groups = tuple(dict.fromkeys(_read(text, quotes) for text in texts))
    count = len({symbol for group in groups for symbol in group})
    if count > most:
        raise SettingsInvalid(f"{count} symbols are more than the {most} one run can watch")
    return groups


def _read(text: str, quotes: Sequence[str]) -> tuple[Symbol, ...]:
    upper = text.strip().upper()
    base, slash, quote = upper.partition("/")
    spot, _, settled_in = upper.partition(":")
    if _SPOT.fullmatch(spot) and base != quote and settled_in in ("", quote.partition(":")[0]):
        return (Symbol(upper.removesuffix(":")),)
    if slash or _with_slash(upper, quotes) or not _ASSET.fullmatch(upper):
        raise SettingsInvalid(f"{text!r} {_problem(upper, quotes)}")
    named = tuple(Symbol(f"{upper}/{quote}") for quote in quotes if quote != upper)
    if not named:
        raise SettingsInvalid(f"{text!r} has no quote but itself (quotes: {', '.join(quotes) or 'none'})")
    return named


def _problem(upper: str, quotes: Sequence[str]) -> str:
    spot, colon, _ = upper.partition(":")
    if colon and _SPOT.fullmatch(spot):
        return f"is an inverse contract, whose sizes are in quote: not compared (did you mean {spot}?)"
    meant = _with_slash(upper, quotes)
    return f"is not BASE/QUOTE (did you mean {meant}?)" if meant else "is not a symbol like BTC/USDT"


def _with_slash(upper: str, quotes: Sequence[str]) -> str | None:
    """BTC-USDT, BTC_USDT and BTCUSDT are BTC/USDT for those who know the quote currencies."""
    for quote in sorted(quotes, key=len, reverse=True):
        base = upper.removesuffix(quote).rstrip("-_/")
        if base not in (upper, quote) and _SPOT.fullmatch(f"{base}/{quote}"):
            return f"{base}/{quote}"
    return None

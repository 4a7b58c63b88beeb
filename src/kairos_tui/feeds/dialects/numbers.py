"""Numbers: decimal text as it stands in a venue's JSON, read strictly. Used by the dialects.

The grammar is JSON's own: no sign but minus, no blanks, underscores, hex or other scripts' digits. `float`
takes all of those for numbers.
"""

from collections.abc import Sequence

from msgspec import convert

from kairos_tui.feeds.dialects.ladder import Row
from kairos_tui.market import Level


def rows_of(levels: Sequence[Sequence[str]]) -> list[Row]:
    """[[price, size, ...], ...] as rows that keep their text. Raises msgspec.ValidationError."""
    price_texts = [level[0] for level in levels]
    size_texts = [level[1] for level in levels]
    prices = convert(price_texts, list[float], strict=False)
    sizes = convert(size_texts, list[float], strict=False)
    return list(map(Row, prices, sizes, price_texts, size_texts))


def level_of(price_text: str, size_text: str) -> Level | None:
    """One level, or None for an empty side: no text, or a price and a size of zero."""
    if not price_text and not size_text:
        return None
    price, size = convert((price_text, size_text), Level, strict=False)
    return None if price == size == 0.0 else (price, size)


def text_of(frame: str | bytes) -> str:
    """A frame as text; bytes that are no text stay what they are, for the decoder to refuse."""
    return frame if isinstance(frame, str) else frame.decode("latin-1")

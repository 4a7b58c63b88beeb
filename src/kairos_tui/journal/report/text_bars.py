"""Text bars: lengths and heights as block characters. Used by scorecard_text, routes_text."""

from collections.abc import Sequence

_EIGHTHS = " ▏▎▍▌▋▊▉"
_HEIGHTS = "▁▂▃▄▅▆▇█"


def bar(value: float, most: float, width: int) -> str:
    """A bar of at most `width` cells, an eighth of a cell at least when there is anything."""
    width = max(4, width)
    if most <= 0 or value <= 0:
        return ""
    eighths = max(1, round(min(value / most, 1.0) * width * 8))
    whole, rest = divmod(eighths, 8)
    return "█" * whole + (_EIGHTHS[rest] if rest else "")


def sparkline(counts: Sequence[int], width: int) -> str:
    """One column a bin, bins joined until they fit; nothing in a bin is a blank."""
    joined = list(counts)
    while len(joined) > max(1, width):
        padded = joined + [0] * (len(joined) % 2)
        joined = [left + right for left, right in zip(padded[::2], padded[1::2], strict=True)]
    most = max(joined, default=0)
    if most == 0:
        return ""
    return "".join(_HEIGHTS[min(7, count * 8 // (most + 1))] if count else " " for count in joined)

"""Plot: values over time -> block sparklines and braille rows. 20 times cheaper than widgets.

Before it: trail. After it: the venues and edge panels.
"""

from collections.abc import Sequence
from typing import Final

_BLOCKS: Final = "▁▂▃▄▅▆▇█"
GAP: Final = "╌"
_DOTS: Final = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
_EMPTY: Final = 0x2800
_LEAST_RANGE: Final = 1e-300
"""Below it a scale is no longer a finite number."""


def sparkline(values: Sequence[float | None]) -> str:
    """One block per value, scaled to their own range; a gap is `╌`."""
    known = [value for value in values if value is not None]
    if not known:
        return GAP * len(values)
    low, high = min(known), max(known)
    if high - low <= max(abs(high) * 1e-9, _LEAST_RANGE):
        return "".join(GAP if value is None else _BLOCKS[3] for value in values)
    scale = 7.999 / (high - low)
    return "".join(GAP if value is None else _BLOCKS[int((value - low) * scale)] for value in values)


def braille(values: Sequence[float | None], height: int, low: float, high: float) -> list[str]:
    """A line through the values: `height` rows of len(values)/2 cells, four dots a cell high."""
    width = (len(values) + 1) // 2
    grid = [bytearray(width) for _ in range(height)]
    bottom = height * 4 - 1
    scale = bottom / (high - low)
    before: int | None = None
    for x, value in enumerate(values):
        if value is None:
            before = None
            continue
        y = min(bottom, max(0, round((high - value) * scale)))
        first, last = (y, y) if before is None else (min(before, y), max(before, y))
        for dot in range(first, last + 1):
            grid[dot >> 2][x >> 1] |= _DOTS[dot & 3][x & 1]
        before = y
    return ["".join(chr(_EMPTY + bits) for bits in row) for row in grid]


def row_of(value: float, height: int, low: float, high: float) -> int:
    """The row in which a value lies."""
    return min(height - 1, max(0, round((high - value) * (height * 4 - 1) / (high - low)) >> 2))


def value_of(row: int, height: int, low: float, high: float) -> float:
    """The value at the middle of a row."""
    return high - (high - low) * (row * 4 + 1.5) / max(1, height * 4 - 1)

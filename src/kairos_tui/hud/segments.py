"""Segments: pieces of a row as (text, ink), and the arithmetic of their widths in cells.

Before it: nobody. After it: panels build rows of these, canvas turns inks into styles. An ink is a word of
palette (`buy`), with `+b` bold, `+u` underlined, `+r` reversed, `+d` dim and `@name` for what lies behind.
"""

from collections.abc import Iterable
from functools import lru_cache
from textwrap import wrap
from typing import Final

from rich.cells import cell_len, set_cell_size

Seg = tuple[str, str]
Row = tuple[Seg, ...]

EDGE_STEPS: Final = 12
"""Inks `e0` to `e11` run along a card's edge."""


def cells(text: str) -> int:
    """Width on the screen."""
    return len(text) if text.isascii() else cell_len(text)


def fit(text: str, width: int) -> str:
    """Exactly `width` cells, from the left; what does not fit ends in `…`."""
    have = cells(text)
    if have <= width:
        return text + " " * (width - have)
    return set_cell_size(text, width - 1) + "…" if width > 0 else ""


def wrapped(texts: Iterable[str], width: int) -> list[str]:
    """Sentences in lines of at most `width` cells (of narrow characters)."""
    return [line for text in texts for line in wrap(text, max(1, width))]


def fit_right(text: str, width: int) -> str:
    """Exactly `width` cells, to the right."""
    have = cells(text)
    return " " * (width - have) + text if have <= width else fit(text, width)


def row_cells(row: Iterable[Seg]) -> int:
    """Width of a row."""
    return sum(cells(text) for text, _ in row)


def fill(row: Row, width: int, ink: str = "text") -> Row:
    """Exactly `width` cells: padded or cut."""
    have = row_cells(row)
    if have == width:
        return row
    if have < width:
        return (*row, (" " * (width - have), ink))
    return cut(row, width)


def cut(row: Iterable[Seg], width: int) -> Row:
    """At most `width` cells; the piece that is cut ends in `…`."""
    kept: list[Seg] = []
    for text, ink in row:
        have = cells(text)
        if have > width:
            if width > 0:
                kept.append((fit(text, width), ink))
            break
        kept.append((text, ink))
        width -= have
    return tuple(kept)


def justify(left: Row, right: Row, width: int, between: Seg = (" ", "text")) -> Row:
    """Left and right parts with `between` repeated in the gap; the right part yields first."""
    room = width - row_cells(left)
    right_cells = row_cells(right)
    if room < right_cells + 1:
        return fill(left, width)
    gap = (between[0] * (room - right_cells), between[1])
    return (*left, gap, *right)


@lru_cache(maxsize=256)
def gradient(text: str) -> Row:
    """Text with its ink running over the edge colours, in few pieces."""
    width = len(text)
    steps = min(EDGE_STEPS, width)
    bounds = [width * step // steps for step in range(steps + 1)] if steps else [0]
    last = max(1, steps - 1)
    return tuple(
        (text[bounds[step] : bounds[step + 1]], f"e{step * (EDGE_STEPS - 1) // last}")
        for step in range(steps)
    )

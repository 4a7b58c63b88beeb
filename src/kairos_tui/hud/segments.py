"""Segments: pieces of a row as (text, ink), and the arithmetic of their widths in cells.

Before it: nobody. After it: panels build rows of these, canvas turns inks into styles. An ink is a word of
palette (`buy`), with `+b` bold, `+u` underlined, `+r` reversed, `+d` dim and `@name` for what lies behind.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from textwrap import wrap
from typing import Final

from msgspec import Struct
from rich.cells import cell_len, set_cell_size

Seg = tuple[str, str]
Row = tuple[Seg, ...]


class Layer(Struct, frozen=True):
    """Rows that stand over others, and where the first of them begins, in cells."""

    x: int
    y: int
    rows: tuple[Row, ...]


_WORD: Final = re.compile(r"\s*\S+|\s+")
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


def fold(row: Row, width: int, indent: int) -> list[Row]:
    """The row in lines of at most `width` cells, broken between words; those below the first are indented."""
    lines: list[list[Seg]] = [[]]
    room = width
    for text, ink in row:
        for word in _WORD.findall(text):
            if cells(word.rstrip()) > room and len(lines[-1]) > (len(lines) > 1):
                lines.append([(" " * indent, "text")])
                room, word = width - indent, word.lstrip()
            lines[-1].append((word, ink))
            room -= cells(word)
    return [tuple(line) for line in lines]


def clip(row: Iterable[Seg], first: int, last: int) -> Row:
    """The cells from `first` to before `last`; of a wide character that is cut in two a blank remains."""
    kept: list[Seg] = []
    at = 0
    for text, ink in row:
        have = cells(text)
        start, end = max(first - at, 0), min(last - at, have)
        if start < end:
            shown = set_cell_size(text, end)
            if start:
                shown = " " * (end - start - cells(_without(shown, start))) + _without(shown, start)
            kept.append((shown, ink))
        at += have
    return tuple(kept)


def lay(rows: list[Row], layer: Layer) -> None:
    """Put a layer over rows, in place; what of it lies outside is left out."""
    for y, piece in enumerate(layer.rows, layer.y):
        if 0 <= y < len(rows):
            row, end = rows[y], layer.x + row_cells(piece)
            rows[y] = (*clip(row, 0, layer.x), *piece, *clip(row, end, max(end, row_cells(row))))


def _without(text: str, first: int) -> str:
    """The text without its first cells; a wide character that begins in them goes too."""
    at = 0
    for place, character in enumerate(text):
        if at >= first:
            return text[place:]
        at += cells(character)
    return ""


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

# mypy: disable-error-code="no-untyped-call,arg-type"
"""Pictures as text: what a golden file holds of one act at one size, and how it is compared.

A picture as SVG takes 40 to 200 kB, and there are seven themes of each: thirty megabytes that no diff shows.
But a theme changes no row: rows are (text, ink), and a theme is what its inks look like. So a golden file is
the rows as characters, the inks of each row as `ink*cells`, and per theme the first digits of the SHA-256 of
the whole SVG; `inks/THEME.txt` holds every ink's style. A change shows which characters, which inks or which
colours became others, in 3 to 20 kB. Some SVGs are kept whole: for README, docs and the exporter.
"""

import hashlib
import re
from typing import Any

from kairos_tui.hud.glyph_sets import translation
from kairos_tui.hud.palette import Palette
from kairos_tui.hud.reach import Reach
from kairos_tui.hud.segments import cells

DIGITS = 16


def settled(svg):
    """The picture without what changes from run to run: Rich numbers its CSS classes by a hash."""
    return re.sub(r"terminal-\d+", "terminal", svg)


def digest(svg):
    return hashlib.sha256(svg.encode()).hexdigest()[:DIGITS]


def as_text(rows, digests):
    """The golden file: rows of characters, their inks, the digest of each theme's SVG."""
    drawn = ["".join(text for text, _ in row).rstrip() for row in rows]
    inked = [f"{number:>2} {_inks(row)}" for number, row in enumerate(rows)]
    hashed = [f"{theme} {said}" for theme, said in digests.items()]
    return "\n".join([*drawn, "", "inks", *inked, "", "sha-256 of each theme's SVG", *hashed, ""])


def _inks(row):
    runs: list[list[Any]] = []
    for text, ink in row:
        if not text:
            continue
        if runs and runs[-1][0] == ink:
            runs[-1][1] += cells(text)
        else:
            runs.append([ink, cells(text)])
    return " ".join(f"{ink}*{count}" for ink, count in runs)


def inks_in(golden_text):
    """The inks that a golden file names."""
    return set(re.findall(r" ([^ *\n]+)\*\d+", golden_text))


def pieces_in(golden_text):
    """(ink without its attributes, text with every digit a 9) of each run of cells."""
    lines = golden_text.split("\n")
    for line in lines[lines.index("inks") + 1 :]:
        if not (row := re.match(r" ?(\d+) (.+)", line)):
            return
        left = iter(lines[int(row[1])])
        for run in row[2].split(" "):
            ink, _, width = run.rpartition("*")
            text = ""
            while cells(text) < int(width) and (character := next(left, None)):
                text += character
            yield re.split(r"[+@]", ink)[0], re.sub(r"\d+", "9", text.strip())


def in_ascii(rows):
    table = translation({}, ascii_only=True)
    return "\n".join("".join(text for text, _ in row).translate(table).rstrip() for row in rows) + "\n"


def style_table(theme, inks):
    """What each ink is in a theme, on terminals of 16 million, 256, 16 and no colours."""
    palettes = [Palette(theme, Reach(depth)) for depth in ("truecolor", "256", "16", "none")]
    rows = [
        " | ".join([f"{ink:<16}", *(f"{palette[ink]!s}" for palette in palettes)]) for ink in sorted(inks)
    ]
    return "\n".join(rows) + "\n"

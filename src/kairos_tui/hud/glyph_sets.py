"""glyph_sets: the marks a theme may replace, and the ASCII twin of every glyph. One cell stays one cell.

Before it: nobody. After it: theme_file, theme_lint, canvas. Panels draw Unicode; what the terminal or the
theme wants instead is put in place as strips are made.
"""

import unicodedata
from collections.abc import Mapping
from typing import Final

REPLACEABLE: Final = {
    "connecting": "◔", "live": "●", "quiet": "○", "lagging": "◷", "stale": "◌", "resync": "◍",
    "held": "⊘", "down": "✖",
    "strong": "◆", "between": "◇", "beyond": "▲",
}  # fmt: skip
"""The marks that say what colours say: of venue states, then of edges and latencies."""

_TWINS: Final = {
    "◔": "c", "◐": "f", "●": "*", "○": "o", "◷": "l", "◌": "~", "◍": "%", "⊘": "!", "✖": "X",
    "◆": "#", "◇": "+", "▲": "^", "△": "^", "▼": "V", "▽": "V", "▾": "v", "▴": "^",
    "▸": ">", "▶": ">", "►": ">", "→": ">", "⇒": ">", "⤷": ">", "›": ">", "»": ">",
    "◂": "<", "◀": "<", "◄": "<", "←": "<", "‹": "<", "«": "<", "⏎": "<", "↵": "<",
    "↑": "^", "⇧": "^", "⇡": "^", "↓": "v", "⇣": "v", "↻": "@", "↺": "@", "⇥": ">", "␣": "_",
    "·": ".", "•": "*", "…": ".", "×": "x", "÷": "/", "−": "-", "–": "-", "—": "-", "±": "~", "≈": "~",
    "≤": "<", "≥": ">", "≠": "!", "∞": "8", "Δ": "d", "µ": "u", "μ": "u", "σ": "s", "°": "o",
    "✓": "v", "✗": "x", "✕": "x", "★": "*", "☆": "*", "⌁": "@", "⚡": "!", "⚠": "!", "§": "S",
    "⌥": "M", "⌘": "M", "⌫": "<", "⌦": ">",
    "▰": "#", "▱": ".", "■": "#", "□": ".", "▪": "#", "▫": ".",
    "▁": "_", "▂": ".", "▃": "-", "▄": ":", "▅": "=", "▆": "+", "▇": "*", "█": "#",
    "▌": "[", "▐": "]", "▎": "|", "▏": "|", "▕": "|", "▉": "#", "▊": "#", "▋": "#", "▍": "|",
    "▀": "\"", "░": ".", "▒": ":", "▓": "#",
    "│": "|", "┃": "|", "║": "|", "╎": "|", "┆": "|", "┊": "|",
    "─": "-", "━": "=", "═": "=", "╌": "~", "┄": "-", "┈": "~", "╍": "~", "┅": "~", "┉": "~",
}  # fmt: skip
_CORNERS: Final = "+"
_TOP, _UPPER, _LOWER, _BOTTOM = 0b0000_1001, 0b0001_0010, 0b0010_0100, 0b1100_0000
_DOTS: Final = ((_UPPER | _LOWER, "-"), (_TOP | _UPPER, "'"), (_LOWER | _BOTTOM, "."))


class _Ascii(dict[int, str]):
    """For str.translate: every glyph's twin, found when first asked for."""

    def __missing__(self, code: int) -> str:
        self[code] = twin = chr(code) if code < 0x80 else _twin_of(chr(code))
        return twin


def translation(glyphs: Mapping[str, str], *, ascii_only: bool) -> Mapping[int, str] | None:
    """What str.translate needs to draw with these marks (name -> glyph); None where nothing changes.

    With `ascii_only`, a mark of the theme that is not ASCII is passed over.
    """
    own = {ord(REPLACEABLE[name]): glyph for name, glyph in glyphs.items()}
    if not ascii_only:
        return own or None
    return _Ascii({code: glyph for code, glyph in own.items() if glyph.isascii()})


def _twin_of(glyph: str) -> str:
    from rich.cells import cell_len  # the launcher reads themes too, and must not load Rich

    if glyph in _TWINS:
        return _TWINS[glyph]
    if "\u2800" <= glyph <= "\u28ff":
        return _braille(ord(glyph) - 0x2800)
    if "\u2500" <= glyph <= "\u257f":
        return _CORNERS
    plain = unicodedata.normalize("NFKD", glyph).encode("ascii", "ignore").decode()
    return plain if len(plain) == cell_len(glyph) else "?" * cell_len(glyph)


def _braille(dots: int) -> str:
    """A piece of a curve: where in the cell it runs."""
    if not dots:
        return " "
    for rows, drawn in _DOTS:
        if not dots & ~rows:
            return drawn
    return ":" if dots.bit_count() <= 3 else "|"

"""Reach: what the terminal can show (truecolor, 256, 16, none; unicode, ascii), and what is nearest there.

Before it: colour. After it: plan, palette, canvas. Asked for by flag or configuration, else read from the
environment: COLORTERM, TERM, NO_COLOR, the locale. No Textual here.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Final, Literal

from msgspec import Struct

from kairos_tui.hud.colour import NAMED, as_hex, contrast, distance, is_named, to_hex

Depth = Literal["truecolor", "256", "16", "none"]
GlyphSet = Literal["unicode", "ascii"]

_READABLE: Final = 4.5
_STEPS: Final = (0, 95, 135, 175, 215, 255)
_TRUECOLOR_TERMS: Final = ("direct", "truecolor", "kitty", "alacritty", "ghostty", "wezterm", "foot")
_COLOURLESS_TERMS: Final = frozenset({"", "dumb", "unknown", "vt52", "vt100", "vt102", "vt220", "xterm-mono"})
# The kernel's console has 16 colours and a font of 256 or 512 glyphs, without braille and most of our marks.
_ASCII_TERMS: Final = frozenset({"dumb", "unknown", "linux", "vt52", "vt100", "vt102", "vt220"})


class Reach(Struct, frozen=True):
    """How many colours, and which glyphs, are drawn with."""

    depth: Depth = "truecolor"
    glyphs: GlyphSet = "unicode"


def find_reach(
    environ: Mapping[str, str],
    *,
    colours: Depth | Literal["auto"] = "auto",
    glyphs: GlyphSet | Literal["auto"] = "auto",
) -> Reach:
    """What is drawn with: what was asked for (`auto`: nothing was), else what the environment says.

    An empty NO_COLOR asks for nothing, and a flag is stronger than a full one (no-color.org).
    """
    return Reach(
        _depth_of(environ) if colours == "auto" else colours,
        _glyphs_of(environ) if glyphs == "auto" else glyphs,
    )


def nearest(colour: str, depth: Depth, behind: str | None = None) -> str:
    """The colour as Rich writes it at that depth. In front of `behind` (as it is drawn) it stays readable:
    as high in contrast as before, or 4.5:1, wherever the palette has such a colour."""
    if depth == "truecolor" or is_named(colour):
        return colour
    return _nearest(colour, depth, behind)


@lru_cache(maxsize=4096)
def _nearest(colour: str, depth: Depth, behind: str | None) -> str:
    palette = _SIXTEEN if depth == "16" else _cube()
    names = sorted(palette, key=lambda name: distance(palette[name], colour))
    if behind is None:
        return names[0]
    ground = _hex_of(behind)
    wanted = min(_READABLE, contrast(colour, ground))
    readable = (name for name in names if contrast(palette[name], ground) >= wanted)
    return next(readable, None) or max(names, key=lambda name: contrast(palette[name], ground))


_SIXTEEN: Final = NAMED


@lru_cache(maxsize=1)
def _cube() -> dict[str, str]:
    """The 240 colours that every terminal of 256 draws alike: a cube of 6 x 6 x 6, and 24 greys."""
    cube = [to_hex((red, green, blue)) for red in _STEPS for green in _STEPS for blue in _STEPS]
    greys = [to_hex((level, level, level)) for level in range(8, 248, 10)]
    return {f"color({number})": shown for number, shown in enumerate([*cube, *greys], start=16)}


def _hex_of(drawn: str) -> str:
    return _cube()[drawn] if drawn.startswith("color(") else as_hex(drawn, default="#000000")


def _depth_of(environ: Mapping[str, str]) -> Depth:
    term = environ.get("TERM", "").lower()
    if environ.get("NO_COLOR") or term in _COLOURLESS_TERMS:
        return "none"
    named = environ.get("COLORTERM", "").lower() in {"truecolor", "24bit"}
    if named or any(word in term for word in _TRUECOLOR_TERMS):
        return "truecolor"
    return "256" if "256" in term else "16"


def _glyphs_of(environ: Mapping[str, str]) -> GlyphSet:
    """By the terminal's name, then the locale. Where none is set nobody said no, and Python writes UTF-8."""
    if environ.get("TERM", "").lower() in _ASCII_TERMS:
        return "ascii"
    locale = next((environ[name] for name in ("LC_ALL", "LC_CTYPE", "LANG") if environ.get(name)), "utf-8")
    return "unicode" if "utf8" in locale.lower().replace("-", "") else "ascii"

"""Colour: the arithmetic that themes are checked with. WCAG 2 contrast, CIE76 distance, colour vision.

Before it: nobody. After it: reach, theme_lint, palette. A colour is `#rrggbb`, or a name: one of the
terminal's own sixteen or its `default`, measured as xterm draws them for want of the viewer's own.
"""

from functools import lru_cache
from math import dist
from typing import Final

RGB = tuple[int, int, int]
NAMED: Final[dict[str, str]] = {
    "black": "#000000", "red": "#cd0000", "green": "#00cd00", "yellow": "#cdcd00",
    "blue": "#0000ee", "magenta": "#cd00cd", "cyan": "#00cdcd", "white": "#e5e5e5",
    "bright_black": "#7f7f7f", "bright_red": "#ff0000", "bright_green": "#00ff00",
    "bright_yellow": "#ffff00", "bright_blue": "#5c5cff", "bright_magenta": "#ff00ff",
    "bright_cyan": "#00ffff", "bright_white": "#ffffff",
}  # fmt: skip
"""The terminal's own sixteen, in their order, and what xterm draws for them."""
DEFAULT: Final = "default"
"""What the terminal writes with, or on: whatever its owner chose."""

_Triple = tuple[float, float, float]

# Machado, Oliveira, Fernandes 2009, severity 1.0, on linear RGB.
VISIONS: Final[dict[str, tuple[_Triple, _Triple, _Triple]]] = {
    "normal": ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}


def parse_hex(text: str) -> RGB:
    """`#rrggbb` -> three bytes; ValueError otherwise."""
    if len(text) != 7 or text[0] != "#" or not text[1:].isalnum():
        raise ValueError(f"{text!r} is not #rrggbb")
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


def is_named(colour: str) -> bool:
    """Whether the terminal decides what it looks like."""
    return colour in NAMED or colour == DEFAULT


def as_hex(colour: str, *, default: str = "#e5e5e5") -> str:
    """`#rrggbb` of any colour; `default` is what stands for the terminal's own."""
    return default if colour == DEFAULT else NAMED.get(colour, colour)


def to_hex(rgb: RGB) -> str:
    """Three bytes -> `#rrggbb`."""
    return "#{:02x}{:02x}{:02x}".format(*rgb)


def blend(first: str, second: str, share: float) -> str:
    """The colour `share` of the way from `first` to `second`; of names, the nearer one."""
    if is_named(first) or is_named(second):
        return first if share <= 0.5 else second
    pairs = zip(parse_hex(first), parse_hex(second), strict=True)
    red, green, blue = (round(a + (b - a) * share) for a, b in pairs)
    return to_hex((red, green, blue))


@lru_cache(maxsize=4096)
def contrast(first: str, second: str) -> float:
    """WCAG 2 contrast ratio of two `#rrggbb`, 1.0 to 21.0."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def distance(first: str, second: str, *, vision: str = "normal") -> float:
    """CIE76 distance of two `#rrggbb` as that vision sees them."""
    return dist(_place(first, vision), _place(second, vision))


@lru_cache(maxsize=4096)
def _place(colour: str, vision: str) -> _Triple:
    return _lab(_seen(_linear(colour), vision))


def _linear(colour: str) -> _Triple:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (byte / 255 for byte in parse_hex(colour))
    )
    return red, green, blue


def _luminance(colour: str) -> float:
    red, green, blue = _linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _seen(linear: _Triple, vision: str) -> _Triple:
    rows = VISIONS[vision]
    red, green, blue = (
        min(1.0, max(0.0, sum(weight * part for weight, part in zip(row, linear, strict=True))))
        for row in rows
    )
    return red, green, blue


def _lab(linear: _Triple) -> _Triple:
    red, green, blue = linear
    x = (0.4124564 * red + 0.3575761 * green + 0.1804375 * blue) / 0.95047
    y = 0.2126729 * red + 0.7151522 * green + 0.0721750 * blue
    z = (0.0193339 * red + 0.1191920 * green + 0.9503041 * blue) / 1.08883
    fx, fy, fz = (_cube_root(part) for part in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def _cube_root(part: float) -> float:
    return part ** (1 / 3) if part > 216 / 24389 else (24389 / 27 * part + 16) / 116

"""Palette: (Theme, Reach) -> the style of every ink, parsed once. Before it: theme, reach. After it: canvas.

An ink is a name with optional `+b +d +u +r` and `@name` behind; segments says how panels write them.
`=colour` in place of a name is that colour itself.
"""

from typing import Final

from rich.style import Style

from kairos_tui.hud.colour import DEFAULT, blend
from kairos_tui.hud.reach import Reach, nearest
from kairos_tui.hud.segments import EDGE_STEPS
from kairos_tui.hud.tape import FLASH_SHADES
from kairos_tui.hud.theme import Theme

_ATTRIBUTES: Final = {"b": "bold", "d": "dim", "u": "underline", "r": "reverse"}
_SHADES: Final = 8
_FRESHEST: Final = 0.6
"""How much of a figure that has just changed is the flash's colour."""
_EVERYTHING: Final = Reach()

_PLAIN: Final[dict[str, str]] = {
    "muted": "dim", "faint": "dim", "border": "dim", "buy": "bold", "focus": "bold", "accent": "bold",
    "secondary": "bold", "slow": "underline", "down": "reverse", "fault": "bold", "warn": "underline",
    "buy_flash0": "bold underline", "buy_flash1": "bold underline", "buy_flash2": "bold",
    "buy_flash3": "bold", "sell_flash0": "underline", "sell_flash1": "underline",
    "glow0": "bold underline", "glow1": "bold underline", "glow2": "bold", "glow3": "bold",
    "brand": "reverse bold", "sim": "reverse", "onair": "reverse", "hot": "reverse bold", "pause": "reverse",
    "alarm": "reverse bold", "alert": "reverse", "key": "bold",
}  # fmt: skip


class Palette(dict[str, Style]):
    """Inks seen so far and their styles; a new ink is parsed when first asked for."""

    def __init__(self, theme: Theme, reach: Reach = _EVERYTHING) -> None:
        super().__init__()
        self.theme = theme
        self._depth = reach.depth
        self._colours = _foregrounds(theme)
        self._filled = _fills(theme)

    def __missing__(self, ink: str) -> Style:
        own = ink.startswith("=")  # of another theme, in the picker: coloured also where this one is not
        plain = self._depth == "none" or not (self.theme.colours or own)
        style = self[ink] = _uncoloured(ink) if plain else self._coloured(ink)
        return style

    def _coloured(self, ink: str) -> Style:
        rest, _, behind = ink.partition("@")
        name, *marks = rest.split("+")
        front, back, strong = self._filled.get(name) or (self._front(name), self.theme.background, False)
        if behind and name not in self._filled:
            back = self._back(behind)
        words = [_ATTRIBUTES[mark] for mark in marks] + (["bold"] if strong or behind else [])
        ground = nearest(back, self._depth)
        return Style.parse(" ".join([*words, nearest(front, self._depth, ground), "on", ground]))

    def _front(self, name: str) -> str:
        return name[1:] if name.startswith("=") else self._colours[name]

    def _back(self, name: str) -> str:
        return name[1:] if name.startswith("=") else self._filled[name][1]


def _uncoloured(ink: str) -> Style:
    rest, _, behind = ink.partition("@")
    name, *marks = rest.split("+")
    words = (
        [_ATTRIBUTES[mark] for mark in marks] + _PLAIN.get(name, "").split() + (["reverse"] if behind else [])
    )
    return Style.parse(" ".join(dict.fromkeys(words)) or "none")


def _foregrounds(theme: Theme) -> dict[str, str]:
    names = ("primary", "secondary", "accent", "muted", "border", "buy", "sell", "down", "warn")
    colours = {name: str(getattr(theme, name)) for name in names}
    colours |= {
        "text": theme.foreground,
        "focus": theme.primary,
        "fast": theme.lat_fast,
        "slow": theme.lat_slow,
    }
    colours["faint"] = blend(theme.muted, theme.background, 0.45)
    colours["near"] = blend(theme.foreground, theme.muted, 0.35)
    colours["key"] = theme.accent
    colours["fault"] = theme.down  # the frame around what is down: lines cannot be drawn in reverse
    for shade in range(FLASH_SHADES):
        fresh = _FRESHEST * (1 - shade / FLASH_SHADES)
        colours[f"buy_flash{shade}"] = blend(theme.buy, theme.flash, fresh)
        colours[f"sell_flash{shade}"] = blend(theme.sell, theme.flash, fresh)
        colours[f"glow{shade}"] = blend(colours["near"], theme.flash, fresh)
    for step in range(EDGE_STEPS):
        colours[f"e{step}"] = blend(theme.card_edge_a, theme.card_edge_b, step / (EDGE_STEPS - 1))
    for shade in range(_SHADES):
        colours[f"g{shade}"] = blend(theme.muted, theme.primary, shade / (_SHADES - 1))
    return colours


def _fills(theme: Theme) -> dict[str, tuple[str, str, bool]]:
    """Inks with their own ground: (front, back, bold)."""
    dark = theme.background if theme.background != DEFAULT else "black"  # the default in front is a light one
    return {
        "brand": (dark, theme.primary, True),
        "sim": (dark, theme.secondary, True),
        "onair": (dark, theme.buy, True),
        "hot": (dark, theme.buy, True),
        "pause": (dark, theme.accent, False),
        "alarm": (dark, theme.down, True),
        "alert": (dark, theme.accent, True),
        "cursor": (theme.foreground, blend(theme.border, theme.primary, 0.25), True),
    }

"""Theme: the colours of everything by name, which of them carry text, and which must not be confused.

Before it: colour. After it: theme_file reads one, theme_lint judges it, palette draws with it.
"""

from typing import Final

from msgspec import Struct, to_builtins

from kairos_tui.hud.colour import as_hex


class Theme(Struct, frozen=True):
    """Colours as `#rrggbb`, or as names of the terminal's own sixteen and its `default`.

    With `colours` False none is used: only bold, dim, underline and reverse. `glyphs` are (name, glyph)
    pairs: marks drawn in place of the usual ones.
    """

    name: str = "kairos-neon"
    dark: bool = True
    colours: bool = True
    primary: str = "#00f0ff"
    secondary: str = "#ff2bd6"
    accent: str = "#ffe600"
    background: str = "#05070f"
    surface: str = "#0a0f1e"
    foreground: str = "#d7e6ff"
    muted: str = "#7d8fb3"
    border: str = "#1f3a5f"
    buy: str = "#2bffa3"
    sell: str = "#ff4d8d"
    lat_fast: str = "#00f0ff"
    lat_slow: str = "#ffb000"
    down: str = "#ff3860"
    warn: str = "#ffb000"
    flash: str = "#ffffff"
    card_edge_a: str = "#ff2bd6"
    card_edge_b: str = "#00f0ff"
    summary: str = ""
    glyphs: tuple[tuple[str, str], ...] = ()

    @property
    def title(self) -> str:
        """The short name people type: `neon`."""
        return self.name.removeprefix("kairos-")


MONO: Final = Theme(name="kairos-mono", colours=False)
"""What NO_COLOR asks for."""

TOP: Final = ("primary", "secondary", "accent", "background", "surface", "foreground")
VARIABLES: Final = {
    f"k-{name.replace('_', '-')}": name
    for name in (
        "muted", "border", "buy", "sell", "lat_fast", "lat_slow", "down", "warn", "flash",
        "card_edge_a", "card_edge_b",
    )
}  # fmt: skip
"""Keys of `[variables]`, and the tokens they set."""

TEXT_TOKENS: Final = (
    "foreground", "muted", "primary", "secondary", "accent", "buy", "sell", "lat_fast", "lat_slow",
    "down", "warn", "flash",
)  # fmt: skip
GROUNDS: Final = ("background", "surface")
"""What text stands on: the HUD's screen, and the panels of the browser mirror."""

CONFUSABLE: Final = (("buy", "sell"), ("lat_fast", "lat_slow"), ("buy", "down"))
"""Colours that stand in the same place for opposite things."""


def measured(theme: Theme, token: str) -> str:
    """The token's colour as `#rrggbb`: a name's as xterm draws it, its default white on black, or black on
    white where the theme is light."""
    own = ("#000000", "#e5e5e5") if theme.dark else ("#ffffff", "#000000")
    return as_hex(getattr(theme, token), default=own[token not in GROUNDS])


def browser_tokens(theme: Theme) -> dict[str, object]:
    """The theme for a browser, which has no colours of a terminal: each as `#rrggbb`."""
    tokens: dict[str, object] = to_builtins(theme)
    return tokens | {token: measured(theme, token) for token in (*TOP, *VARIABLES.values())}


def key_of(token: str) -> str:
    """A token as theme files spell it."""
    return token if token in TOP else f"k-{token.replace('_', '-')}"

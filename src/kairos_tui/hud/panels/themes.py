"""Themes: the picker. Every theme in its own colours; the one under the cursor dresses the screen."""

from kairos_tui.hud.glyphs import safe
from kairos_tui.hud.panels import Drawing
from kairos_tui.hud.panels.box import box
from kairos_tui.hud.segments import Row, fill, fit, wrapped
from kairos_tui.hud.theme import Theme
from kairos_tui.hud.view_state import View

_NAME = 12
_SWATCH: tuple[tuple[str, str], ...] = (
    (" ● ", "buy"), ("▲ +9.1 ", "buy"), ("−3.2 ", "sell"), ("◆", "lat_fast"), ("▲", "lat_slow"),
    (" ✖ ", "down"), ("12 ms ", "muted"), ("▸", "primary"), ("▸ ", "secondary"),
)  # fmt: skip
_PLAIN = {"buy": "=default+b@=default", "down": "=default+r@=default", "lat_slow": "=default+u@=default"}


def wanted(view: View) -> int:
    """How many rows the picker asks for, its frame included; 0 while it is closed."""
    return len(view.wardrobe.themes) + 2 if view.wardrobe.before is not None else 0


def draw(view: View, width: int, height: int) -> Drawing:
    """One row a theme; where they do not fit, those around the cursor."""
    wardrobe = view.wardrobe
    at, first = wardrobe.place, _first(view, height)
    shown = wardrobe.themes[first : first + height - 2]
    body = [_row(theme, width - 2, chosen=place == at) for place, theme in enumerate(shown, start=first)]
    if height >= len(shown) + 5:
        said = wrapped([safe(wardrobe.worn.summary, 200)], width - 4)
        body += [(), *(((" ", "text"), (line, "muted")) for line in said)]
    title: Row = (("T ", "key"), ("THEMES", "focus+b"))
    note: Row = ((f"{at + 1}/{len(wardrobe.themes)}", "muted"),)
    foot: Row = (("⏎", "key"), (" keeps  ", "muted"), ("esc", "key"), (" restores", "muted"))
    return box(body, width, height, title=title, note=note, foot=foot, ink="focus")


def title_at(view: View, height: int, y: int) -> str | None:
    """The theme at a row of the panel."""
    place = _first(view, height) + y - 1
    return (
        view.wardrobe.themes[place].title
        if 0 < y < height - 1 and place < len(view.wardrobe.themes)
        else None
    )


def _first(view: View, height: int) -> int:
    room = height - 2
    return max(0, min(view.wardrobe.place - room // 2, len(view.wardrobe.themes) - room))


def _row(theme: Theme, width: int, *, chosen: bool) -> Row:
    name = fit(safe(theme.title, _NAME), _NAME)
    head: Row = ((" ▸ " if chosen else "   ", "focus+b"), (name, "text+b" if chosen else "text"))
    return fill((*head, *(_in(theme, text, name) for text, name in _SWATCH)), width)


def _in(theme: Theme, text: str, name: str) -> tuple[str, str]:
    """A piece in that theme's own colours, whatever is worn."""
    if not theme.colours:
        return text, _PLAIN.get(name, "=default@=default")
    return text, f"={getattr(theme, name)}@={theme.background}"

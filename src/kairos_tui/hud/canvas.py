"""Canvas: one full-screen widget that hands Textual finished strips. The only drawing there is.

Before it: scene, palette, glyph_sets. After it: the terminal. render_lines skips Textual's own styling.
"""

import logging
from collections.abc import Iterable

from rich.segment import Segment
from textual.geometry import Region
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

from kairos_tui.hud.cast import Cast
from kairos_tui.hud.glyph_sets import translation
from kairos_tui.hud.layouts import Slot
from kairos_tui.hud.palette import Palette
from kairos_tui.hud.scene import Scene
from kairos_tui.hud.theme import Theme
from kairos_tui.hud.view_state import View

_MOST_FAULTS = 100
log = logging.getLogger(__name__)


class Ground(Screen[None]):
    """The screen behind the canvas, seen for an instant while a window grows: in the theme's colours too."""

    CSS = "Ground { layers: base; overflow: hidden; }"

    def render_lines(self, crop: Region) -> list[Strip]:
        """Nothing, on the theme's ground."""
        blank = self.query_one(Canvas).blank(crop.width)
        return [blank] * crop.height


class Canvas(Widget):
    """Rows are the unit of change; a row that did not change keeps its very Strip."""

    ALLOW_SELECT = False
    DEFAULT_CSS = "Canvas { width: 1fr; height: 1fr; }"

    def __init__(self, view: View) -> None:
        super().__init__()
        self.view = view
        self.scene = Scene(on_fault=self._on_fault)
        self._faults: set[str] = set()
        self.painted_rows = 0
        self.cast: Cast | None = None
        self._wear(view.wardrobe.worn)

    def _on_fault(self, slot: Slot, error: Exception) -> None:
        """Once for each: it would be said thirty times a second."""
        said = f"{slot} {error!r}"
        if said not in self._faults and len(self._faults) < _MOST_FAULTS:
            self._faults.add(said)
            log.error("panel could not be drawn panel=%s", slot, exc_info=error)

    def _wear(self, theme: Theme) -> None:
        """Draw everything in other colours from now on; the rows are the same."""
        reach = self.view.plan.reach
        self.theme = theme
        self._palette = Palette(theme, reach)
        self._glyphs = translation(dict(theme.glyphs), ascii_only=reach.glyphs == "ascii")
        self._strips: list[Strip | None] = [None] * len(self.scene.rows)

    def frame(self) -> int:
        """Bring the picture up to date; returns how many rows must be painted."""
        width, height = self.size
        if not width or not height:
            return 0
        self.view.size = width, height
        dirty = self.scene.paint(self.view, width, height)
        if self.theme != self.view.wardrobe.worn:
            self._wear(self.view.wardrobe.worn)
            dirty = list(range(height))
        if len(self._strips) != height:
            self._strips = [None] * height
        for y in dirty:
            self._strips[y] = None
        if dirty:
            self.refresh(*[Region(0, y, width, 1) for y in dirty])
        self.painted_rows += len(dirty)
        if dirty and self.cast is not None:
            self._record(self.cast, dirty)
        return len(dirty)

    def begin_cast(self, cast: Cast) -> None:
        """From now on it gets every frame, and at once the whole picture."""
        self.cast = cast
        self._record(cast, range(self.size.height))

    def _record(self, cast: Cast, rows: Iterable[int]) -> None:
        width, height = self.size
        console = self.app.console
        cast.take(((y, self._strip(y).render(console)) for y in rows), width, height, self.view.now_ns)

    def on_resize(self) -> None:
        """Draw for the new size at once, not at the next frame."""
        self.frame()
        self.refresh()

    def blank(self, width: int) -> Strip:
        """A row of nothing."""
        return Strip.blank(width, self._palette["text"])

    def render_lines(self, crop: Region) -> list[Strip]:
        """The rows Textual asks for, from the cache."""
        first, last = crop.column_span
        strips = [self._strip(y) for y in crop.line_range]
        if last - first == self.size.width:
            return strips
        return [strip.crop(first, last) for strip in strips]

    def _strip(self, y: int) -> Strip:
        if y >= len(self._strips) or y >= len(self.scene.rows):
            return self.blank(self.size.width)
        strip = self._strips[y]
        if strip is None:
            palette, glyphs = self._palette, self._glyphs
            row = self.scene.rows[y]
            if glyphs is not None:
                row = tuple((text.translate(glyphs), ink) for text, ink in row)
            segments = [Segment(text, palette[ink]) for text, ink in row if text]
            strip = self._strips[y] = Strip(segments, self.size.width)
        return strip

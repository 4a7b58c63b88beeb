"""Fault: what stands where a panel could not be drawn. One line; the others go on, the log has the rest."""

from kairos_tui.hud.glyphs import safe
from kairos_tui.hud.panels import Drawing
from kairos_tui.hud.panels.box import box
from kairos_tui.hud.segments import Row, cut, fill

_LEAST_BOX = 3


def draw(name: str, error: Exception, width: int, height: int) -> Drawing:
    """Exactly `height` rows of `width` cells."""
    said = safe(f"{type(error).__name__}: {error}", 200)
    row: Row = ((" ✖ ", "down"), (f"{name} could not be drawn: ", "text"), (said, "warn"))
    if height < _LEAST_BOX or width < _LEAST_BOX:
        blank: Row = ()
        return [fill(cut(each, width), width) for each in [row, *[blank] * height][:height]]
    title: Row = ((name.upper(), "text+b"),)
    foot: Row = (("the log has the details", "muted"),)
    return box([fill(cut(row, width - 3), width - 2)], width, height, title=title, foot=foot, ink="down")

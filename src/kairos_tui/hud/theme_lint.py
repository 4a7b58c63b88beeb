"""theme_lint: what is wrong with a readable theme: faint text, colours alike to some eyes, marks alike.

Before it: theme, colour, glyph_sets. After it: `kairos themes check`. Each finding is one sentence.
"""

from typing import Final

from kairos_tui.hud.colour import VISIONS, contrast, distance
from kairos_tui.hud.glyph_sets import REPLACEABLE
from kairos_tui.hud.theme import CONFUSABLE, GROUNDS, TEXT_TOKENS, Theme, key_of, measured

LEAST_CONTRAST: Final = 4.5
"""WCAG 2 AA for text."""
LEAST_DISTANCE: Final = 20.0
"""CIE76 between two colours, as each colour vision (Machado 2009) sees them."""


def check_theme(theme: Theme) -> list[str]:
    """What is wrong with it, one sentence each; empty = good. A theme without colours has only its marks."""
    if not theme.colours:
        return _marks(theme)  # attributes are confused by no vision
    return [*_contrasts(theme), *_distances(theme), *_marks(theme)]


def _contrasts(theme: Theme) -> list[str]:
    found = []
    for token in TEXT_TOKENS:
        ratio, ground = min(
            (contrast(measured(theme, token), measured(theme, ground)), ground) for ground in GROUNDS
        )
        if ratio < LEAST_CONTRAST:
            found.append(
                f"{key_of(token)} has contrast {ratio:.1f}:1, {getattr(theme, token)} on {ground} "
                f"{getattr(theme, ground)}; at least {LEAST_CONTRAST}:1 is readable"
            )
    return found


def _distances(theme: Theme) -> list[str]:
    found = []
    for first, second in CONFUSABLE:
        for vision in VISIONS:
            apart = distance(measured(theme, first), measured(theme, second), vision=vision)
            if apart < LEAST_DISTANCE:
                found.append(
                    f"{key_of(first)} and {key_of(second)} are {apart:.0f} apart to {vision} vision; "
                    f"at least {LEAST_DISTANCE:.0f} is distinct"
                )
    return found


def _marks(theme: Theme) -> list[str]:
    """Two meanings with one mark: then only the colour would tell them apart."""
    drawn = REPLACEABLE | dict(theme.glyphs)
    first_of: dict[str, str] = {}
    found = []
    for name, glyph in drawn.items():
        twin = first_of.setdefault(glyph, name)
        if twin != name:
            found.append(
                f"glyphs.{name} {glyph} is also the mark of {twin}: only a colour would tell them apart"
            )
    return found

# mypy: disable-error-code="no-untyped-call"
"""Text typed into the HUD under test, and what it shows then."""

from textual.keys import _character_to_key


async def typed(pilot, text):
    """Press every character's key."""
    await pilot.press(*map(_character_to_key, text))


def row_text(app, y=-1):
    """A row of the screen, the last one unless told."""
    return "".join(text for text, _ in app.canvas.scene.rows[y])


def screen_text(app):
    """All rows of the screen."""
    return "\n".join(row_text(app, y) for y in range(len(app.canvas.scene.rows)))

"""Settings: the rows of their list: key, value as the file writes it, and who gave it.

Before it: settings_list. After it: prompt, in whose box they stand.
"""

from typing import Final

from kairos_tui.hud.glyphs import safe
from kairos_tui.hud.prompt import Choice
from kairos_tui.hud.segments import Row, cells, fit, fit_right

_KEY: Final = 20
_LEAST_VALUE: Final = 12


def row(choice: Choice, chosen: bool, width: int) -> Row:
    """What was given stands out against what is default; the end of a file's name is what counts."""
    behind = "@cursor" if chosen else ""
    given = choice.keys != "default"
    key = max(_KEY, min(cells(choice.label), width // 3))
    room = max(0, width - 4 - key)
    origin = min(cells(choice.keys), max(0, room - max(_LEAST_VALUE, min(room // 2, cells(choice.detail)))))
    return (
        ("▸ " if chosen else "  ", "focus+b" + behind),
        (fit(safe(choice.label, 60), key), ("text+b" if given else "text") + behind),
        (f" {fit(choice.detail, max(0, room - origin - 1))} ", ("accent" if given else "muted") + behind),
        (fit_right(_ending(choice.keys, origin), origin), ("text" if given else "muted") + behind),
        (" ", "text" + behind),
    )


def _ending(text: str, width: int) -> str:
    """`…kairos/config.toml:12`."""
    return text if cells(text) <= width or width < 1 else "…" + text[len(text) - width + 1 :]

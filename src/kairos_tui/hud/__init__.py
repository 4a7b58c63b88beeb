"""hud: the Textual canvas, and everything that decides what it shows.

plan, actions, themes, colour      what is asked for; no Textual, so that the command line may read them
glyphs, numbers, segments, plot    data -> text: marks, figures, coloured pieces of rows, sparklines, braille
trail, cards, tape                 what has arrived: the newest Board, 60 s of mids and edges, signals, events
view_state, verdict, moves         where the viewer looks, what the best route says, what each key changes
panels, layout, scene              (view, size) -> rows of (text, ink); pure, so a picture is a test
palette, gauges, canvas, app       inks -> styles, own cost, strips on the screen, the frame clock
terminal, run                      the process: its tty, signals, watchdog, exit code
"""

from kairos_tui.hud.actions import ACTIONS, Action
from kairos_tui.hud.plan import Clock, Commands, HudPlan, Source
from kairos_tui.hud.run import run_hud
from kairos_tui.hud.themes import Theme, check_theme, list_themes, load_theme, theme_folders

__all__ = [
    "ACTIONS",
    "Action",
    "Clock",
    "Commands",
    "HudPlan",
    "Source",
    "Theme",
    "check_theme",
    "list_themes",
    "load_theme",
    "run_hud",
    "theme_folders",
]

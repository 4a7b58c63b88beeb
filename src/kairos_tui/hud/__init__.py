"""hud: the Textual canvas, and everything that decides what it shows.

plan                               what is asked for; no Textual, so that the command line may read these
theme, theme_file, themes          colours by name: of a file, of the folders; theme_lint, colour judge them
reach, glyph_sets                  what the terminal can show: fewer colours, ASCII in place of marks
actions, presets, key_names        the one registry of what can be done, and by which keys
key_file, key_editor               keys that are chosen in the HUD, and where they are kept
settings_list                      the settings in force, found by their words
keymap, key_table                  the keys in force, the user's own among them; how they are listed
glyphs, numbers, segments, plot    data -> text: marks, figures, coloured pieces of rows, sparklines, braille
trail, lanes, lifetimes            the past of figures, of venues' states, of signals
cards, tape                        what has arrived: the newest Board and all that is kept of those before it
incidents                          what feeds say of themselves, one line for each fault
papered, fading                    how signals went that simulated orders followed, in words; which fade
wardrobe, theme_moves              the themes at hand, the picker, files that change meanwhile
ladder, curve, ranking, verdict    arithmetic on a Board: all books as one, profit by size, orders, costs
look, layouts, view_state, kept    how the panels are set, where the viewer looks; remembered when left
first_view                         how the panels are to begin, as the command line says it; as words to copy
followed, pinning                  routes over time; what is pinned: a card, the route that is plotted
cursor, steering, turns            where the cursor of each panel is, how it moves; what goes round
moves, deeds                       what each action does: to the view, or with the app's hands
common                             prices of every quote in the first one
mouse                              clicks, wheel, hover: what stands where they happen
rows_shown, paging                 rows by where they stand on the screen; the inspector's pages
jumps, jumping                     letters that lead to a panel and what is in it
explaining                         the keys of the card that explains a number
glowing                            what changed while the view was frozen, lit once
instants, replaying                moments as they are typed; the keys that steer a replay
stepping, neighbours               a frozen view board by board; panels by where they stand
line_editor, prompt, prompting     a line that is typed, and the keys that go to it
filters, matching, finding         what is let through, and the way from match to match
commands, words, worded, fuzzy     what is typed after `:` or found in the palette, and the words behind it
heights                            how many rows each panel of a column gets
panels, layout, scene              (view, size) -> rows of (text, ink); pure, so a picture is a test
chosen, tables, export, sequences  what a viewer takes along: the signal meant, CSV, lines, escapes
acknowledging                      signals that have been seen
mutes, muted                       venues that are seen and no more: a board without them, the key
retrying                           the key for venues that wait to try again
mirrored                           where the web mirror is; the key that starts and stops it
cast                               what is drawn in ten seconds, as an asciicast
clipboard, alerts, taking          copies, bell, notification and title; what their keys do
palette, gauges, canvas, app       inks -> styles, own cost, strips on the screen, the frame clock
glance                             one symbol in three lines, for what is no HUD
pacing, measuring                  which turns draw, what the link takes; the gauges where they are taken
terminal, run                      the process: its tty, signals, watchdog, exit code
"""

from kairos_tui.hud.actions import ACTIONS, Action
from kairos_tui.hud.first_view import FirstView
from kairos_tui.hud.key_table import KeyRow, key_markdown, key_rows
from kairos_tui.hud.keymap import Keymap, build_keymap
from kairos_tui.hud.plan import Clock, Commands, HudPlan, Knob, ReplayDeed, Source
from kairos_tui.hud.run import load_textual, run_hud
from kairos_tui.hud.theme import Theme
from kairos_tui.hud.theme_lint import check_theme
from kairos_tui.hud.themes import list_themes, load_theme, theme_folders

__all__ = [
    "ACTIONS",
    "Action",
    "Clock",
    "Commands",
    "FirstView",
    "HudPlan",
    "KeyRow",
    "Keymap",
    "Knob",
    "ReplayDeed",
    "Source",
    "Theme",
    "build_keymap",
    "check_theme",
    "key_markdown",
    "key_rows",
    "list_themes",
    "load_textual",
    "load_theme",
    "run_hud",
    "theme_folders",
]

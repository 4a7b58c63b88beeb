"""Actions: the one registry of what keys do. Bindings, hints, the help panel and `kairos keys` come from it.

Plain data; knows no other module. After it: moves (what each does), app (bindings), panels, `kairos keys`.
"""

from typing import Literal

from msgspec import Struct

Group = Literal["Leave", "Move", "Look", "Time", "Act", "Learn"]


class Action(Struct, frozen=True):
    """`keys` as Textual names them; `shown` as people read them; `hint` is the word on the hint line."""

    id: str
    keys: tuple[str, ...]
    shown: str
    group: Group
    help: str
    hint: str = ""


ACTIONS: tuple[Action, ...] = (
    Action("help", ("question_mark", "f1"), "?", "Learn", "this list of keys", "help"),
    Action("panel_next", ("tab",), "⇥", "Move", "next panel", "panel"),
    Action("panel_previous", ("shift+tab",), "⇧⇥", "Move", "previous panel"),
    Action("panel_venues", ("1",), "1", "Move", "venues"),
    Action("panel_matrix", ("2",), "2", "Move", "spread matrix"),
    Action("panel_edge", ("3",), "3", "Move", "edge over 60 s"),
    Action("panel_feed", ("4",), "4", "Move", "signals"),
    Action("cursor_left", ("h", "left"), "h ←", "Move", "one column left", "move"),
    Action("cursor_down", ("j", "down"), "j ↓", "Move", "one row down"),
    Action("cursor_up", ("k", "up"), "k ↑", "Move", "one row up"),
    Action("cursor_right", ("l", "right"), "l →", "Move", "one column right"),
    Action("newest", ("home",), "home", "Move", "newest signal"),
    Action("inspect", ("enter",), "⏎", "Look", "inspect: the costs taken apart", "inspect"),
    Action("back", ("escape",), "esc", "Look", "close; un-zoom; best and newest"),
    Action("freeze", ("space",), "␣", "Time", "freeze the view; the engine goes on", "freeze"),
    Action("zoom", ("z",), "z", "Look", "zoom the panel in focus", "zoom"),
    Action("perf", ("f12",), "F12", "Look", "where the time goes; processes"),
    Action("symbol_previous", ("left_square_bracket",), "[", "Look", "previous symbol"),
    Action("symbol_next", ("right_square_bracket",), "]", "Look", "next symbol", "symbol"),
    Action("theme_next", ("t",), "t", "Look", "next theme", "theme"),
    Action("theme_previous", ("T", "shift+t"), "T", "Look", "previous theme"),
    Action("start_sim", ("S", "shift+s"), "S", "Act", "start the simulated exchanges", "start sim"),
    Action("suspend", ("ctrl+z",), "^Z", "Leave", "suspend to the shell"),
    Action("quit", ("q", "ctrl+q", "ctrl+c"), "q", "Leave", "quit (also ^Q, ^C)", "quit"),
)

GROUPS: tuple[Group, ...] = ("Move", "Look", "Time", "Act", "Learn", "Leave")


def hint_actions(*, many_symbols: bool, offer_sim: bool) -> tuple[Action, ...]:
    """The actions worth a place on the hint line just now, most useful first."""
    hidden = {"symbol_next"} if not many_symbols else set()
    if not offer_sim:
        hidden.add("start_sim")
    shown = [action for action in ACTIONS if action.hint and action.id not in hidden]
    return tuple(sorted(shown, key=lambda action: action.id != "start_sim"))

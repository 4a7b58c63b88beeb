"""Actions: the one registry of what can be done. Bindings, palette, `:` commands, hints, help, `kairos keys`
and the README's table come from it.

Plain data; knows no other module. To add one: a line here, and a function under its id in moves (it changes
the view) or in deeds (it needs the app); in worded too where it takes a word. After it: keymap, moves, deeds,
commands, panels.
"""

from typing import Final, Literal

from msgspec import Struct

Group = Literal["Move", "Look", "Find", "Time", "Act", "Learn", "Leave"]
GROUPS: Final[tuple[Group, ...]] = ("Move", "Look", "Find", "Time", "Act", "Learn", "Leave")
Where = Literal["venues", "matrix", "edge", "feed", "depth", "timeline", "markets", "inspect"]
Word = Literal[
    "theme", "symbol", "panel", "filter", "number", "figure", "layout", "order", "span", "bps", "instant",
]  # fmt: skip


class Action(Struct, frozen=True):
    """One thing that can be done, and how it is reached.

    `keys` are those of the default preset, as key_names writes them: `?`, `T`, `space`, `ctrl+p`, `shift+up`.
    `hint` is the word on the hint line, empty where it has no place there. `where` names the panels it is
    about, empty: it is the same everywhere. `word` is what may be typed behind it after `:`.
    """

    id: str
    keys: tuple[str, ...]
    group: Group
    help: str
    hint: str = ""
    where: tuple[Where, ...] = ()
    word: Word | None = None


_LISTS: Final[tuple[Where, ...]] = ("venues", "matrix", "feed", "timeline", "markets")

ACTIONS: Final[tuple[Action, ...]] = (
    # Learn
    Action("help", ("?",), "Learn", "this list of keys", "help"),
    Action("explain", ("f1",), "Learn", "explain this number"),
    # Move
    Action("panel_next", ("tab",), "Move", "next panel", "panel"),
    Action("panel_previous", ("shift+tab",), "Move", "previous panel"),
    Action("panel_venues", ("1",), "Move", "venues"),
    Action("panel_matrix", ("2",), "Move", "spread matrix"),
    Action("panel_edge", ("3",), "Move", "edge over time"),
    Action("panel_feed", ("4",), "Move", "signals"),
    Action("panel_depth", ("5",), "Move", "depth of all venues"),
    Action("panel_timeline", ("6",), "Move", "timeline of incidents"),
    Action("panel_markets", ("0",), "Move", "all symbols"),
    Action("cursor_left", ("h", "left"), "Move", "one column left", "move"),
    Action("cursor_down", ("j", "down"), "Move", "one row down"),
    Action("cursor_up", ("k", "up"), "Move", "one row up"),
    Action("cursor_right", ("l", "right"), "Move", "one column right"),
    Action("page_down", ("ctrl+d", "pagedown"), "Move", "5 rows or page down"),
    Action("page_up", ("ctrl+u", "pageup"), "Move", "5 rows or page up"),
    Action("newest", ("g", "home"), "Move", "newest signal, first row", where=_LISTS),
    Action("oldest", ("G", "end"), "Move", "oldest signal, last row", where=_LISTS),
    Action("row_first", ("H",), "Move", "first row that is shown"),
    Action("row_middle", ("alt+m",), "Move", "middle row that is shown"),
    Action("row_last", ("L",), "Move", "last row that is shown"),
    Action("panel_left", ("alt+h", "shift+left"), "Move", "panel to the left"),
    Action("panel_below", ("alt+j", "shift+down"), "Move", "panel below"),
    Action("panel_above", ("alt+k", "shift+up"), "Move", "panel above"),
    Action("panel_right", ("alt+l", "shift+right"), "Move", "panel to the right"),
    # Look, Time
    Action("inspect", ("enter",), "Look", "inspect: the costs taken apart", "inspect"),
    Action("back", ("escape",), "Look", "close; un-zoom; no filter; newest"),
    Action("freeze", ("space",), "Time", "freeze the view; the engine goes on", "freeze"),
    Action("step", (".",), "Time", "frozen: one board on; replay: event"),
    Action("record", ("R",), "Time", "record all that comes, or stop it"),
    Action("step_back", (",",), "Time", "replay: one event back"),
    Action("rewind", ("{",), "Time", "replay: ten seconds back"),
    Action("forward", ("}",), "Time", "replay: ten seconds on"),
    Action("slower", ("<",), "Time", "replay: slower"),
    Action("faster", (">",), "Time", "replay: faster, to max"),
    Action("seek", ("@",), "Time", "replay: go to a time or share", word="instant"),
    Action("zoom", ("z",), "Look", "zoom the panel in focus", "zoom", word="panel"),
    Action("perf", ("f12",), "Look", "where the time goes; processes"),
    Action("figure_next", ("m",), "Look", "matrix: net, gross, size, age", where=("matrix",)),
    Action("figure_previous", ("M",), "Look", "matrix: the figure before", where=("matrix",)),
    Action("sort_next", ("s",), "Look", "sort venues by the next figure", where=("venues",)),
    Action("sort_reverse", ("I",), "Look", "sort the other way round", where=("venues",)),
    Action("common_quote", ("b",), "Look", "prices in the first quote, ≈", where=("venues", "depth")),
    Action("span_shorter", ("[",), "Look", "look back a shorter time", where=("edge", "timeline")),
    Action("span_longer", ("]",), "Look", "look back longer, to 1 h", where=("edge", "timeline")),
    Action("span", (), "Look", "look back so long: 5m", word="span"),
    Action("fps_more", ("+",), "Look", "more frames a second"),
    Action("fps_fewer", ("-",), "Look", "fewer frames a second"),
    Action("threshold", (), "Act", "signals open at: 6", word="bps"),
    Action("fps", (), "Look", "frames a second, at most", word="number"),
    Action("symbol_previous", ("(",), "Look", "previous symbol"),
    Action("symbol_next", (")",), "Look", "next symbol", "symbol"),
    Action("theme_next", ("t",), "Look", "next theme", "theme"),
    Action("theme_picker", ("T",), "Look", "pick a theme, seeing it"),
    Action("layout_next", ("=",), "Look", "next layout of the panels", "layout"),
    Action("layout_1", ("alt+1",), "Look", "layout: desk"),
    Action("layout_2", ("alt+2",), "Look", "layout: markets"),
    Action("layout_3", ("alt+3",), "Look", "layout: depth"),
    Action("layout_4", ("alt+4",), "Look", "layout: routes"),
    Action("layout_5", ("alt+5",), "Look", "layout: health"),
    Action("layout_6", ("alt+6",), "Look", "layout: signals"),
    Action("layout_7", ("alt+7",), "Look", "layout: chart"),
    Action("layout_8", ("alt+8",), "Look", "layout: wall"),
    Action("layout_9", ("alt+9",), "Look", "layout: grid"),
    Action("mode", (), "Look", "matrix: show a figure by name", word="figure"),
    Action("sort", (), "Look", "sort venues by a figure", word="order"),
    Action("layout", (), "Look", "layout of the panels by name", word="layout"),
    Action("theme", (), "Look", "wear a theme by name", word="theme"),
    Action("symbol", (), "Look", "show a symbol by name", word="symbol"),
    # Find
    Action("keys", (), "Learn", "choose keys of your own"),
    Action("settings", (), "Learn", "what holds, and why"),
    Action("palette", ("ctrl+p",), "Find", "find an action by any of its words"),
    Action("filter", ("/",), "Find", "filter: net>8 venue:okx !gemini", "filter", word="filter"),
    Action("jump", ("o",), "Find", "jump: letters of a panel, of a cell", "jump"),
    Action("match_next", ("n",), "Find", "next match of the filter"),
    Action("match_previous", ("N",), "Find", "previous match"),
    Action("command", (":",), "Find", "type a command; tab completes", "command"),
    # Act
    Action("pin", ("p",), "Act", "pin: a signal on top, a route's plot"),
    Action("start_sim", ("S",), "Act", "start the simulated exchanges", "start sim"),
    Action("copy", ("y",), "Act", "copy signal or route as JSON"),
    Action("copy_command", ("Y",), "Act", "copy the command that shows this"),
    Action("export", ("e",), "Act", "export SVG, CSV and JSON lines"),
    Action("cast", ("E",), "Act", "export the next 10 s as a .cast"),
    Action("alerts", ("!",), "Act", "alerts on or off: bell, desktop"),
    Action("acknowledge", ("a",), "Act", "seen: this signal glows no more, ✓"),
    Action("acknowledge_all", ("A",), "Act", "seen: all signals, none is new"),
    Action("mute", ("x",), "Act", "mute the venue: no best, no alert"),
    Action("retry", ("r",), "Act", "retry now: venues that are down"),
    Action("mirror", ("w",), "Act", "web mirror: its address; start, stop"),
    # Leave
    Action("suspend", ("ctrl+z",), "Leave", "suspend to the shell"),
    Action("quit", ("q", "ctrl+q", "ctrl+c"), "Leave", "quit", "quit"),
)
BY_ID: Final[dict[str, Action]] = {action.id: action for action in ACTIONS}


def hint_actions(*, many_symbols: bool, offer_sim: bool) -> tuple[Action, ...]:
    """The actions worth a place on the hint line just now, most useful first."""
    hidden = {"symbol_next"} if not many_symbols else set()
    if not offer_sim:
        hidden.add("start_sim")
    shown = [action for action in ACTIONS if action.hint and action.id not in hidden]
    return tuple(sorted(shown, key=lambda action: action.id != "start_sim"))

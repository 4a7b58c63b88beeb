"""HudPlan, Source, Commands, Clock: what the HUD is given. After it: run and app.

`runtime` builds the plan and implements Source over the wire and Commands over the launcher.
"""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Literal, Protocol

from msgspec import Struct

from kairos_tui.hud.first_view import NO_FIRST_VIEW, FirstView
from kairos_tui.hud.keymap import DEFAULT_KEYMAP, Keymap
from kairos_tui.hud.reach import Depth, GlyphSet, Reach
from kairos_tui.hud.theme import Theme
from kairos_tui.market import Board, FeedKind, FeedStatus, Markout, Mood, RouteView, Signal, Symbol

Alert = Literal["title", "bell", "notify", "progress"]
"""What a signal may do beside being drawn."""


class Source(Protocol):
    """Where the picture comes from."""

    def drain(self) -> list[Board | Signal | FeedStatus | Markout]:
        """Everything that arrived since the last call; never blocks."""
        ...

    def missed(self) -> int:
        """Signals lost on the bus since start."""
        ...


ReplayDeed = Literal["pause", "step", "back", "seek", "skip", "speed"]
"""What a replay can be asked: to pause or go on, the next or last event, another place (epoch us), so many us
on, another speed."""


class Commands(Protocol):
    """What the viewer may ask of the program around: of the launcher, and for lines of the contract."""

    def start_sim(self) -> None:
        """Start the simulated exchanges in place of the live ones."""
        ...

    def open_at(self, net_bps: float) -> None:
        """Have signals open at that net from now on."""
        ...

    def turn_recording(self) -> None:
        """Begin to record all that comes, or end it."""
        ...

    def retry_now(self) -> None:
        """Have venues that wait to try again do so at once."""
        ...

    def serve_mirror(self, *, on: bool) -> None:
        """Start the web mirror, or stop the one that was started so."""
        ...

    def replay(self, deed: ReplayDeed, value: float) -> None:
        """Ask that of the replay that is shown."""
        ...

    def signal_line(self, signal: Signal, feed: FeedKind) -> str | None:
        """The signal as streams tell it, without newline; None when a figure of it is not finite."""
        ...

    def route_line(self, board: Board, symbol: Symbol, route: RouteView) -> str | None:
        """The same of a route of that symbol's board."""
        ...


class Clock(Struct, frozen=True):
    """The two clocks: monotonic for ages, wall for people. Tests give frozen ones.

    In a replay both are the recording's; `real_ns` then is by what a sentence stands for a while.
    """

    mono_ns: Callable[[], int] = time.monotonic_ns
    wall_ns: Callable[[], int] = time.time_ns
    real_ns: Callable[[], int] | None = None


class Knob(Struct, frozen=True):
    """One setting in force: its key and value as the file writes them, who gave it, what it is for."""

    key: str
    value: str
    origin: str
    meaning: str = ""


class HudPlan(Struct, frozen=True):
    """What to watch and how to draw it.

    `theme` is what `wanted` (a name or a path) names; the keys turn through `themes`, and through what is in
    the folders `theme_search`, which are read anew when a file changes; `theme_problem` says why another is
    worn. `colours` and `glyphs` are what was asked for, `reach` what the terminal can show; `keymap` says
    which keys do what, `keys_path` where those are kept that are chosen in the HUD, None = nowhere; `mouse`
    False leaves clicks to the terminal. `simulates` False: none of these venues or symbols has a simulated
    exchange, so none is offered. `remote`: elsewhere is decided what is watched. `mirrored`: the web mirror
    came with the run, so no key stops it.
    `kept_in` is the folder where how the viewer left it is kept, None = nowhere. `alerts` is what a signal
    does beside being drawn. `exports` is the folder for exported files, `recordings` the one for what a key
    begins to record, `command` what shows the same, without symbols and what can be turned in the HUD.
    `settings` are those in force, secrets hidden; `settings_file` is where to change them. `first` is how the
    view is to begin, where that was said.
    """

    symbols: tuple[Symbol, ...]
    theme: Theme
    fps: int = 30
    feed: FeedKind = "live"
    mood: Mood | None = None
    run: str = ""
    reduced_motion: bool = False
    connect_timeout_s: float = 20.0
    seed: int | None = None
    themes: tuple[Theme, ...] = ()
    wanted: str = ""
    theme_search: tuple[Path, ...] = ()
    theme_problem: str = ""
    colours: Depth | Literal["auto"] = "auto"
    glyphs: GlyphSet | Literal["auto"] = "auto"
    reach: Reach = Reach()
    simulates: bool = True
    remote: bool = False
    mirrored: bool = False
    keymap: Keymap = DEFAULT_KEYMAP
    kept_in: Path | None = None
    alerts: tuple[Alert, ...] = ("title",)
    exports: str = "."
    recordings: str = ""
    command: tuple[str, ...] = ("kairos", "watch")
    mouse: bool = True
    keys_path: Path | None = None
    settings: tuple[Knob, ...] = ()
    settings_file: str = ""
    first: FirstView = NO_FIRST_VIEW

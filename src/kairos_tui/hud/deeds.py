"""Deeds: what actions do that takes more than the view: the terminal, the launcher.

Before it: actions, view_state. After it: app, which is the `Hands` they work with.
"""

from collections.abc import Callable
from typing import Final, Protocol

from kairos_tui.hud.actions import BY_ID
from kairos_tui.hud.layout import Place
from kairos_tui.hud.mirrored import turn_mirror
from kairos_tui.hud.neighbours import neighbour
from kairos_tui.hud.plan import Commands
from kairos_tui.hud.replaying import STEERS
from kairos_tui.hud.retrying import retry_now
from kairos_tui.hud.view_state import View
from kairos_tui.market import Board


class Hands(Protocol):
    """What the app does for a deed."""

    view: View
    commands: Commands
    mirror_asked_ns: int
    retry_asked_ns: int

    @property
    def fps(self) -> int:
        """Frames a second, at most."""

    @property
    def places(self) -> tuple[Place, ...]:
        """Where each panel stands on the screen."""

    def to_row(self, share: float) -> None:
        """The cursor to a row by where it is shown: 0.0 is the first one, 1.0 the last."""

    def pace(self, fps: int) -> None:
        """Draw at most so many frames a second from now on."""

    def perform(self, action_id: str) -> None:
        """Do what an action does, by its id, and show it."""

    def leave(self, code: int) -> None:
        """End with this exit code, the terminal restored."""

    def stop(self) -> None:
        """Give the terminal to the shell until it is wanted again."""

    def copy_chosen(self) -> None:
        """The signal or route that is meant, as JSON, to the clipboard."""

    def copy_mirror(self, board: Board) -> None:
        """The address of the web mirror, to the clipboard."""

    def copy_text(self, text: str, what: str) -> None:
        """That text, called so, to the clipboard."""

    def copy_command(self) -> None:
        """The command that shows the same, to the clipboard."""

    def export_shown(self) -> None:
        """What is shown, to new files."""

    def turn_cast(self) -> None:
        """What is drawn in the next ten seconds, to a new file; again: so far."""

    def turn_alerts(self) -> None:
        """Bell and notification on or off."""


Deed = Callable[[Hands], None]

_PACES: Final = (1, 2, 5, 10, 15, 20, 30, 60)
MOST_FPS: Final = _PACES[-1]


def _pace(step: int) -> Deed:
    def pace(hands: Hands) -> None:
        beyond = [fps for fps in _PACES if (fps > hands.fps if step > 0 else fps < hands.fps)]
        if beyond:
            hands.pace(beyond[0 if step > 0 else -1])
        hands.view.say(f"at most {hands.fps} frames a second" + ("" if beyond else ": no further"))

    return pace


def _toward(right: int, down: int) -> Deed:
    def go(hands: Hands) -> None:
        panels = [place for place in hands.places if f"panel_{place.slot}" in BY_ID]
        here = next((place for place in panels if place.slot == hands.view.focus), None)
        there = neighbour(here, panels, right, down) if here is not None else None
        if there is None:
            hands.view.say("no panel is shown that way")
        else:
            hands.perform(f"panel_{there.slot}")

    return go


def _start_sim(hands: Hands) -> None:
    view = hands.view
    if view.feed != "live":
        view.say(f"already on {view.feed}")
    elif view.sim_asked:
        view.say("the simulated exchanges are starting")
    elif view.plan.remote:
        view.say("this HUD looks on: what is watched is decided where Kairos watches")
    elif not view.plan.simulates:
        view.say("these venues or symbols have no simulated exchange")
    elif not view.offers_sim():
        view.say("live venues are reachable; the simulated exchanges are offered when none is")
    else:
        view.sim_asked = True
        view.version += 1
        hands.commands.start_sim()


def _record(hands: Hands) -> None:
    view = hands.view
    if view.plan.remote:
        view.say("this HUD looks on: what is recorded is decided where Kairos watches")
    elif view.feed == "replay":
        view.say("a replay is a recording already")
    elif view.live.board is None:
        view.say("nothing can be recorded before the engine answers")
    else:
        recording = view.live.board.recording
        into = f": {view.plan.recordings}" if view.plan.recordings else ""
        said = f"all that comes is recorded from here on{into}"
        view.say(said if recording is None else f"the recording ends: kairos replay {recording.path}")
        hands.commands.turn_recording()


DEEDS: Final[dict[str, Deed]] = {
    **STEERS,
    "panel_left": _toward(-1, 0),
    "panel_below": _toward(0, 1),
    "panel_above": _toward(0, -1),
    "panel_right": _toward(1, 0),
    "row_first": lambda hands: hands.to_row(0.0),
    "row_middle": lambda hands: hands.to_row(0.5),
    "row_last": lambda hands: hands.to_row(1.0),
    "fps_more": _pace(1),
    "fps_fewer": _pace(-1),
    "start_sim": _start_sim,
    "record": _record,
    "mirror": turn_mirror,
    "retry": retry_now,
    "copy": lambda hands: hands.copy_chosen(),
    "copy_command": lambda hands: hands.copy_command(),
    "export": lambda hands: hands.export_shown(),
    "cast": lambda hands: hands.turn_cast(),
    "alerts": lambda hands: hands.turn_alerts(),
    "suspend": lambda hands: hands.stop(),
    "quit": lambda hands: hands.leave(0),
}

"""Deeds: what actions do that takes more than the view: the terminal, the launcher.

Before it: actions, view_state. After it: app, which is the `Hands` they work with.
"""

from collections.abc import Callable
from typing import Final, Protocol

from kairos_tui.hud.plan import Commands
from kairos_tui.hud.view_state import View


class Hands(Protocol):
    """What the app does for a deed."""

    view: View
    commands: Commands

    def leave(self, code: int) -> None:
        """End with this exit code, the terminal restored."""

    def stop(self) -> None:
        """Give the terminal to the shell until it is wanted again."""

    def copy_chosen(self) -> None:
        """The signal or route that is meant, as JSON, to the clipboard."""

    def copy_command(self) -> None:
        """The command that shows the same, to the clipboard."""

    def export_shown(self) -> None:
        """What is shown, to new files."""

    def turn_alerts(self) -> None:
        """Bell and notification on or off."""


Deed = Callable[[Hands], None]


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


DEEDS: Final[dict[str, Deed]] = {
    "start_sim": _start_sim,
    "copy": lambda hands: hands.copy_chosen(),
    "copy_command": lambda hands: hands.copy_command(),
    "export": lambda hands: hands.export_shown(),
    "alerts": lambda hands: hands.turn_alerts(),
    "suspend": lambda hands: hands.stop(),
    "quit": lambda hands: hands.leave(0),
}

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
    "suspend": lambda hands: hands.stop(),
    "quit": lambda hands: hands.leave(0),
}

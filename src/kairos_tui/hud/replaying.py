"""Replaying: the keys that steer a replay. The launcher passes on what is asked, boards show what came of it.

Before it: plan, view_state, instants. After it: deeds, worded, and the app, which asks here what space means.
"""

from collections.abc import Callable
from typing import Final, Protocol

from kairos_tui.hud.instants import read_instant
from kairos_tui.hud.plan import Commands, ReplayDeed
from kairos_tui.hud.view_state import View
from kairos_tui.market import ReplayView

SPEEDS: Final = (0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 10.0, 30.0, 100.0, 0.0)
"""Turned through by keys; the last is as fast as can be."""
_SKIP_US: Final = 10_000_000


class Steering(Protocol):
    """What the app does for it."""

    view: View
    commands: Commands


def replayed(view: View) -> ReplayView | None:
    """The replay that is shown, if it is one."""
    board = view.live.board
    return board.replay if board is not None else None


def speed_words(speed: float) -> str:
    """`x4`, `x0.25`, `max`."""
    return f"x{speed:g}" if speed else "max"


def takes(hands: Steering, action_id: str) -> bool:
    """In a replay freezing and stepping are its own: it waits. False: the view's, or something else."""
    if action_id not in _ITS_OWN or replayed(hands.view) is None:
        return False
    hands.commands.replay(_ITS_OWN[action_id], 0)
    hands.view.version += 1
    return True


def seek(hands: Steering, word: str) -> str | None:
    """Go where the word says; the sentence when it says nothing, or there is nothing to go in."""
    shown = replayed(hands.view)
    if shown is None:
        return NO_REPLAY
    at_us = read_instant(word, shown.from_us, shown.to_us)
    if isinstance(at_us, str):
        return at_us
    hands.commands.replay("seek", at_us)
    return None


_ITS_OWN: Final[dict[str, ReplayDeed]] = {"freeze": "pause", "step": "step"}
NO_REPLAY: Final = "nothing is replayed; kairos replay PATH shows a recording"


def _ask(deed: ReplayDeed, value: float = 0) -> Callable[[Steering], None]:
    def ask(hands: Steering) -> None:
        if replayed(hands.view) is None:
            hands.view.say(NO_REPLAY)
        else:
            hands.commands.replay(deed, value)

    return ask


def _turn_speed(step: int) -> Callable[[Steering], None]:
    def turn(hands: Steering) -> None:
        shown = replayed(hands.view)
        if shown is None:
            hands.view.say(NO_REPLAY)
            return
        place = max(0, min(_place_of(shown.speed, step), len(SPEEDS) - 1))
        hands.commands.replay("speed", SPEEDS[place])
        hands.view.say(f"speed {speed_words(SPEEDS[place])}", for_s=2.0)

    return turn


def _place_of(speed: float, step: int) -> int:
    """The next one up or down, also from a speed that is none of them."""
    if not speed:
        return len(SPEEDS) - 1 + step
    slower = sum(known < speed for known in SPEEDS[:-1])
    return slower - 1 if step < 0 else slower + (speed in SPEEDS)


STEERS: Final[dict[str, Callable[[Steering], None]]] = {
    "step_back": _ask("back"),
    "rewind": _ask("skip", -_SKIP_US),
    "forward": _ask("skip", _SKIP_US),
    "slower": _turn_speed(-1),
    "faster": _turn_speed(1),
}

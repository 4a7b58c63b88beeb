"""Mirrored: `w`: where the web mirror is. The launcher is asked to start one, then to stop it.

Before it: plan, view_state. After it: chips, deeds, taking. A token is copied, not said again.
"""

import re
from typing import Final, Protocol

from kairos_tui.hud.glyphs import safe
from kairos_tui.hud.plan import Commands
from kairos_tui.hud.view_state import View
from kairos_tui.market import Board, RoleView

_URL: Final = re.compile(r"http://([^/?\s]+)/(?!metrics)(?:\?token=[^\s,)]*)?")
_STARTS_WITHIN_NS: Final = 1_000_000_000
_CELLS: Final = 160


class Serving(Protocol):
    """What the app does for it."""

    view: View
    commands: Commands
    mirror_asked_ns: int

    def copy_mirror(self, board: Board) -> None:
        """The address of the web mirror, to the clipboard."""


def mirror_url(board: Board) -> str:
    """Where a browser finds it, its token included, as its process says it; empty without one."""
    found = _found(board)
    return found[0] if found else ""


def mirror_at(board: Board) -> str:
    """host:port of the same, fit to be shown."""
    found = _found(board)
    return safe(found[1], 28) if found else ""


def turn_mirror(hands: Serving) -> None:
    """Say and copy the address of the mirror that is on; start one, or stop the one that was started so."""
    view, board = hands.view, hands.view.live.board
    if board is None:
        view.say("nothing can be mirrored before the engine answers")
    elif mirror_url(board) and (view.plan.mirrored or view.plan.remote):
        hands.copy_mirror(board)
    elif view.plan.remote:
        view.say("this HUD looks on: a web mirror is started where Kairos watches, or by kairos mirror")
    elif view.feed == "replay":
        view.say("a replay has the web mirror that it is started with: kairos replay --mirror")
    elif view.plan.mirrored:
        view.say(_trouble(board) or "the web mirror is starting")
    elif mirror_url(board):
        view.say("the web mirror ends")
        hands.commands.serve_mirror(on=False)
    else:
        view.say("the web mirror starts")
        hands.mirror_asked_ns = view.now_ns
        hands.commands.serve_mirror(on=True)


def look_at_mirror(hands: Serving) -> None:
    """Once the mirror that was asked for is there, say and copy where; else say why it is not."""
    board, asked_ns = hands.view.live.board, hands.mirror_asked_ns
    if board is None or not asked_ns:
        return
    if mirror_url(board):
        hands.mirror_asked_ns = 0
        hands.copy_mirror(board)
    elif (why := _trouble(board)) and board.at_ns - asked_ns > _STARTS_WITHIN_NS:
        hands.mirror_asked_ns = 0
        hands.view.say(why, for_s=8.0)


def _found(board: Board) -> re.Match[str] | None:
    role = _role(board)
    return _URL.search(role.reason or "") if role is not None and role.state == "running" else None


def _trouble(board: Board) -> str:
    role = _role(board)
    return f"no web mirror: {safe(role.reason or '', _CELLS)}" if role and role.state == "failed" else ""


def _role(board: Board) -> RoleView | None:
    return next((role for role in board.roles if role.name == "mirror"), None)

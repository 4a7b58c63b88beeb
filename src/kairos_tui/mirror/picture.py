"""Picture: Board -> objects with names, as the page reads them. The figures are the board's own.

Before it: market. After it: scene, which makes messages of it.
"""

from typing import Any, Final

from msgspec import Struct
from msgspec.structs import asdict

from kairos_tui.market import Board, PaperView, RoleView, Symbol, SymbolBoard, add_up

_HEAD: Final = ("run", "feed", "epoch", "at_us", "uptime_us", "mood", "seed")


def picture_of(board: Board, focus: Symbol | None = None) -> dict[str, Any]:
    """All of it; with a `focus` the other symbols come without their rows, and say so by `brief`."""
    head = {name: getattr(board, name) for name in _HEAD}
    return head | {
        "thresholds": asdict(board.thresholds),
        "symbols": [_symbol(each, brief=focus not in (None, each.symbol)) for each in board.symbols],
        "conversions": list(map(asdict, board.conversions)),
        "rates": asdict(board.rates),
        "roles": [_role(role.public) for role in board.roles],
        "paper": _account(board.paper) if board.paper is not None else None,
        "hits": _hits(board),
    }


def _hits(board: Board) -> dict[str, int] | None:
    """How many of all signals still paid after the user's reaction; None before the first could be priced."""
    sums = add_up(tuple(grade for one in board.symbols for grade in one.grades))
    grade = next((each for each in sums if each.horizon_ms == board.thresholds.reaction_ms), None)
    if grade is None or not grade.priced:
        return None
    return {"horizon_ms": grade.horizon_ms, "hits": grade.hits, "priced": grade.priced}


def _account(paper: PaperView) -> dict[str, Any]:
    """In short, as the header says it: what it earned, how many of those that have ended were filled."""
    return {"profits": paper.profits, "filled": paper.filled, "ended": paper.ended}


def _role(role: RoleView) -> dict[str, Any]:
    """Without what it takes: that moves twice a second, is not on the page, and is on /metrics."""
    return {name: getattr(role, name) for name in ("name", "state", "pid", "restarts", "reason")}


def _symbol(each: SymbolBoard, *, brief: bool) -> dict[str, Any]:
    return {
        "symbol": each.symbol,
        "brief": brief,
        "venues": _rows(() if brief else each.venues),
        "routes": _rows(() if brief else each.routes),
        "converted": _rows(() if brief else each.converted),
        "best": asdict(each.best) if each.best else None,
        "signals": each.signals,
        "last_signal_age_us": each.last_signal_age_us,
        "notes": each.notes,
    }


def _rows(views: tuple[Struct, ...]) -> list[dict[str, Any]]:
    return list(map(asdict, views))

"""Mutes: a board as it is without the routes of muted venues. Pure.

Before it: routes. After it: view_state, which takes every board so; muted, which has the key;
taking, which copies those that are watched.
"""

from collections.abc import Sequence
from typing import Final

from msgspec.structs import replace

from kairos_tui.hud.routes import highest
from kairos_tui.market import Board, RouteView, SymbolBoard, Venue

_MUTED: Final = "muted"


def hush(board: Board, muted: Sequence[Venue]) -> Board:
    """The best of each symbol is that of what is not muted; what sells in another quote is blocked."""
    return replace(board, symbols=tuple(_hushed(one, muted) for one in board.symbols))


def watched(board: Board | None, named: Sequence[Venue]) -> tuple[Venue, ...]:
    """Which of these venues there are on a board; all of them as long as none is known."""
    if board is None or not board.symbols:
        return tuple(named)
    there = {venue.venue for one in board.symbols for venue in one.venues}
    return tuple(venue for venue in named if venue in there)


def _hushed(one: SymbolBoard, muted: Sequence[Venue]) -> SymbolBoard:
    heard = [route for route in one.routes if not _touches(route, muted)]
    converted = tuple(_blocked(route) if _touches(route, muted) else _free(route) for route in one.converted)
    best = highest([*heard, *converted])
    return replace(one, best=best, converted=converted, sized=one.sized if best == one.best else None)


def _blocked(route: RouteView) -> RouteView:
    return route if route.blocked is not None else replace(route, blocked=_MUTED)


def _free(route: RouteView) -> RouteView:
    return replace(route, blocked=None) if route.blocked == _MUTED else route


def _touches(route: RouteView, muted: Sequence[Venue]) -> bool:
    return bool({route.buy_venue, route.sell_venue, route.convert_venue} & set(muted))

"""GlanceStream: boards -> the three lines, printed once or redrawn in place. An OutStream like others.

Before it: narrator, or glance itself. After it: hud's glance rows, the terminal. Only boards are told on:
each drawing is of the newest, and says when that is old.
"""

import os
import select
import sys
import termios
import time
import tty
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Final

from msgspec import Struct

from kairos_tui.hud import HudPlan, Theme
from kairos_tui.hud.glance import Brush, board_row, board_rows, is_live
from kairos_tui.hud.reach import Reach
from kairos_tui.hud.view_state import View
from kairos_tui.market import Board, FeedKind, FeedState, FeedStatus, Fill, Markout, Quote, Signal, Symbol
from kairos_tui.runtime.voice import now_us
from kairos_tui.sinks import LaneState

_EVERY_NS: Final = 250_000_000
_SETTLE_NS: Final = 1_500_000_000
"""So long the venues that are late are waited for once two are live."""
_ENDED: Final = frozenset({FeedState.DOWN, FeedState.QUARANTINED})
_HIDE, _SHOW = "\x1b[?25l", "\x1b[?25h"


class GlancePlan(Struct, frozen=True):
    """How it is shown: the first of the symbols that the board has; after `within_s` whatever there is."""

    symbols: tuple[Symbol, ...]
    theme: Theme
    reach: Reach
    feed: FeedKind
    once: bool
    line: bool
    within_s: float
    remote: bool = False


class GlanceStream:
    """Told boards from one thread. `state` is closed_by_reader once nobody wants more."""

    def __init__(self, plan: GlancePlan) -> None:
        self.feed = plan.feed
        self.dropped = 0
        self.written = 0
        self.was_live = False
        self._plan = plan
        self._brush = Brush(plan.theme, plan.reach)
        self._view = View(HudPlan(plan.symbols, plan.theme, feed=plan.feed, remote=plan.remote))
        self._begun_ns = self._due_ns = time.monotonic_ns()
        self._view.started_ns = self._begun_ns
        self._look_at(None, self._begun_ns, now_us())
        self._two_ns: int | None = None
        self._rows = 0
        self._fd: int | None = os.dup(1)  # one's own: while a worker starts, 1 and 2 lead to the log
        self._state: LaneState = "open"
        self._failure: str | None = None
        self._modes: list[Any] | None = None
        if not plan.once:
            self._take_keys()
            self._redraw()

    @property
    def state(self) -> LaneState:
        """See LaneState."""
        return self._state

    @property
    def failure(self) -> str | None:
        """What the system said when stdout could not be written."""
        return self._failure

    def quiet_for_s(self) -> float:
        """Long enough to be told the board again, when the next drawing is due; else not at all."""
        return 3_600.0 if time.monotonic_ns() >= self._due_ns else 0.0

    def heartbeat(self, board: Board | None, *, ts_us: int) -> None:
        """The newest board there is, a new one or not."""
        if self._state != "open":
            return
        now_ns = time.monotonic_ns()
        self._due_ns = now_ns + (_EVERY_NS if not self._plan.once else _EVERY_NS // 5)
        self._look_at(board, now_ns, ts_us)
        if not self._plan.once:
            self._redraw()
            if self._quit_pressed():
                self._end()
        elif self._is_settled(now_ns):
            self._print()
            self._end()

    def close(self, deadline_s: float) -> int:
        """Cursor and keys as they were, and a word that what stands there moves no more. May be repeated."""
        if self._rows:
            at = time.strftime("%H:%M:%S", time.gmtime())
            self._write(f"■ ended at {at}Z: so it stood then\n{_SHOW}")
            self._rows = 0
        if self._modes is not None:
            with suppress(termios.error):
                termios.tcsetattr(0, termios.TCSADRAIN, self._modes)
            self._modes = None
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None
        return 0

    def hello(self, **_facts: object) -> None:
        """Nothing of it is shown."""

    def signal(self, signal: Signal, *, ts_us: int, published_ns: int) -> None:
        """The boards have it."""

    def quote(self, quote: Quote, *, ts_us: int, published_ns: int) -> None:
        """The boards have it."""

    def fill(self, fill: Fill, *, ts_us: int, published_ns: int) -> None:
        """It shows prices, and no account."""

    def markout(self, markout: Markout, *, ts_us: int, published_ns: int) -> None:
        """It shows prices as they are now."""

    def venue(self, status: FeedStatus, *, ts_us: int, published_ns: int) -> None:
        """The boards have it."""

    def gap(self, count: int, reason: str, *, ts_us: int) -> None:
        """Boards are sampled: none is missed."""

    def bye(self, **_counts: object) -> None:
        """The lines stay as they are."""

    def _look_at(self, board: Board | None, now_ns: int, ts_us: int) -> None:
        view = self._view
        view.now_ns, view.now_us = now_ns, ts_us
        if board is not None and board is not view.board:
            view.on_board(board)
            view.symbol_index = index_of(self._plan.symbols, board)
        self.was_live = is_live(view)

    def _is_settled(self, now_ns: int) -> bool:
        """Every venue has answered, or two are live and the rest is late, or time is up."""
        view = self._view
        if now_ns - self._begun_ns > self._plan.within_s * 1e9:
            return True
        if view.trust != "fresh" or not view.venues:
            return False
        live, _ = view.live_venues()
        self._two_ns = (self._two_ns or now_ns) if live >= 2 else None
        if self._two_ns is not None and now_ns - self._two_ns > _SETTLE_NS:
            return True
        return live >= 1 and all(
            venue.usable or not venue.listed or venue.state in _ENDED for venue in view.venues
        )

    def _end(self) -> None:
        """Nobody wants more; unless it could not even be written."""
        self._state = "failed" if self._failure else "closed_by_reader"

    def _print(self) -> None:
        rows = (board_row(self._view),) if self._plan.line else board_rows(self._view)
        self._write("".join(f"{self._brush.plain(row)}\n" for row in rows))

    def _redraw(self) -> None:
        rows = (board_row(self._view),) if self._plan.line else board_rows(self._view)
        width = _columns(self._fd) - 1
        drawn = [self._brush.coloured(row, width) for row in rows]
        back = f"\x1b[{self._rows}A\r" if self._rows else _HIDE
        self._write(back + "".join(f"{row}\x1b[K\n" for row in drawn))
        self._rows = len(drawn)

    def _write(self, text: str) -> None:
        body = text.encode(errors="backslashreplace")
        try:
            while body and self._fd is not None:
                body = body[os.write(self._fd, body) :]
            self.written += 1
        except BrokenPipeError:
            self._state = "closed_by_reader"
        except OSError as error:
            self._state, self._failure = "failed", error.strerror

    def _take_keys(self) -> None:
        if sys.stdin is None or not os.isatty(0):
            return
        with suppress(termios.error):
            self._modes = termios.tcgetattr(0)
            tty.setcbreak(0)

    def _quit_pressed(self) -> bool:
        if self._modes is None or os.tcgetpgrp(0) != os.getpgrp() or not select.select([0], [], [], 0)[0]:
            return False
        return os.read(0, 64)[:1] in (b"q", b"Q", b"\x1b", b"")


def index_of(symbols: Sequence[Symbol], board: Board) -> int:
    """Where on the board the first of the symbols is that it has and that some venue lists."""
    there = [one.symbol for one in board.symbols]
    known = [symbol for symbol in symbols if symbol in there]
    listed = [one.symbol for one in board.symbols if any(venue.listed for venue in one.venues)]
    chosen = next((symbol for symbol in known if symbol in listed), known[0] if known else None)
    return there.index(chosen) if chosen is not None else 0


def _columns(fd: int | None) -> int:
    try:
        return os.get_terminal_size(1 if fd is None else fd).columns or 80
    except OSError:
        return 80

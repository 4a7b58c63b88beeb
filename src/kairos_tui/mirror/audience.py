"""Audience: all who look at the page. Coalesces what is new, and sends the same bytes to everybody.

Before it: scene. After it: viewers. The first change goes at once, the next after a pause; lines, which are
short, need not wait for a board's turn.
"""

import logging
from collections import Counter
from collections.abc import Callable
from typing import Any, Final

import msgspec

from kairos_tui.market import Symbol
from kairos_tui.mirror.frames import GOING_AWAY, event_frame
from kairos_tui.mirror.scene import Scene
from kairos_tui.mirror.viewer import KICKED_AFTER_S, Viewer

log = logging.getLogger(__name__)

# A little less than the engine's rhythm of ten boards a second, so that none of them waits for the next.
BATCH_EVERY_S: Final = 0.09
LINES_EVERY_S: Final = 0.03
MOST_VIEWERS: Final = 256
JOIN_WITHIN_S: Final = 0.6
_SAY_AGAIN_AFTER_S: Final = 60.0


class Audience:
    """Everyone who is connected. Times are the loop's."""

    def __init__(self, scene: Scene, clock_s: Callable[[], float]) -> None:
        self.viewers: set[Viewer] = set()
        self.batches = 0
        self.bytes = 0
        self.skipped = 0
        self.kicked: Counter[str] = Counter()
        self._scene = scene
        self._clock_s = clock_s
        self._board_due_s = 0.0
        self._lines_due_s = 0.0
        self._said_s: dict[str, float] = {}

    def wait_s(self) -> float | None:
        """How long until a batch may go out; 0 when it may now, None when there is nothing to tell."""
        due_s = [self._board_due_s] if self._scene.has_new_board else []
        due_s += [self._lines_due_s] if self._scene.has_new_lines else []
        return max(0.0, min(due_s) - self._clock_s()) if due_s else None

    def tell(self) -> None:
        """One batch to everybody who can take it, with the board if it is the board's turn."""
        now_s = self._clock_s()
        with_board = self._scene.has_new_board and now_s >= self._board_due_s
        self._lines_due_s = now_s + LINES_EVERY_S
        if with_board:
            self._board_due_s = now_s + BATCH_EVERY_S
        self._scene.turn(with_board=with_board)
        frames: dict[tuple[bool, Symbol | None], bytes] = {}
        for viewer in self.viewers:
            if not viewer.joined or viewer.paused:
                continue
            if not viewer.drained:
                viewer.behind = True
                self.skipped += 1
                continue
            kind = (viewer.behind, viewer.focus)
            if kind not in frames:
                frames[kind] = self._frame(*kind)
            self._send(viewer, frames[kind])
        self.batches += 1

    def catch_up(self, viewer: Viewer) -> None:
        """A whole snapshot, now if it can be taken, else with the next batch."""
        viewer.behind = True
        if viewer.joined and viewer.drained and not viewer.paused:
            self._send(viewer, self._frame(True, viewer.focus))  # noqa: FBT003  named in _frame

    def join(self, viewer: Viewer) -> None:
        """It has been let in, and sees everything."""
        viewer.joined = True
        self.catch_up(viewer)

    def steer(self, viewer: Viewer, event: str, wish: object) -> bool:
        """What a viewer may ask for: a symbol of its own, a pause of its own. False: nothing we know."""
        match event, wish:
            case "focus", {"symbol": None}:
                viewer.focus = None
            case "focus", {"symbol": str() as name} if self._is_watched(name):
                viewer.focus = Symbol(name)
            case "pause", {"on": bool() as on}:
                viewer.paused = on
            case _:
                return False
        self.catch_up(viewer)
        return True

    def health(self, facts: dict[str, Any]) -> None:
        """How the mirror is, to everybody who can take it, paused or not."""
        frame = event_frame("health", msgspec.json.encode(facts))
        for viewer in self.viewers:
            if viewer.joined and viewer.drained:
                viewer.send(frame)

    def sweep(self) -> None:
        """Let go of those who never joined, never read, or never stop talking."""
        now_s = self._clock_s()
        for viewer in list(self.viewers):
            if viewer.leaving:
                viewer.abort()
            elif viewer.is_stuck(now_s):
                self.kick(viewer, "slow", f"took nothing for {KICKED_AFTER_S:g} s")
            elif not viewer.joined and now_s - viewer.arrived_s > JOIN_WITHIN_S:
                self.kick(viewer, "silent", "never asked for the board")

    def kick(self, viewer: Viewer, reason: str, why: str) -> None:
        """Say why, then close; what has not left by the next sweep is lost."""
        if not viewer.leaving:
            self.kicked[reason] += 1
            viewer.leave(why)
            if self._clock_s() >= self._said_s.get(reason, -_SAY_AGAIN_AFTER_S) + _SAY_AGAIN_AFTER_S:
                self._said_s[reason] = self._clock_s()
                log.warning("viewer sent away reason=%s so_far=%s", why, self.kicked[reason])

    def counts(self) -> dict[str, int]:
        """For the page: how many look, and how many of them are behind."""
        return {
            "viewers": sum(viewer.joined for viewer in self.viewers),
            "behind": sum(viewer.joined and viewer.behind for viewer in self.viewers),
        }

    def dismiss(self, why: str) -> None:
        """Everybody goes home."""
        for viewer in self.viewers:
            viewer.leave(why, GOING_AWAY)

    def _frame(self, whole: bool, focus: Symbol | None) -> bytes:
        scene = self._scene
        name, payload = ("snapshot", scene.snapshot(focus)) if whole else ("batch", scene.batch(focus))
        return event_frame(name, payload)

    def _send(self, viewer: Viewer, frame: bytes) -> None:
        viewer.behind = False
        viewer.send(frame)
        self.bytes += len(frame)

    def _is_watched(self, name: str) -> bool:
        board = self._scene.board
        return board is not None and any(each.symbol == name for each in board.symbols)

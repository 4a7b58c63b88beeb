"""Scene: everything a viewer may be shown, as bytes ready to send. One writer: the mirror's loop.

Before it: intake. After it: audience, which sends the same bytes to all who look at the same.
"""

from collections import deque
from collections.abc import Sequence
from typing import Any, Final

import msgspec
from msgspec import Raw

from kairos_tui.market import Board, FeedKind, Symbol
from kairos_tui.mirror.picture import picture_of
from kairos_tui.mirror.seam import Line, MirrorPlan, Themes
from kairos_tui.mirror.trail import Trails

MOST_SIGNALS: Final = 200
_MOST_NEW: Final = 1_000
_MOST_VENUE_LINES: Final = 200
_MOST_GAPS: Final = 20
_LISTS: Final = {"signal": "signals", "venue": "venue_lines", "gap": "gaps"}

_encode = msgspec.json.Encoder().encode


class Scene:
    """The newest board, the lines worth keeping, and what is new since the last batch."""

    def __init__(self, plan: MirrorPlan) -> None:
        self.board: Board | None = None
        self.n = 0
        self._plan = plan
        self._themes = plan.themes
        self._new: deque[Line] = deque(maxlen=_MOST_NEW)
        self._signals: dict[str, Line] = {}
        self._venues: dict[str, Line] = {}
        self._gaps: deque[Line] = deque(maxlen=_MOST_GAPS)
        self._trails = Trails()
        self.has_new_board = False
        self._tells_board = False
        self._told: list[Line] = []
        self._batches: dict[Symbol | None, bytes] = {}
        self._snapshots: dict[Symbol | None, bytes] = {}

    @property
    def has_new_lines(self) -> bool:
        """Lines that no batch has told."""
        return bool(self._new)

    def take(self, heard: Sequence[Board | Line]) -> None:
        """Remember what came."""
        for item in heard:
            if isinstance(item, Board):
                self.board = item
                self.has_new_board = True
                self._trails.add(item)
            elif item.type in _LISTS:
                self._new.append(item)
                self._keep(item)
        self._snapshots.clear()

    def dress(self, themes: Themes) -> None:
        """From now on viewers may wear these; whoever is here already learns it by a snapshot."""
        self._themes = themes
        self._snapshots.clear()

    def turn(self, *, with_board: bool) -> None:
        """What is new becomes the next batch; without its board it is short, and goes sooner."""
        self.n += 1
        self._tells_board = with_board
        self._batches.clear()
        self._snapshots.clear()
        self._told = list(self._new)
        self._new.clear()
        self.has_new_board &= not with_board

    def batch(self, focus: Symbol | None) -> bytes:
        """The current batch, encoded once for all who look at the same symbol."""
        if focus not in self._batches:
            board = self._picture(focus) if self._tells_board else {}
            self._batches[focus] = self._encoded(board, self._told)
        return self._batches[focus]

    def snapshot(self, focus: Symbol | None) -> bytes:
        """Everything there is to know now, so that the next batch follows it."""
        if focus not in self._snapshots:
            kept = [*self._venues.values(), *self._gaps, *self._signals.values()]
            whole = {
                "version": self._plan.version,
                "themes": self._themes.by_name,
                "theme": self._themes.first,
                "trail": self._trails.shown(),
            }
            self._snapshots[focus] = self._encoded(self._picture(focus) | whole, kept)
        return self._snapshots[focus]

    def _picture(self, focus: Symbol | None) -> dict[str, Any]:
        plan = self._plan
        return picture_of(self.board, focus) if self.board else _nothing_yet(plan.run, plan.feed)

    def _encoded(self, known: dict[str, Any], lines: Sequence[Line]) -> bytes:
        lists: dict[str, list[Raw]] = {name: [] for name in _LISTS.values()}
        for line in lines:
            lists[_LISTS[line.type]].append(Raw(line.body))
        return _encode({"n": self.n} | known | lists)

    def _keep(self, line: Line) -> None:
        match line.type:
            case "signal":
                self._signals.pop(line.about, None)
                self._signals[line.about] = line
                _forget_oldest(self._signals, MOST_SIGNALS)
            case "venue":
                self._venues.pop(line.about, None)
                self._venues[line.about] = line
                _forget_oldest(self._venues, _MOST_VENUE_LINES)
            case _:
                self._gaps.append(line)


def _forget_oldest(kept: dict[str, Line], most: int) -> None:
    """The oldest of what has ended; when nothing has, the oldest."""
    if len(kept) > most:
        del kept[next((about for about, line in kept.items() if not line.stands), next(iter(kept)))]


def _nothing_yet(run: str, feed: FeedKind) -> dict[str, Any]:
    lists: dict[str, Any] = {name: [] for name in ("symbols", "conversions", "roles")}
    heads = dict.fromkeys(("mood", "seed", "thresholds", "rates", "paper", "hits"))
    return {"run": run, "feed": feed, "epoch": 0, "at_us": 0, "uptime_us": 0} | lists | heads

"""Scene: (view, size) -> the rows of the whole screen, and which of them changed.

Before it: layout, panels. After it: canvas.
"""

from collections.abc import Callable
from typing import Final

from kairos_tui.hud.heights import Wish
from kairos_tui.hud.layout import Place, arrange
from kairos_tui.hud.layouts import Slot
from kairos_tui.hud.panels import (
    Draw,
    depth,
    edge,
    fault,
    feed,
    header,
    hints,
    inspect,
    jump,
    markets,
    matrix,
    outage,
    perf,
    prompt,
    quotes,
    small,
    timeline,
    venues,
)
from kairos_tui.hud.panels import (
    help as help_panel,
)
from kairos_tui.hud.panels import (
    themes as themes_panel,
)
from kairos_tui.hud.panels.explain import panel as explain
from kairos_tui.hud.pinning import pinned_figure
from kairos_tui.hud.replaying import replayed
from kairos_tui.hud.segments import Layer, Row, lay
from kairos_tui.hud.view_state import View

_DRAWS: Final[dict[Slot, Draw]] = {
    "header": header.draw,
    "hints": hints.draw,
    "venues": venues.draw,
    "matrix": matrix.draw,
    "edge": edge.draw,
    "feed": feed.draw,
    "depth": depth.draw,
    "timeline": timeline.draw,
    "markets": markets.draw,
    "inspect": inspect.draw,
    "help": help_panel.draw,
    "perf": perf.draw,
    "small": small.draw,
    "line": small.line,
    "themes": themes_panel.draw,
}
_TENTH_NS: Final = 100_000_000
_QUARTER_NS: Final = 250_000_000
_MOST_TOLD: Final = 12


OnFault = Callable[[Slot, Exception], None]
"""Told of a panel that could not be drawn."""


class Scene:
    """Remembers what each panel was drawn from, and its rows.

    With `on_fault` a panel that cannot be drawn says so in its place and the others go on; else it raises.
    """

    def __init__(self, on_fault: OnFault | None = None) -> None:
        self._on_fault = on_fault
        self.rows: list[Row] = []
        self.places: tuple[Place, ...] = ()
        self._size = (0, 0)
        self._drawn: dict[Place, tuple[object, list[Row]]] = {}
        self._layers: tuple[Layer, ...] = ()

    def paint(self, view: View, width: int, height: int) -> list[int]:
        """Bring the rows up to date; returns the numbers of those that differ from before."""
        places = arrange(_wish(view), width, height)
        moved = places != self.places or (width, height) != self._size
        if moved:
            self._drawn = {}
            self.places, self._size = places, (width, height)
        stale = [place for place in places if self._redraw(view, place)]
        typed = prompt.layers(view, width, height)
        said = hints.over(view, typed, width, height)
        layers = (*jump.layers(view, places, width, height), *typed, *said)
        if not stale and not moved and layers == self._layers:
            return []
        self._layers = layers
        return self._merge(height, moved)

    def place_at(self, x: int, y: int) -> Place | None:
        """The panel under a point."""
        return next((p for p in self.places if p.x <= x < p.x + p.width and p.y <= y < p.y + p.height), None)

    def _redraw(self, view: View, place: Place) -> bool:
        key = _key(view, place.slot)
        known = self._drawn.get(place)
        if known is not None and known[0] == key:
            return False
        draw = _draw_of(view, place.slot)
        try:
            rows = draw(view, place.width, place.height)
        except Exception as error:  # any mistake of one panel: the picture of the others is still true
            if self._on_fault is None:
                raise
            self._on_fault(place.slot, error)
            rows = fault.draw(place.slot, error, place.width, place.height)
        self._drawn[place] = (key, rows)
        return True

    def _merge(self, height: int, moved: bool) -> list[int]:
        rows: list[list[Row]] = [[] for _ in range(height)]
        for place in sorted(self.places, key=lambda place: place.x):
            for offset, row in enumerate(self._drawn[place][1]):
                rows[place.y + offset].append(row)
        merged: list[Row] = [
            parts[0] if len(parts) == 1 else tuple(seg for part in parts for seg in part) for parts in rows
        ]
        for layer in self._layers:
            lay(merged, layer)
        before, self.rows = self.rows, merged
        if moved or len(before) != height:
            return list(range(height))
        return [y for y in range(height) if merged[y] != before[y]]


def _draw_of(view: View, slot: Slot) -> Draw:
    if slot == "matrix" and outage.is_due(view):
        return outage.draw
    return explain.draw if slot == "inspect" and view.explaining is not None else _DRAWS[slot]


def _wish(view: View) -> Wish:
    due = outage.is_due(view)
    return Wish(
        venues=max(2, len(view.venues) or (len(view.plan.symbols) and 5)),
        focus=view.focus,
        zoomed=view.zoomed and view.explaining is None,
        helping=view.helping,
        measuring=view.measuring,
        inspecting=explain.wanted(view) or inspect.wanted(view),
        picking=themes_panel.wanted(view),
        card=len(outage.lines(view)) if due else 0,
        notes=view.notes,
        quoted=quotes.are_watched(view),
        layout=view.look.layout,
        markets=len(view.symbol_places),
        more=inspect.more(view) if view.explaining is None else 0,
        told=min(_MOST_TOLD, len(view.tape.deck.entries)),
    )


def _key(view: View, slot: Slot) -> object:
    """What the panel's picture depends on: equal keys, equal pictures."""
    at = view.board.at_ns if view.board is not None else view.now_ns // _QUARTER_NS
    quarter, tenth = view.now_ns // _QUARTER_NS, view.shown_ns // _TENTH_NS
    own: dict[str, tuple[object, ...]] = {
        "header": (quarter, view.gauges, view.missed, replayed(view)),
        "hints": (quarter, view.real_ns // _QUARTER_NS, replayed(view)),
        "line": (quarter,),
        "edge": (view.shown_ns // _QUARTER_NS, view.best_key, pinned_figure(view)),
        "feed": (view.tape.deck.version, tenth, view.best_key),
        "inspect": (view.tape.deck.version, tenth),
        "depth": (tenth, tuple([venue.usable for venue in view.venues])),
        "help": (),
        "themes": (view.wardrobe.worn, len(view.wardrobe.themes)),
        "perf": (quarter, view.gauges, view.missed),
        "venues": (at, view.now_ns // _TENTH_NS),
    }
    held = view.held_ns if view.held is not None else 0
    return view.version, view.feed, view.trust, held, own.get(slot, (at, view.tape.deck.version))

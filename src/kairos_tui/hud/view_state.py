"""View: where the viewer looks, and what may be believed. Panels read it; moves and the app change it.

Before it: tape, plan. After it: panels, scene. Reads no clock: the app sets `now_ns` and `now_us` each frame.
"""

from typing import Final, Literal

from kairos_tui.hud import numbers
from kairos_tui.hud.filters import Filter
from kairos_tui.hud.gauges import Gauges
from kairos_tui.hud.glyphs import safe
from kairos_tui.hud.layouts import Panel
from kairos_tui.hud.look import NO_GLOW, Explaining, Look, Target
from kairos_tui.hud.mutes import hush
from kairos_tui.hud.outages import is_outage
from kairos_tui.hud.plan import HudPlan
from kairos_tui.hud.prompt import Jump, Prompt
from kairos_tui.hud.ranking import Ranking
from kairos_tui.hud.routes import best_route, name_of
from kairos_tui.hud.tape import Tape
from kairos_tui.hud.verdict import NOTHING, Verdict, judge
from kairos_tui.hud.wardrobe import Wardrobe
from kairos_tui.market import (
    Board,
    FeedKind,
    Mood,
    RouteView,
    Symbol,
    SymbolBoard,
    Thresholds,
    Venue,
    VenueView,
)

Trust = Literal["none", "fresh", "silent", "dead"]

_SILENT_NS: Final = 1_000_000_000
_DEAD_NS: Final = 3_000_000_000
_NOTE_CELLS: Final = 200


class View:
    """The whole state of the HUD but the screen itself."""

    def __init__(self, plan: HudPlan) -> None:
        self.plan = plan
        self.wardrobe = Wardrobe(plan)
        self.live = Tape()
        self.held: Tape | None = None
        self.held_ns = self.held_us = 0
        self.now_ns = self.now_us = self.started_ns = self.real_ns = 0
        self.symbol_index = 0
        self.focus: Panel = "matrix"
        self.zoomed = False
        self.helping, self.measuring, self.help_page = False, False, 0
        self.inspected: Target | None = None
        self.inspect_page = 0
        self.explaining: Explaining | None = None
        self.glow = NO_GLOW
        self.look = Look(layout=1 if len(plan.symbols) > 1 else 0)
        self.ranking = Ranking()
        self.venue: Venue | None = None
        self.process = self.missed = 0
        self.cell: tuple[int, int] | None = None
        self.card: str | None = None
        self.seen = self.incident = 0
        self.prompt: Prompt | None = None
        self.typed: list[str] = []
        self.filter: Filter | None = None
        self.jump: Jump | None = None
        self.message: tuple[str, int] | None = None
        self.sim_asked = False
        self.size = (0, 0)  # of the screen in cells: the canvas sets it
        self.gauges = Gauges()
        self.version = 0

    @property
    def tape(self) -> Tape:
        """What is shown: the live tape, or the held one while frozen."""
        return self.held if self.held is not None else self.live

    @property
    def shown_ns(self) -> int:
        """The moment that is shown."""
        return self.held_ns if self.held is not None else self.now_ns

    @property
    def board(self) -> Board | None:
        """The board that is shown."""
        return self.tape.board

    @property
    def feed(self) -> FeedKind:
        """live, sim or replay: the newest board knows, before it the plan."""
        return self.board.feed if self.board is not None else self.plan.feed

    @property
    def mood(self) -> Mood | None:
        """The simulated market's mood."""
        return self.board.mood if self.board is not None else self.plan.mood

    @property
    def thresholds(self) -> Thresholds:
        """What makes a signal."""
        return self.board.thresholds if self.board is not None else Thresholds()

    @property
    def symbol_board(self) -> SymbolBoard | None:
        """The symbol that is shown, of the board that is shown."""
        return self._symbol_of(self.board)

    @property
    def calm_board(self) -> SymbolBoard | None:
        """The same, of the board sampled four times a second."""
        return self._symbol_of(self.tape.calm)

    @property
    def symbol_places(self) -> tuple[int, ...]:
        """Which symbols can be shown: those that some venue lists, all while none is known to be."""
        if self.board is None:
            return tuple(range(max(1, len(self.plan.symbols))))
        every = self.board.symbols
        listed = (place for place, one in enumerate(every) if any(venue.listed for venue in one.venues))
        return tuple(listed) or tuple(range(len(every)))

    @property
    def symbol(self) -> str:
        """The symbol that is shown."""
        one = self.symbol_board
        if one is not None:
            return one.symbol
        return self.plan.symbols[self.symbol_index % len(self.plan.symbols)] if self.plan.symbols else ""

    @property
    def silence_us(self) -> int:
        """How old the shown board is."""
        return (self.shown_ns - self.board.at_ns) // 1000 if self.board is not None else 0

    @property
    def trust(self) -> Trust:
        """Whether numbers may be shown as live."""
        if self.board is None:
            return "none"
        silence_ns = self.shown_ns - self.board.at_ns
        return "fresh" if silence_ns <= _SILENT_NS else "silent" if silence_ns <= _DEAD_NS else "dead"

    @property
    def venues(self) -> tuple[VenueView, ...]:
        """The venues of the symbol that is shown."""
        one = self.symbol_board
        return one.venues if one is not None else ()

    @property
    def ranked(self) -> tuple[VenueView, ...]:
        """The same venues in the order that is asked for; they change places at most once a second."""
        one, look = self.symbol_board, self.look
        if one is None:
            return ()
        return self.ranking.of(one, look.order, self.shown_ns, reverse=look.reversed)

    @property
    def row(self) -> int:
        """The place among them of the venue under the cursor, which stays on it when rows move."""
        names = [venue.venue for venue in self.ranked]
        return names.index(self.venue) if self.venue in names else 0

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences about the symbol that is shown: what is not compared."""
        one = self.symbol_board
        return tuple(safe(note, _NOTE_CELLS) for note in one.notes) if one is not None else ()

    @property
    def best_key(self) -> tuple[str, ...]:
        """The best route as it is written: panels that name it are drawn anew together, from one board."""
        one = self.symbol_board
        best = best_route(one) if one is not None else None
        return () if best is None or one is None else (name_of(best, one.symbol), numbers.bps(best.net_bps))

    @property
    def signals(self) -> int:
        """Signals of the whole run, those before the engine's restarts included."""
        return self.live.signals_before + (self.live.calm.rates.signals if self.live.calm is not None else 0)

    def on_board(self, board: Board) -> None:
        """Take a newer picture; another run or feed starts the histories anew, and ends a freeze."""
        if not self.live.is_of(board):
            pinned, self.live, self.held = self.live.followed.all(), Tape(), None
            for symbol, ends in pinned.items():
                self.live.followed.follow(symbol, ends)
        self.live.on_board(hush(board, self.look.muted) if self.look.muted else board, self.now_us)
        if self.held is None and self.symbol_index not in self.symbol_places:
            self.symbol_index = self.symbol_places[0] if self.symbol_places else 0
        self.sim_asked = self.sim_asked and board.feed == "live"

    def route(self, buy: Venue, sell: Venue) -> RouteView | None:
        """One ordered pair of the symbol that is shown."""
        one = self.symbol_board
        routes = one.routes if one is not None else ()
        return next((route for route in routes if route.buy_venue == buy and route.sell_venue == sell), None)

    def row_of(self, venue: Venue, symbol: Symbol) -> VenueView | None:
        """A venue's row on the board of any symbol."""
        boards = self.board.symbols if self.board is not None else ()
        rows = (row for one in boards if one.symbol == symbol for row in one.venues if row.venue == venue)
        return next(rows, None)

    def verdict(self) -> Verdict:
        """What the best route says, when it may be believed."""
        one = self.symbol_board
        if one is None or self.trust != "fresh":
            return NOTHING
        return judge(best_route(one), one.symbol, self.row_of, self.thresholds)

    def flashing(self, venue: Venue, side: str) -> tuple[float, int] | None:
        """The price that stood before and the shade of its change, while it is news and motion is wanted."""
        one = self.symbol_board
        if self.held is not None or self.plan.reduced_motion or one is None:
            return None
        return self.live.flashing((one.symbol, venue, side), self.now_ns)

    def live_venues(self) -> tuple[int, int]:
        """How many venues are usable, of how many."""
        trusted = self.trust == "fresh"
        return sum(venue.usable for venue in self.venues) if trusted else 0, len(self.venues)

    def outage(self) -> bool:
        """Nothing is reachable: every venue is down, held, unlisted or retrying, and one at least is down."""
        return is_outage(self.venues)

    def offers_sim(self) -> bool:
        """Whether the simulated exchanges are offered: they would help, and they have what is watched."""
        return self.plan.simulates and self.wants_sim()

    def wants_sim(self) -> bool:
        """Whether a simulation would help: live, and nothing reachable (or nothing in time)."""
        if self.plan.remote or self.feed != "live" or self.sim_asked:
            return False
        late = self.now_ns - self.started_ns > self.plan.connect_timeout_s * 1e9
        return self.outage() or (late and not self.tape.ever_usable)

    def say(self, text: str, *, for_s: float = 4.0) -> None:
        """Show a sentence on the hint line for a while."""
        self.message = (text, (self.real_ns or self.now_ns) + int(for_s * 1e9))
        self.version += 1

    def _symbol_of(self, board: Board | None) -> SymbolBoard | None:
        if board is None or not board.symbols:
            return None
        return board.symbols[self.symbol_index % len(board.symbols)]

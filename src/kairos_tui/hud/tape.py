"""Tape: everything that has arrived, kept as the panels want it. One writer: the app, once a frame.

Before it: Source. After it: view_state. A copy of it is what a frozen view goes on showing.
"""

from textwrap import wrap
from typing import Final, NamedTuple, Protocol

from kairos_tui.hud.cards import Deck, Note
from kairos_tui.hud.followed import Ends, Followed, ends_of
from kairos_tui.hud.glyphs import safe
from kairos_tui.hud.incidents import Incidents
from kairos_tui.hud.lanes import Lanes
from kairos_tui.hud.lifetimes import Lifetimes
from kairos_tui.hud.marked import MarkedSignals
from kairos_tui.hud.papered import PaperResults
from kairos_tui.hud.routes import best_route
from kairos_tui.hud.trail import Trail
from kairos_tui.market import Board, FeedStatus, Signal, Symbol, SymbolBoard, Venue, VenueView

_CALM_NS: Final = 250_000_000
_NOTE_CELLS: Final = 28
_MOST_SAID: Final = 200
_MOST_MARKS: Final = 400
FLASH_NS: Final = 400_000_000
FLASH_SHADES: Final = 4
"""Shades in which a changed figure fades to its own ink: one in each tenth of a second."""

PriceKey = tuple[Symbol, Venue, str]


class Opened(NamedTuple):
    """A signal opened, at that monotonic instant; `ends` None where its sale was in another quote."""

    at_ns: int
    ends: Ends | None


class Later(Protocol):
    """Takes what comes while a view is frozen."""

    def take(self, board: Board, deck: Deck) -> None:
        """A board has come, and the feed is as it is now."""


class Tape:
    """`board` is the newest; `calm` is sampled four times a second, for figures that must not flicker."""

    def __init__(self) -> None:
        self.board: Board | None = None
        self.calm: Board | None = None
        self.deck = Deck()
        self.mids: dict[tuple[Symbol, Venue], Trail] = {}
        self.edges: dict[Symbol, Trail] = {}
        self.marks: dict[Symbol, list[Opened]] = {}
        self.followed = Followed()
        self.lanes, self.lifetimes = Lanes(), Lifetimes()
        self.paper, self.marked = PaperResults(), MarkedSignals()
        self.ever_usable = False
        self.signals_before = 0
        self.restarts: dict[str, int] = {}
        self._said: dict[str, str | None] = {}
        self.restarted: tuple[str, int, int] | None = None
        self.moved: dict[PriceKey, tuple[float, float, int]] = {}
        self.later: Later | None = None
        self._incidents = Incidents()

    def copy(self) -> "Tape":
        """The tape as it is now, for a frozen view."""
        twin = Tape()
        twin.board, twin.calm, twin.deck = self.board, self.calm, self.deck.copy()
        twin.mids = {key: trail.copy() for key, trail in self.mids.items()}
        twin.edges = {key: trail.copy() for key, trail in self.edges.items()}
        twin.marks = {key: times.copy() for key, times in self.marks.items()}
        twin.followed = self.followed.copy()
        twin.lanes, twin.lifetimes = self.lanes.copy(), self.lifetimes.copy()
        twin.paper, twin.marked = self.paper.copy(), self.marked.copy()
        twin.ever_usable, twin.restarted = self.ever_usable, self.restarted
        twin.signals_before = self.signals_before
        twin.restarts = self.restarts.copy()
        twin._said = self._said.copy()
        return twin

    def is_of(self, board: Board) -> bool:
        """Whether the board continues what is on the tape: live turned sim is another story."""
        return self.board is None or _story(board) == _story(self.board)

    def on_board(self, board: Board, now_us: int) -> None:
        """A newer picture."""
        self._note_restarts(board, now_us)
        self._note_outlets(board, now_us)
        self.paper.on_board(board)
        if self.board is not None and board.epoch != self.board.epoch:
            # A new engine counts from nothing; others beside it go on.
            self.signals_before += max(0, self.board.rates.signals - board.rates.signals)
        for symbol_board in board.symbols:
            self._remember(symbol_board, board.at_ns)
            self.lanes.on_board(symbol_board, board.at_ns)
        if self.calm is None or board.at_ns - self.calm.at_ns >= _CALM_NS or board.epoch != self.calm.epoch:
            self.calm = board
        self.board = board
        self._reconcile(board)
        if self.later is not None:
            self.later.take(board, self.deck)

    def on_signal(self, signal: Signal, at_us: int) -> None:
        """A signal event. Each is handled; none replaces another."""
        opened_before = self.deck.opened
        self.deck.on_signal(signal, at_us)
        self.lifetimes.on_signal(signal)
        if self.deck.opened != opened_before:
            times = self.marks.setdefault(signal.opportunity.route.symbol, [])
            times.append(Opened(signal.opened_ns, ends_of(signal.opportunity.route)))
            del times[:-_MOST_MARKS]

    def on_status(self, status: FeedStatus, at_us: int) -> None:
        """A change of a venue's state may become a line of the timeline."""
        self._incidents.on_status(status, at_us, self.deck, self.board)

    def flashing(self, key: PriceKey, now_ns: int) -> tuple[float, int] | None:
        """The price that stood before and the shade its change has faded to, while that is still news."""
        moved = self.moved.get(key)
        if moved is None or now_ns - moved[2] >= FLASH_NS:
            return None
        return moved[0], max(0, now_ns - moved[2]) * FLASH_SHADES // FLASH_NS

    def _remember(self, symbol_board: SymbolBoard, at_ns: int) -> None:
        symbol = symbol_board.symbol
        for venue in symbol_board.venues:
            self.ever_usable = self.ever_usable or venue.usable
            mid = _mid(venue) if venue.usable else None
            self.mids.setdefault((symbol, venue.venue), Trail()).add(mid, at_ns)
            self._note_move((symbol, venue.venue, "bid"), venue.bid, at_ns)
            self._note_move((symbol, venue.venue, "ask"), venue.ask, at_ns)
        best = best_route(symbol_board)
        trail = self.edges.setdefault(symbol, Trail(keep_highest=True, long=True))
        trail.add(best.net_bps if best is not None else None, at_ns)
        self.followed.on_board(symbol_board, at_ns)

    def _note_move(self, key: PriceKey, value: float | None, at_ns: int) -> None:
        if value is None:
            self.moved.pop(key, None)
            return
        moved = self.moved.get(key)
        if moved is None:
            self.moved[key] = (value, value, at_ns - FLASH_NS)
        elif moved[1] != value:
            self.moved[key] = (moved[1], value, at_ns)

    def _note_restarts(self, board: Board, now_us: int) -> None:
        for role in board.roles:
            before = self.restarts.get(role.name, 0)
            is_seen = (
                self.board is not None or role.name == "hud"
            )  # when others were, nobody tells a newcomer
            if role.restarts > before and is_seen:
                self._on_restart(role.name, role.restarts, board.at_ns, now_us)
            self.restarts[role.name] = role.restarts
        if (
            self.board is not None
            and board.epoch > self.board.epoch
            and not _newly(self.restarted, board.at_ns)
        ):
            self._on_restart("engine", board.epoch, board.at_ns, now_us)

    def _on_restart(self, name: str, times: int, at_ns: int, now_us: int) -> None:
        self.restarted = (safe(name, 24), times, at_ns)
        self.deck.on_note(Note(f"↻ {safe(name, 24)} restarted ×{times}", "warn", now_us))

    def _note_outlets(self, board: Board, now_us: int) -> None:
        """Where the mirror is, that a sink is down: what such a process says is told once."""
        for role in board.roles:
            is_outlet = role.name == "mirror" or role.name.startswith("sink")
            if is_outlet and role.state in ("running", "failed") and role.reason != self._said.get(role.name):
                self._said[role.name] = role.reason
                ink = "warn" if role.state == "failed" else "secondary"
                for text in reversed(_in_lines(f"⌁ {role.name}: {role.reason or 'all is well'}")):
                    self.deck.on_note(Note(safe(text), ink, now_us))

    def _reconcile(self, board: Board) -> None:
        open_ids = {signal.id for one in board.symbols for signal in one.open_signals}
        open_ids |= {
            route.open_id for one in board.symbols for route in (*one.routes, *one.converted) if route.open_id
        }
        for one in board.symbols:
            for signal in one.open_signals:
                if not self.deck.knows(signal.id) and signal.event != "close":
                    self.on_signal(signal, board.at_us - (board.at_ns - signal.at_ns) // 1000)
        self.deck.reconcile(frozenset(open_ids), board.complete_ns)


def _in_lines(text: str) -> list[str]:
    """An address and its token each whole on a line: people copy them."""
    return wrap(text[:_MOST_SAID].replace("?token=", " ?token="), _NOTE_CELLS, break_on_hyphens=False)


def _story(board: Board) -> tuple[str, str, int]:
    """A replay that is elsewhere tells another one: what is on the tape may not have happened yet."""
    return board.feed, board.run, board.epoch if board.replay is not None else 0


def _mid(venue: VenueView) -> float | None:
    return None if venue.bid is None or venue.ask is None else (venue.bid + venue.ask) / 2


def _newly(restarted: tuple[str, int, int] | None, at_ns: int) -> bool:
    if restarted is None:
        return False
    name, _, restarted_ns = restarted
    return name.startswith("engine") and at_ns - restarted_ns < 5_000_000_000

"""Mask: of which assets the engine opens signals. It knows all of them, so that it can begin at any moment.

Before it: engine, when others of a fleet come or go. After it: detectors and boards, which pass over the
rest, and endings. Where everything is served it costs nothing: detectors skip the rest with what they skip.
"""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet

from kairos_tui.engine.board_painter import BoardPainter
from kairos_tui.engine.convert_routes import Crossing
from kairos_tui.engine.detector import Detector
from kairos_tui.engine.endings import Endings
from kairos_tui.engine.gates import Limits, find_leg_block
from kairos_tui.engine.quote_board import QuoteBoard
from kairos_tui.market import Asset, CloseReason, Signal, Symbol, Venue, split_symbol

_NOTHING: frozenset[Symbol] = frozenset()


class Mask:
    """`unserved` are the markets of the other assets; `crossings` those of the rest."""

    def __init__(
        self,
        board: QuoteBoard,
        crossings: tuple[Crossing, ...],
        detectors: Sequence[Detector],
        endings: Endings,
        painter: BoardPainter,
        limits: Limits,
    ) -> None:
        self.unserved = _NOTHING
        self.crossings = self._all_crossings = crossings
        self._board = board
        self._detectors = detectors
        self._endings = endings
        self._painter = painter
        self._limits = limits

    @property
    def books(self) -> int:
        """How many streams have one, served or not."""
        return sum(slot.tick is not None for slots in self._board.by_venue.values() for slot in slots)

    def live_venues(self, now_ns: int) -> int:
        """How many have a book that could be priced now."""
        return sum(
            any(find_leg_block(slot, now_ns, self._limits) is None for slot in slots)
            for slots in self._board.by_venue.values()
        )

    def show_leads(self, leads: Mapping[Venue, tuple[str, int]]) -> None:
        """Of venues that several ingesters send: whose word counts, and how many stand by."""
        self._painter.leads = leads

    def serve(self, assets: AbstractSet[Asset] | None, now_ns: int) -> list[Signal]:
        """From now on these, None = all. The closes of what is no longer served, oldest first.

        What is newly served is judged at the next decide.
        """
        before, markets = self.unserved, self._board.markets
        unserved = _NOTHING if assets is None else frozenset(_of_others(markets, assets))
        self.unserved = self._painter.hidden = unserved
        self.crossings = tuple(each for each in self._all_crossings if _bought(each) not in unserved)
        for detector in self._detectors:
            detector.pass_over(unserved)
        for symbol in markets:
            if symbol in before and symbol not in unserved:
                self._board.touched.update(dict.fromkeys(markets[symbol].slots))
        lost = unserved - before
        return self._endings.withdraw_all(now_ns, CloseReason.SHUTDOWN, lost) if lost else []


def _of_others(symbols: Iterable[Symbol], assets: AbstractSet[Asset]) -> list[Symbol]:
    return [symbol for symbol in symbols if split_symbol(symbol)[0] not in assets]


def _bought(crossing: Crossing) -> Symbol:
    return crossing.bought.slots[0].symbol

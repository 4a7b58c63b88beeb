"""Quarantines: every symbol's firewall, kept watching, and what the world must be told of the legs shut out.

Before it: quote_board, on every change. After it: the gates, through the slots, and the engine role.
"""

from collections.abc import Iterable, Mapping, Sequence

from kairos_tui.engine.block import Suspicion
from kairos_tui.engine.firewall import Firewall
from kairos_tui.engine.gates import Limits
from kairos_tui.engine.identity import find_contradiction
from kairos_tui.engine.slot import Slot
from kairos_tui.engine.ties import Ties
from kairos_tui.market import FeedState, FeedStatus, Symbol

_LOOK_EVERY_NS = 50_000_000
"""How often a market in doubt is judged again when nothing arrives."""


class Quarantines:
    """Answers each change with the slots whose routes it changed, apart from the one that was touched.

    `watched`: the markets in which time alone can change something, most often none.
    """

    def __init__(self, markets: Mapping[Symbol, Sequence[Slot]], limits: Limits) -> None:
        self._walls = {symbol: Firewall(slots, limits) for symbol, slots in markets.items()}
        self.watched: dict[Firewall, None] = {}
        self._ties = Ties(limits)
        self._by_base: dict[str, list[Slot]] = {}
        for symbol, slots in markets.items():
            self._by_base.setdefault(symbol.partition("/")[0], []).extend(slots)
        self._unsaid: dict[Slot, None] = {}
        self._said: dict[Slot, FeedStatus] = {}
        self._looked_ns = 0

    def wall_of(self, symbol: Symbol) -> Firewall:
        """What every new book of this market has to pass."""
        return self._walls[symbol]

    def check_book(self, wall: Firewall, slot: Slot, now_ns: int) -> Iterable[Slot]:
        """It shows a new book."""
        return () if wall.lets_pass(slot) else self._examine(wall, now_ns)

    def check(self, slot: Slot, now_ns: int) -> Iterable[Slot]:
        """Anything else about it changed: it may have won or lost its vote."""
        wall = self._walls[slot.symbol]
        return () if wall.lets_pass(slot) and not wall.is_watchful else self._examine(wall, now_ns)

    def check_due(self, now_ns: int) -> Iterable[Slot]:
        """Time has passed, which clears some and takes others' votes."""
        due = [wall for wall in self.watched if wall.is_due(now_ns)]
        return [slot for wall in due for slot in self._examine(wall, now_ns)]

    def check_again(self, now_ns: int) -> Iterable[Slot]:
        """A market in doubt is looked at every now and then, though none of its suspects may speak."""
        if not (self.watched or self._ties) or abs(now_ns - self._looked_ns) < _LOOK_EVERY_NS:
            return ()
        self._looked_ns = now_ns
        settled = self._ties.settle(now_ns)
        self._unsaid.update(dict.fromkeys(settled))
        walls = dict.fromkeys([*self.watched, *(self._walls[slot.symbol] for slot in settled)])
        return [*settled, *(slot for wall in walls for slot in self._examine(wall, now_ns))]

    def check_facts(self, slot: Slot, now_ns: int) -> Iterable[Slot]:
        """Its market's facts changed: all of its coin are held against each other again."""
        changed = [
            each for each in self._by_base[slot.symbol.partition("/")[0]] if self._compare(each, now_ns)
        ]
        self._unsaid.update(dict.fromkeys(changed))
        return changed

    def heard(self, slot: Slot) -> None:
        """The feed's own word of this stream goes out: a quarantine that stands must be said after it."""
        if self._said.pop(slot, None) is not None or slot.held_for is not None:
            self._unsaid[slot] = None

    def retell(self, slots: Iterable[Slot]) -> None:
        """What is held against these has changed elsewhere: they left their peg, or are back."""
        self._unsaid.update(dict.fromkeys(slots))

    def new_statuses(self, now_ns: int) -> list[FeedStatus]:
        """The quarantines that began, and the feeds' own states where one ended."""
        if not self._unsaid:
            return []
        statuses = [status for slot in self._unsaid if (status := self._news_of(slot, now_ns)) is not None]
        self._unsaid.clear()
        return statuses

    def _examine(self, wall: Firewall, now_ns: int) -> list[Slot]:
        changed = wall.examine(now_ns)
        if wall.is_watchful:
            self.watched[wall] = None
        else:
            self.watched.pop(wall, None)
        self._unsaid.update(dict.fromkeys(changed))
        return changed

    def _compare(self, slot: Slot, now_ns: int) -> bool:
        """True when what speaks against it changed."""
        if slot.listing is None:
            return False
        others = [
            other.listing.instrument
            for other in self._by_base[slot.symbol.partition("/")[0]]
            if other.listing is not None and other.venue != slot.venue
        ]
        found, held = find_contradiction(slot.listing.instrument, others), slot.contradiction
        if found is not None and self._ties.is_cleared(slot, found[1]):
            found = None
        if found == (held and (held.evidence, held.reason)):
            return False
        slot.contradict(Suspicion(*found, held.since_ns if held else now_ns) if found else None)
        self._ties.note(slot, self._walls[slot.symbol].slots)
        return True

    def _news_of(self, slot: Slot, now_ns: int) -> FeedStatus | None:
        found = slot.found_status
        if found is not None:
            if self._said.get(slot) == found:
                return None
            self._said[slot] = found
            return found
        if self._said.pop(slot, None) is None or slot.held_for is not None:
            return None
        return slot.status or FeedStatus(slot.venue, slot.symbol, FeedState.CONNECTING, now_ns)

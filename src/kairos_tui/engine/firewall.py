"""Firewall: keeps out of the routes whatever is not what its symbol means elsewhere, or not at that price.

One per symbol. Before it: quote_board, on every change. After it: the gates, through the slot's suspicion.
A calm market costs one comparison: while every mid is inside a band 2 % wide, none can be an outlier.
"""

from collections.abc import Sequence
from math import inf, sqrt

from kairos_tui.engine.block import Block, Suspicion
from kairos_tui.engine.evidence import Finding, find_evidence
from kairos_tui.engine.gates import Limits, find_age_block
from kairos_tui.engine.outliers import FAR, LEAST_LIMIT, Distance, measure
from kairos_tui.engine.slot import Slot

CALM_NS = 2_000_000_000
"""So long a suspected price must have been near the others' before it is believed again."""

_HALF_BAND = sqrt(1.0 + LEAST_LIMIT) * (1.0 - 1e-12)


class Firewall:
    """Suspects slots by their prices and clears them. `low` to `high` is the band of a calm market.

    Every venue's mid has a vote, an outlier's too: it may be the first that is right. Another coin has none.
    """

    __slots__ = ("_calm_ns", "_far_since", "_limits", "high", "low", "slots")

    def __init__(self, slots: Sequence[Slot], limits: Limits) -> None:
        self.slots = tuple(slots)
        self._limits = limits
        self._calm_ns: dict[Slot, int] = {}
        self._far_since: dict[Slot, int] = {}
        self.low, self.high = inf, -inf

    @property
    def is_watchful(self) -> bool:
        """True while there is something that time alone may change."""
        return self.low > self.high

    def lets_pass(self, slot: Slot) -> bool:
        """True when the slot's mid needs no judgement: calm, or shut out until it is confirmed."""
        if slot.suspicion is None:
            return self.low <= slot.mid <= self.high
        return not _has_vote(slot)

    def examine(self, now_ns: int) -> list[Slot]:
        """Judge every leg against the others; the slots whose suspicion came, changed or went."""
        voters = [slot for slot in self.slots if _has_vote(slot)]
        if self._is_calm(voters):
            self._far_since.clear()
            return []
        self.low, self.high = inf, -inf
        # Only now: a band over stale mids too is no narrower than one over the fresh.
        distances = _measure_all(
            [slot for slot in voters if find_age_block(slot, now_ns, self._limits) is None]
        )
        found = {slot: self._find(slot, distances) for slot in distances}
        self._calm_ns = {slot: at_ns for slot, at_ns in self._calm_ns.items() if slot in distances}
        return [slot for slot in found if self._is_changed(slot, distances[slot], found[slot], now_ns)]

    def _is_calm(self, voters: Sequence[Slot]) -> bool:
        """Nobody suspected and all mids near each other: the band is drawn around them anew."""
        if not voters or any(slot.price_suspicion is not None for slot in voters):
            return False
        low, high = min(map(_mid, voters)), max(map(_mid, voters))
        if high > low * _HALF_BAND * _HALF_BAND:
            return False
        centre = sqrt(low) * sqrt(high)
        self.low, self.high = min(centre / _HALF_BAND, low), max(centre * _HALF_BAND, high)
        return True

    def _find(self, slot: Slot, distances: dict[Slot, Distance]) -> Finding | None:
        others = [other for other in distances if other is not slot]
        far_ticks = self._count_far(slot, distances[slot])
        if len(others) == 1:
            # Of two, either may be the other coin, whichever ticks.
            far_ticks = max(far_ticks, self._count_far(others[0], distances[others[0]]))
        return find_evidence(slot, distances[slot], others, far_ticks)

    def _count_far(self, slot: Slot, distance: Distance) -> int:
        """Its ticks in a row that were far off."""
        if distance.off <= FAR:
            self._far_since.pop(slot, None)
            return 0
        return slot.ticks - self._far_since.setdefault(slot, slot.ticks) + 1

    def _is_changed(self, slot: Slot, distance: Distance, found: Finding | None, now_ns: int) -> bool:
        """Suspect the slot for what was found, or clear it once nothing is."""
        held = slot.price_suspicion
        if found is not None:
            self._calm_ns.pop(slot, None)
            is_news = held is None or held.evidence is not found[0]
            if is_news:
                slot.suspect(Suspicion(*found, now_ns))
            return is_news
        if held is None or not (held.block is Block.IDENTITY or self._has_been_calm(slot, distance, now_ns)):
            return False
        slot.suspect(None)
        return True

    def _has_been_calm(self, slot: Slot, distance: Distance, now_ns: int) -> bool:
        if not distance.is_calm:
            self._calm_ns.pop(slot, None)
            return False
        if now_ns - self._calm_ns.setdefault(slot, now_ns) < CALM_NS:
            return False
        del self._calm_ns[slot]
        return True


def _has_vote(slot: Slot) -> bool:
    """Its feed, its market and its book are believed, and it is held to be the same thing."""
    if slot.broken is not None or slot.mid <= 0.0:
        return False
    if slot.standing is None or slot.standing is Block.OUTLIER:
        return True
    # Confirmed to be the same coin, it is heard again; whether its units are, its price says each time.
    return slot.standing is Block.IDENTITY and slot.contradiction is None and slot.is_confirmed


def _measure_all(voters: Sequence[Slot]) -> dict[Slot, Distance]:
    ranked = sorted(map(_mid, voters))
    distances = {}
    for slot in voters:
        others = ranked.copy()
        others.remove(slot.mid)
        distances[slot] = measure(slot.mid, others)
    return distances


def _mid(slot: Slot) -> float:
    return slot.mid

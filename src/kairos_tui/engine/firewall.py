"""Firewall: keeps out of the routes whatever is not what its symbol means elsewhere, or not at that price.

One per symbol. Before it: quote_board, on every change. After it: the gates, through the slot's suspicion.
A calm market costs one comparison: while every mid is inside a band 2 % wide, none can be an outlier.
"""

from collections.abc import Sequence
from math import inf, sqrt

from kairos_tui.engine.block import Block, Suspicion
from kairos_tui.engine.evidence import Finding, find_evidence
from kairos_tui.engine.gates import Limits, find_age_block
from kairos_tui.engine.outliers import FAR, LEAST_LIMIT, Distance, measure, near_all_medians
from kairos_tui.engine.slot import Slot

CALM_NS = 2_000_000_000
"""So long a suspected price must have been near the others' before it is believed again."""

_HALF_BAND = sqrt(1.0 + LEAST_LIMIT) * (1.0 - 1e-12)


class Firewall:
    """Suspects slots by their prices and clears them. `low` to `high` is the band that needs no judgement.

    Every venue's mid has a vote, an outlier's too: it may be the first that is right. Another coin has none.
    `is_watchful` while some leg is suspected or the mids are wide apart; `due_ns` is then the first instant
    at which time alone may change the verdict, by a vote that grows old or a suspect that has been calm.
    """

    __slots__ = (
        "_calm_ns",
        "_examined_ns",
        "_far_since",
        "_limits",
        "due_ns",
        "high",
        "is_watchful",
        "low",
        "slots",
    )

    def __init__(self, slots: Sequence[Slot], limits: Limits) -> None:
        self.slots = tuple(slots)
        self._limits = limits
        self._calm_ns: dict[Slot, int] = {}
        self._far_since: dict[Slot, int] = {}
        self._examined_ns = self.due_ns = 0
        self.is_watchful = False
        self.low, self.high = inf, -inf

    def lets_pass(self, slot: Slot) -> bool:
        """True when a new mid needs no judgement: in the band, or of a slot that has no vote anyway."""
        if slot.suspicion is None and self.low <= slot.mid <= self.high:
            return True
        return not _has_vote(slot)

    def is_due(self, now_ns: int) -> bool:
        """True when time alone may have changed something, be it by a clock that went back."""
        return now_ns >= self.due_ns or now_ns < self._examined_ns

    def examine(self, now_ns: int) -> list[Slot]:
        """Judge every leg against the others; the slots whose suspicion came, changed or went."""
        self._examined_ns = now_ns
        voters = [slot for slot in self.slots if _has_vote(slot)]
        # Over stale mids too: a band around them all is no narrower than one around the fresh.
        self.is_watchful = any(slot.suspicion for slot in voters) or not self._draw_band(voters)
        if not self.is_watchful:
            self._far_since.clear()
            return []
        voters = [slot for slot in voters if find_age_block(slot, now_ns, self._limits) is None]
        changed = self._judge(voters, now_ns)
        self._draw_guarded_band(voters)
        self.due_ns = self._next_due_ns(voters, now_ns)
        return changed

    def _draw_band(self, slots: Sequence[Slot]) -> bool:
        """Around mids so near each other that none can be an outlier; False, and no band, where not."""
        low, high = min(map(_mid, slots), default=inf), max(map(_mid, slots), default=-inf)
        if not low <= high <= low * _HALF_BAND * _HALF_BAND:
            self.low, self.high = inf, -inf
            return not slots
        centre = sqrt(low) * sqrt(high)
        self.low, self.high = min(centre / _HALF_BAND, low), max(centre * _HALF_BAND, high)
        return True

    def _draw_guarded_band(self, voters: Sequence[Slot]) -> None:
        """While the trusted are two more than the suspects, the others' median is always one of them."""
        trusted = [slot for slot in voters if slot.suspicion is None]
        self._draw_band(trusted if 2 * len(trusted) > len(voters) + 1 else ())

    def _next_due_ns(self, voters: Sequence[Slot], now_ns: int) -> int:
        oldest_ns = min([slot.alive_ns for slot in voters], default=now_ns)
        calm_ns = min(self._calm_ns.values(), default=now_ns)
        return min(oldest_ns + self._limits.max_age_ns + 1, calm_ns + CALM_NS)

    def _judge(self, voters: Sequence[Slot], now_ns: int) -> list[Slot]:
        for memory in (self._calm_ns, self._far_since):
            for slot in memory.keys() - set(voters):
                del memory[slot]
        if not voters:
            return []
        ranked = sorted(map(_mid, voters))
        low, high = near_all_medians(ranked)
        changed = []
        for slot in voters:
            if slot.suspicion is None and low <= slot.mid <= high:
                self._far_since.pop(slot, None)
            elif self._judge_one(slot, voters, ranked, now_ns):
                changed.append(slot)
        return changed

    def _judge_one(self, slot: Slot, voters: Sequence[Slot], ranked: list[float], now_ns: int) -> bool:
        distance = _measure(slot, ranked)
        others = [other for other in voters if other is not slot]
        far_ticks = self._count_far(slot, distance)
        if len(others) == 1:
            # Of two, either may be the other coin, whichever ticks.
            far_ticks = max(far_ticks, self._count_far(others[0], _measure(others[0], ranked)))
        found = find_evidence(slot, distance, others, far_ticks)
        return self._is_changed(slot, distance, found, now_ns)

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


def _measure(slot: Slot, ranked: list[float]) -> Distance:
    others = ranked.copy()
    others.remove(slot.mid)
    return measure(slot.mid, others)


def _mid(slot: Slot) -> float:
    return slot.mid

"""Ties: of two venues with different contract addresses, the price of the others tells which is the odd one.

Before it: quarantines, when the facts of a market contradict another's, and every now and then. Market-math
pitfall 7. Fails closed: who is not beside the others stays out, and both do while it is not plain.
"""

from collections.abc import Sequence

from kairos_tui.engine.block import Block, Evidence
from kairos_tui.engine.firewall import CALM_NS
from kairos_tui.engine.gates import Limits, find_age_block
from kairos_tui.engine.outliers import measure
from kairos_tui.engine.slot import Slot

LEAST_WITNESSES = 2
"""Venues that are neither of the two, and have to agree."""


class Ties:
    """Remembers who was cleared of what: the same facts, heard again, do not shut it out again."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._plain_since: dict[Slot, int] = {}
        self._cleared: dict[Slot, str] = {}
        self._tied: dict[Slot, Sequence[Slot]] = {}

    def __bool__(self) -> bool:
        return bool(self._tied)

    def is_cleared(self, slot: Slot, reason: str) -> bool:
        """The price has spoken for it, against this very reason."""
        return self._cleared.get(slot) == reason

    def note(self, slot: Slot, market: Sequence[Slot]) -> None:
        """What is held against it has changed; `market` has every slot of its symbol."""
        if _is_tied(slot):
            self._tied[slot] = market
        else:
            self._tied.pop(slot, None)
            self._plain_since.pop(slot, None)

    def settle(self, now_ns: int) -> list[Slot]:
        """Those whose price has been the others' for a while, and their rival's has not."""
        plain = [slot for slot, market in self._tied.items() if self._is_plain(slot, market, now_ns)]
        self._plain_since = {slot: self._plain_since.get(slot, now_ns) for slot in plain}
        settled = [slot for slot in plain if now_ns - self._plain_since[slot] >= CALM_NS]
        for slot in settled:
            assert slot.contradiction is not None
            self._cleared[slot] = slot.contradiction.reason
            slot.contradict(None)
        for slot in settled:
            self.note(slot, self._tied[slot])
        return settled

    def _is_plain(self, slot: Slot, market: Sequence[Slot], now_ns: int) -> bool:
        witnesses = [each for each in market if each.standing is None and self._is_seen(each, now_ns)]
        rivals = [each for each in market if each is not slot and _is_tied(each)]
        if len(witnesses) < LEAST_WITNESSES or not rivals:
            return False
        if not all(
            each.standing is Block.IDENTITY and self._is_seen(each, now_ns) for each in (slot, *rivals)
        ):
            return False
        mids = sorted(each.mid for each in witnesses)
        are_odd = all(measure(rival.mid, mids).is_outlier for rival in rivals)
        return are_odd and measure(slot.mid, mids).is_calm

    def _is_seen(self, slot: Slot, now_ns: int) -> bool:
        """It shows a book that may be believed."""
        return slot.broken is None and slot.mid > 0.0 and find_age_block(slot, now_ns, self._limits) is None


def _is_tied(slot: Slot) -> bool:
    return slot.contradiction is not None and slot.contradiction.evidence is Evidence.TIE

"""Ban: one venue refuses requests and handshakes for a while, at once or after too many of them. Pure.

Before it: tampering, which holds the bans in force. After it: rest and server, which answer with them.
"""

from collections import deque

from msgspec import Struct

from kairos_tui.sim.fault_orders import FaultOrder

_WINDOW_NS = 60_000_000_000
_LASTS_NS = 60_000_000_000
_CODE = 429


class Refusal(Struct, frozen=True):
    """HTTP status, and the seconds of Retry-After."""

    status: int
    retry_after_s: int


class Ban:
    """`after` requests within a minute are answered; the next one starts a ban of `ms`."""

    def __init__(self, order: FaultOrder, until_ns: int | None) -> None:
        self._order, self._until_ns = order, until_ns
        self._asked: deque[int] = deque()
        self._banned_until_ns = 0

    def refusal(self, now_ns: int) -> Refusal | None:
        """Counts one request. What it is refused with, or None."""
        if now_ns >= self._banned_until_ns and not self._is_too_many(now_ns):
            return None
        left_s = -(-(self._banned_until_ns - now_ns) // 1_000_000_000)
        return Refusal(self._order.code or _CODE, max(1, left_s))

    def _is_too_many(self, now_ns: int) -> bool:
        self._asked.append(now_ns)
        while self._asked[0] <= now_ns - _WINDOW_NS:
            self._asked.popleft()
        if len(self._asked) <= self._order.after:
            return False
        self._asked.clear()
        self._banned_until_ns = self._end(now_ns)
        return True

    def _end(self, now_ns: int) -> int:
        """Without `ms` a ban lasts as long as its order, or a minute."""
        if self._order.ms is not None:
            end_ns = now_ns + self._order.ms * 1_000_000
            return end_ns if self._until_ns is None else min(end_ns, self._until_ns)
        return now_ns + _LASTS_NS if self._until_ns is None else self._until_ns

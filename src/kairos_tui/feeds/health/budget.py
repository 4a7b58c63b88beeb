"""RestBudget: how many REST requests a venue gets from health: cross-checks and clock samples share it.

Before it: whoever wants to ask. After it: the request. A venue that says "too many" is left alone.
"""

from random import Random

SECOND_NS = 1_000_000_000
PER_MINUTE = 60.0
BURST = 12
"""A tenth or less of what the venues with a dialect allow for public requests. Only still books use it up."""

FIRST_PAUSE_NS = 30 * SECOND_NS
LONGEST_PAUSE_NS = 600 * SECOND_NS


class RestBudget:
    """A token bucket: `BURST` at once, then one per `spacing_ns`. Refusals in a row pause twice as long."""

    def __init__(self, seed: int, per_minute: float = PER_MINUTE) -> None:
        self.spacing_ns = int(60 * SECOND_NS / per_minute)
        self._chance = Random(seed)  # noqa: S311  it spreads requests, it keeps no secret
        self._full_ns = 0
        self._paused_ns = 0
        self._refusals = 0

    def take(self, now_ns: int) -> bool:
        """May one request leave now? If so it is counted."""
        if self.wait_ns(now_ns):
            return False
        self._full_ns = max(self._full_ns, now_ns) + self.spacing_ns
        return True

    def wait_ns(self, now_ns: int) -> int:
        """How long until `take` says yes; 0 = now."""
        free_ns = self._full_ns - (BURST - 1) * self.spacing_ns
        return max(0, free_ns - now_ns, self._paused_ns - now_ns)

    def is_paused(self, now_ns: int) -> bool:
        """The venue has refused, and is left alone."""
        return now_ns < self._paused_ns

    def on_answer(self) -> None:
        """The venue answered as it should."""
        self._refusals = 0

    def on_refused(self, now_ns: int, asked_ns: int = 0) -> None:
        """The venue said "too many", or failed. `asked_ns`: the pause it asked for, honoured up to 10 min.

        The pause is drawn from the upper half of its length, so that venues do not come back together.
        """
        longest_ns = min(FIRST_PAUSE_NS << min(self._refusals, 8), LONGEST_PAUSE_NS)
        drawn_ns = int(longest_ns * (0.5 + 0.5 * self._chance.random()))
        self._refusals += 1
        self._paused_ns = max(self._paused_ns, now_ns + max(drawn_ns, min(asked_ns, LONGEST_PAUSE_NS)))

"""Backoff: how long to wait before the next try. Pure; one per connection URL, one per stream."""

import random
from collections.abc import Callable

BASE_S = 0.25
CAP_S = 30.0
LONGEST_ASKED_S = 300.0
"""A venue's Retry-After is honoured up to here: ccxt alone would wait an hour, or for ever on `inf`."""

GOOD_S = 30.0
"""Seconds of good data after which earlier failures are forgotten."""

CREDITS = 3.0
"""Immediate reconnects in hand. A session that gave data may spend one; ten good seconds earn one back."""

CREDIT_EVERY_S = 10.0


class Backoff:
    """Exponential with full jitter, but immediate after a good session: not on dial success, on session age.

    A venue that accepts and then drops spends its three credits and is then tried ever more rarely.
    `credit_every_s` of good data earn one, `good_s` in a row forget all failures.
    """

    def __init__(
        self,
        chance: Callable[[], float] = random.random,
        *,
        credits_most: float = CREDITS,
        credit_every_s: float = CREDIT_EVERY_S,
        good_s: float = GOOD_S,
    ) -> None:
        self._chance = chance
        self._failures = 0
        self._credits = self._credits_most = credits_most
        self._credit_every_s, self._good_s = credit_every_s, good_s

    def delay_s(self, good_s: float, asked_s: float | None = None) -> float:
        """Seconds to wait, after a session with `good_s` of good data; `asked_s` is a Retry-After."""
        floor_s = capped(asked_s)
        self._credits = min(self._credits_most, self._credits + good_s / self._credit_every_s)
        if good_s >= self._good_s:
            self._failures = 0
        if good_s > 0.0 and self._credits >= 1.0:
            self._credits -= 1.0
            return floor_s
        delay_s = self._chance() * min(CAP_S, BASE_S * 2.0 ** min(self._failures, 16))
        self._failures += 1
        return max(delay_s, floor_s)


def capped(asked_s: float | None) -> float:
    """How much of a Retry-After is honoured."""
    if asked_s is None or not asked_s > 0.0:  # NaN too
        return 0.0
    return min(asked_s, LONGEST_ASKED_S)

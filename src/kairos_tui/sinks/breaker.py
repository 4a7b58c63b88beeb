"""Breaker: when to try a sink again. Jittered backoff; after three failures in a row, one probe at a time.

Asked by courier. Pure: instants are given.
"""

from collections.abc import Callable
from random import random

LONGEST_S = 30.0
_LONGEST_ASKED_S = 300.0


class Breaker:
    """Closed while all is well; open once `opens_after` attempts in a row have failed."""

    def __init__(
        self,
        *,
        first_s: float = 0.25,
        longest_s: float = LONGEST_S,
        opens_after: int = 3,
        jitter: Callable[[], float] = random,
    ) -> None:
        self.failures = 0
        self._first_s = first_s
        self._longest_s = longest_s
        self._opens_after = opens_after
        self._jitter = jitter
        self._due_ns = 0

    @property
    def is_open(self) -> bool:
        """Only one probe per pause may pass."""
        return self.failures >= self._opens_after

    def failed(self, now_ns: int, *, asked_s: float = 0.0) -> None:
        """An attempt failed; `asked_s` is the pause the other side asked for, honoured up to five minutes."""
        self.failures += 1
        full_s = min(self._longest_s, self._first_s * 2.0 ** min(self.failures - 1, 16))
        pause_s = max(full_s * (0.5 + 0.5 * self._jitter()), min(asked_s, _LONGEST_ASKED_S))
        self._due_ns = now_ns + int(pause_s * 1e9)

    def worked(self) -> None:
        """An attempt succeeded: all is forgotten."""
        self.failures, self._due_ns = 0, 0

    def wait_s(self, now_ns: int) -> float:
        """How long until the next attempt may be made."""
        return max(0.0, (self._due_ns - now_ns) / 1e9)

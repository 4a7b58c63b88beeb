"""Tokens: how many calls a sink may have now. Asked by courier; pure, instants are given."""


class Tokens:
    """`per_s` come in each second, `burst` at most are saved up. `per_s` 0: no limit."""

    def __init__(self, per_s: float, burst: int, now_ns: int) -> None:
        self._per_s = per_s
        self._burst = float(burst)
        self._saved = float(burst)
        self._at_ns = now_ns

    def wait_s(self, now_ns: int) -> float:
        """How long until one is there."""
        if self._per_s <= 0:
            return 0.0
        self._saved = min(self._burst, self._saved + (now_ns - self._at_ns) / 1e9 * self._per_s)
        self._at_ns = now_ns
        return max(0.0, (1.0 - self._saved) / self._per_s)

    def spend(self) -> None:
        """One call was made."""
        self._saved -= 1.0

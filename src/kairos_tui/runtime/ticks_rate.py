"""TicksRate: a total that grows, read as a rate over about the last second. Used by run_engine."""

from collections import deque

_WINDOW_NS = 1_000_000_000


class TicksRate:
    """Remembers (time, total) samples of the last second."""

    def __init__(self) -> None:
        self._samples: deque[tuple[int, int]] = deque(maxlen=256)

    def per_s(self, total: int, now_ns: int) -> float:
        """Events per second between the oldest sample of the window and now."""
        samples = self._samples
        samples.append((now_ns, total))
        while len(samples) > 2 and now_ns - samples[1][0] >= _WINDOW_NS:
            samples.popleft()
        since_ns, before = samples[0]
        return (total - before) * 1e9 / (now_ns - since_ns) if now_ns > since_ns else 0.0

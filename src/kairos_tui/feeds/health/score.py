"""VenueScore: 0 to 100, from what went wrong at a venue lately; excludes the venue and takes it back.

Before it: incidents, as they are noticed. After it: the venue's legs. It comes on top of the gates: a good
score opens none of them.
"""

from collections import Counter, deque
from enum import StrEnum
from math import exp2

SECOND_NS = 1_000_000_000
BEST = 100.0
EXCLUDED_BELOW = 40.0
RETURNS_ABOVE = 70.0
OUT_FOR_NS = 10 * SECOND_NS
HALF_LIFE_S = 60.0
MOST_POINTS = 120.0
"""However much goes wrong, two half-lives without an incident heal it."""

COUNTED_NS = 180 * SECOND_NS
COUNTED_MOST = 500


class Incident(StrEnum):
    """What can go wrong at a venue."""

    GAP = "gap"
    BAD_FRAME = "bad frame"
    DISCONNECT = "disconnect"
    SILENCE = "silence"
    CROSS_CHECK = "failed cross-check"
    LAG = "lag"
    REFUSED = "refused book"


POINTS = {
    Incident.GAP: 8.0,
    Incident.BAD_FRAME: 10.0,
    Incident.DISCONNECT: 15.0,
    Incident.SILENCE: 12.0,
    Incident.CROSS_CHECK: 25.0,
    Incident.LAG: 15.0,
    Incident.REFUSED: 4.0,
}
"""None reaches the 60 that exclude: one incident never does."""


class VenueScore:
    """One venue's. Between an exclusion and the next lie at least 30 points of incidents and 10 s."""

    def __init__(self, half_life_s: float = HALF_LIFE_S) -> None:
        self.excluded = False
        self.reason: str | None = None
        """Why it is excluded, as it was said when that began; None when it is not."""
        self._half_life_ns = half_life_s * SECOND_NS
        self._points = 0.0
        self._at_ns = 0
        self._out_ns = 0
        self._recent: deque[tuple[int, Incident]] = deque(maxlen=COUNTED_MOST)

    def score(self, now_ns: int) -> float:
        return max(0.0, BEST - self._points_at(now_ns))

    def on_incident(self, incident: Incident, now_ns: int) -> None:
        self._points = min(self._points_at(now_ns) + POINTS[incident], MOST_POINTS)
        self._at_ns = now_ns
        self._recent.append((now_ns, incident))
        self.look(now_ns)

    def look(self, now_ns: int) -> bool:
        """Is the venue excluded now? To be asked often: it comes back by being looked at."""
        score = self.score(now_ns)
        if self.excluded:
            if score > RETURNS_ABOVE and now_ns - self._out_ns >= OUT_FOR_NS:
                self.excluded, self.reason = False, None
        elif score < EXCLUDED_BELOW:
            self.excluded, self._out_ns, self.reason = True, now_ns, self.describe(now_ns)
        return self.excluded

    def describe(self, now_ns: int) -> str:
        """`score 31: 6 gaps and 2 disconnects in the last 3 minutes`: the two that cost most."""
        counts = Counter(what for at_ns, what in self._recent if now_ns - at_ns <= COUNTED_NS)
        dearest = sorted(counts, key=lambda what: (-counts[what] * POINTS[what], what))[:2]
        words = " and ".join(f"{counts[what]} {_plural(what, counts[what])}" for what in dearest)
        score = f"score {self.score(now_ns):.0f}"
        return f"{score}: {words} in the last 3 minutes" if words else score

    def _points_at(self, now_ns: int) -> float:
        return self._points * exp2((self._at_ns - now_ns) / self._half_life_ns)


def _plural(incident: Incident, count: int) -> str:
    return incident if count == 1 else f"{incident}s"

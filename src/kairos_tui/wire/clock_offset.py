"""ClockOffset: how far another machine's monotonic clock is ahead of ours, and how sure that is. Pure.

Before it: the stamps of pings and their answers, from door_link. After it: the heads of frames.
"""

from typing import Final

DRIFT_PPM: Final = 500
"""How fast two clocks may part: crystals do 100 ppm, and a kernel that slews its clock up to 500."""
FORGOTTEN_AFTER_NS: Final = 30_000_000_000


class ClockOffset:
    """What all answers so far leave possible. No assumption is made about the way there and the way back.

    Their stamp of a ping's arrival is later than ours of its leaving, whatever the way took: their clock is
    ahead by that difference at most. The same of the answer's way is the least. Both bounds widen as clocks
    may drift, and each answer may narrow them, so the quickest ones count. An answer that contradicts what
    was possible tells of a clock that was set, or is another's: then it alone counts.
    """

    def __init__(self) -> None:
        self._bounds: tuple[int, int, int] | None = None

    def on_answer(self, left_ns: int, came_ns: int, answered_ns: int, back_ns: int) -> None:
        """A ping left us and came to them, their answer left and came back: ours, theirs, theirs, ours."""
        if back_ns < left_ns:
            return
        least, most = _widened((answered_ns - back_ns, came_ns - left_ns, left_ns), back_ns)
        if least > most:
            return  # not the stamps of one ping
        if self._bounds is not None:
            known_least, known_most = _widened(self._bounds, back_ns)
            if least <= known_most and most >= known_least:
                least, most = max(least, known_least), min(most, known_most)
        # One value of three, for `at` is asked from another thread.
        self._bounds = least, most, back_ns

    def at(self, now_ns: int) -> tuple[int, int] | None:
        """What to add to our stamps to have theirs, and how wrong that may be, in ns; None = not known.

        What was not compared for half a minute is not known any more.
        """
        bounds = self._bounds
        if bounds is None or now_ns - bounds[2] > FORGOTTEN_AFTER_NS:
            return None
        least, most = _widened(bounds, now_ns)
        offset_ns = (least + most) // 2
        return offset_ns, max(most - offset_ns, offset_ns - least)

    def forget(self) -> None:
        """Whoever answers from here on may have another clock."""
        self._bounds = None


def _widened(bounds: tuple[int, int, int], now_ns: int) -> tuple[int, int]:
    least, most, at_ns = bounds
    by_ns = max(0, now_ns - at_ns) * DRIFT_PPM // 1_000_000 + 1
    return least - by_ns, most + by_ns

"""Ban: a venue that answers "too many requests" is asked nothing before its time is over.

Before it: HTTP 429 and 418, of REST or of a handshake. After it: every request and every dial.
"""

from collections.abc import Mapping

from kairos_tui.feeds.patience import SECOND_NS

BANNING = {418, 429}
LONGEST_S = 600.0
UNSAID_S = 5.0
"""Where the venue names no time, or one that is none."""


class Ban:
    """One venue's; the longest that was asked for holds."""

    def __init__(self) -> None:
        self._until_ns = 0

    def note(self, status: int, headers: Mapping[str, str] | None, now_ns: int) -> None:
        """An answer came. Only those that ban count."""
        if status in BANNING:
            asked = next(
                (text for name, text in (headers or {}).items() if name.lower() == "retry-after"), ""
            )
            self._until_ns = max(self._until_ns, now_ns + int(_seconds(asked) * SECOND_NS))

    @property
    def until_ns(self) -> int:
        """When it is over."""
        return self._until_ns

    def left_s(self, now_ns: int) -> float:
        """Seconds until the venue may be asked again; 0.0 = now."""
        return max(0, self._until_ns - now_ns) / SECOND_NS


def _seconds(asked: str) -> float:
    try:
        asked_s = float(asked)
    except ValueError:
        return UNSAID_S
    return min(asked_s, LONGEST_S) if asked_s > 0.0 else UNSAID_S  # NaN is not greater either

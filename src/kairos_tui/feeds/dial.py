"""Dial: what is remembered about one URL between connections; and how all that wait are sent to try at once.

Before it: backoff, ban. After it: Connections.
"""

from collections.abc import Iterable

from kairos_tui.feeds.backoff import Backoff
from kairos_tui.feeds.ban import Ban
from kairos_tui.feeds.stream import Stream

TOLD = "it asked to be left alone: not tried before"
"""Why somebody who wants a try now does not get it."""


class Dial:
    """`retry_ns` is when it is dialled again; until `asked_ns` the venue wants not to be."""

    def __init__(self) -> None:
        self.backoff = Backoff()
        self.retry_ns = self.asked_ns = 0
        self.ups = 0


def hurry(dials: Iterable[Dial], streams: Iterable[Stream], ban: Ban, now_ns: int) -> int:
    """The next try of each that waits is now, or when the venue's own pause is over: that instant.

    A stream in quarantine stays there. What is down says when it is tried, and why not sooner.
    """
    dials = tuple(dials)
    told_ns = max([ban.until_ns, *[dial.asked_ns for dial in dials]])
    retry_ns, why_later = max(now_ns, told_ns), TOLD if told_ns > now_ns else None
    for dial in dials:
        dial.retry_ns = min(dial.retry_ns, retry_ns)
    for stream in streams:
        if not stream.quarantined:
            stream.retry_ns = min(stream.retry_ns, retry_ns)
        stream.tell_next_try(retry_ns, now_ns, why_later)
    return retry_ns

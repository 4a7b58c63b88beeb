"""Lines to deliver, made as the courier's backlog makes them."""

from collections.abc import Sequence

from kairos_tui.market import FeedState, FeedStatus, Venue
from kairos_tui.sinks import Backlog, Told, line_maker
from kairos_tui.sinks.line_maker import Stamp
from kairos_tui.sinks.lines import VenueLine

STATUS = FeedStatus(Venue("okx"), None, FeedState.LIVE, 1)


def venue_line(stamp: Stamp) -> VenueLine:
    return line_maker.venue_line(stamp, STATUS)


def put(backlog: Backlog, count: int = 1) -> None:
    for _ in range(count):
        backlog.put(venue_line, ts_us=1_000_000)


def lines(count: int) -> Sequence[Told]:
    backlog = Backlog(run="k7f3", feed="sim")
    put(backlog, count)
    return backlog.batch(count)

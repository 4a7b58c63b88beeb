"""MirrorSwitch: the web mirror as the viewer turns it on and off. One that came with the run stays as it is.

Before it: launcher. After it: cast, which knows how it starts; supervisor, which keeps it.
"""

from typing import Final

from kairos_tui.market import FeedKind
from kairos_tui.runtime.cast import MIRROR, Cast, OutletNews
from kairos_tui.runtime.supervisor import Supervisor
from kairos_tui.settings import MIRROR_AT

_STOP_WITHIN_S: Final = 0.6


class MirrorSwitch:
    """Not for use from two threads."""

    def __init__(self, cast: Cast, supervisor: Supervisor, on_news: OutletNews) -> None:
        self._cast, self._supervisor, self._on_news = cast, supervisor, on_news
        self._came_with_run = bool(cast.mirror_at)

    def turn(self, feed: FeedKind, *, on: bool) -> None:
        """On or off; on again where it failed. A role that serves metrics already starts anew, for both."""
        role = self._supervisor.roles.get(MIRROR)
        is_failed = role is not None and role.state == "failed"
        if self._came_with_run or (on == bool(self._cast.mirror_at) and not (on and is_failed)):
            return
        self._cast.mirror_at = MIRROR_AT if on else ""
        self._supervisor.stop([MIRROR], deadline_s=_STOP_WITHIN_S)
        for role in self._cast.mirrors(feed, self._on_news):
            self._supervisor.add(role)

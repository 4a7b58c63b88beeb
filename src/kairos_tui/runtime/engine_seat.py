"""engine_seat: what an engine's child must know of the fleet, and what the fleet must know of the child.

Before it: engine_station, once a turn. After it: fleet's seat; the child, by orders.
"""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from kairos_tui.errors import Fatal, FleetDown
from kairos_tui.runtime.child import News
from kairos_tui.runtime.engine_orders import EngineOrder

if TYPE_CHECKING:
    from kairos_tui.fleet import Seat

_RENEW_EVERY_NS: Final = 200_000_000
_SETTLED_AFTER_NS: Final = 500_000_000
"""Books come in one burst when workers find a newcomer: none more for so long, and it has what there is."""
_WARM_AFTER_NS: Final = 2_000_000_000
"""A fleet without ingesters, or whose venues are all down, has no books to wait for."""


class EngineSeat:
    """Asked once a turn. `order` tells the child, and says whether it was taken."""

    def __init__(self, seat: "Seat", name: str, order: Callable[[EngineOrder], bool]) -> None:
        self._seat = seat
        self._name = name
        self._order = order
        self._sent: tuple[int, tuple[str, ...], bool] | None = None
        self._sent_ns = 0
        self._books = -1
        self._books_since_ns = self._child_since_ns = 0
        self._is_mute = False

    @property
    def is_member(self) -> bool:
        """The roster has us, with a number: the child may be started."""
        return self._seat.fatal is None and self._seat.is_member

    @property
    def number(self) -> int:
        """Which of the fleet's engines we are, in what is published."""
        return self._seat.member.number

    @property
    def run(self) -> str:
        """The fleet's, in every signal's id."""
        return self._seat.roster.run

    @property
    def fatal(self) -> Fatal | None:
        """Why the fleet cannot have us."""
        return self._seat.fatal

    @property
    def has_left(self) -> bool:
        """Nothing is our own any more."""
        return self._seat.left

    @property
    def names(self) -> tuple[str, ...]:
        """Of the engines that share the assets now."""
        return self._seat.duty().names

    @property
    def why_not_ready(self) -> str:
        """Empty when we speak, or would if an asset were ours."""
        duty = self._seat.duty()
        if duty.speaks and self._name in duty.names:
            return ""
        return self._seat.trouble or "it is not part of the fleet yet"

    def next_epoch(self) -> int:
        """For a child that starts. Raises OSError, which the supervisor tries again after."""
        try:
            return self._seat.next_epoch(0.5)
        except FleetDown as error:
            raise OSError(str(error)) from error

    def on_start(self) -> None:
        """A new child knows nothing."""
        self._sent, self._books, self._child_since_ns = None, -1, time.monotonic_ns()
        self._is_mute = False

    def on_end(self) -> None:
        """The child is dead: it says nothing, which obeys any roster. Nobody need wait for it."""
        self._is_mute, self._child_since_ns = True, 0

    def on_news(self, news: News) -> None:
        """What it obeys is acknowledged; once it has its books it may speak."""
        if news.serving is not None:
            self._seat.stopped(news.serving)
        if news.books is not None and news.books != self._books:
            self._books, self._books_since_ns = news.books, time.monotonic_ns()

    def tend(self, now_ns: int) -> None:
        """Tell the child what it may say now."""
        if self._is_warm(now_ns):
            self._seat.warm()
        duty = self._seat.duty()
        if self._is_mute:
            self._seat.stopped(duty.roster_number)
            return
        said = (duty.roster_number, duty.names if duty.speaks else (), duty.speaks)
        if said == self._sent and now_ns - self._sent_ns < _RENEW_EVERY_NS:
            return
        if self._order(EngineOrder(said[1], self._name, duty.roster_number, duty.until_ns)):
            self._sent, self._sent_ns = said, now_ns

    def leave(self) -> None:
        """Give up everything in order."""
        self._seat.leave()

    def notes(self) -> list[str]:
        """What people should know."""
        return self._seat.notes()

    def close(self) -> None:
        """Let the lease go."""
        self._seat.close(wait_s=0.3)

    def _is_warm(self, now_ns: int) -> bool:
        if not self._child_since_ns:
            return False
        settled = self._books > 0 and now_ns - self._books_since_ns > _SETTLED_AFTER_NS
        return settled or now_ns - self._child_since_ns > _WARM_AFTER_NS

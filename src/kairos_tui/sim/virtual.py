"""VirtualVenue: one simulated venue on a clock of its own: the bytes the server would send, without sockets.

Before it: the dialects, hub, faults, rest; all of it the code that serves real clients. After it: a driver
that runs hours of a venue in seconds. Times are nanoseconds since the market began.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping

from kairos_tui.sim import rest
from kairos_tui.sim.client_words import CLIENT_WORDS, Channel
from kairos_tui.sim.dialects import DIALECTS
from kairos_tui.sim.faults import Faults
from kairos_tui.sim.frames import CLOSE
from kairos_tui.sim.hub import Hub
from kairos_tui.sim.listings import Listed
from kairos_tui.sim.market import DELAY_MS, SimMarket
from kairos_tui.sim.plan import SimPlan
from kairos_tui.sim.rest import Reply
from kairos_tui.sim.sessions import Session

EPOCH_NS = 1_800_000_000_000_000_000
"""When the market begins, in epoch nanoseconds: a whole second, so that stamps give back its time."""

NOBODY = Reply(0, b"")
"""What a request to a venue that refuses connections comes to."""


class VirtualVenue:
    """A client's connection to a venue, following `channels` of `symbols` from the market's beginning.

    The clock goes only forwards: times given must not be before `now_ns`. Faults come from `plan.faults`,
    and from `faults.inject`. Several venues may share one `market`, if it is of the same plan.
    """

    def __init__(
        self,
        plan: SimPlan,
        venue: str,
        symbols: Iterable[str],
        *,
        channels: Iterable[Channel] = ("book",),
        market: SimMarket | None = None,
        epoch_ns: int = EPOCH_NS,
    ) -> None:
        self.now_ns = 0
        self.delay_ns = DELAY_MS[venue] * 1_000_000
        self.epoch_ns = epoch_ns
        self.market = SimMarket(plan) if market is None else market
        hub = Hub(venue, self.market, self._clock_ns, epoch_ns=epoch_ns, rate=plan.rate, seed=plan.seed)
        self.faults = Faults(hub, _NoEars(), plan.faults)
        self._hub, self._dialect = hub, DIALECTS[venue](hub)
        self._words = CLIENT_WORDS[venue]
        listed = {one.symbol: one for one in hub.listings.values()}
        self._followed = [(listed[symbol], channel) for symbol in symbols for channel in channels]
        self._inbox: deque[tuple[int, bytes]] = deque()
        self._session = _Recorder(self, path=self._words.ws_path)
        self._session.is_open = False
        self.connect(0)

    @property
    def is_open(self) -> bool:
        """The connection stands."""
        return self._session.is_open

    def messages(self, until_ns: int) -> Iterator[tuple[int, bytes]]:
        """(sent at, payload) in order, text or binary; answers to what was said are among them. Ends at
        `until_ns`, or where the venue closes the connection. May be left and called again at any message."""
        while True:
            while self._inbox:
                yield self._inbox.popleft()
            due_ns = self.due_ns()
            if not self.is_open or due_ns is None or due_ns > until_ns:
                break
            self._step(due_ns)
        if self.is_open:
            self._go_on(until_ns)

    def due_ns(self) -> int | None:
        """When something happens next, at the earliest: a message, or an order of the fault script."""
        sent_ns, ordered_ns = self._hub.due_ns(), self.faults.due_ns()
        if sent_ns is None or ordered_ns is None:
            return ordered_ns if sent_ns is None else sent_ns
        return min(sent_ns, ordered_ns)

    def say(self, text: str, at_ns: int) -> None:
        """Says something to the venue; what it answers is among the next messages."""
        self._go_on(at_ns)
        if self.is_open:
            self._dialect.on_text(self._session, text)
            self._clear_up()

    def resubscribe(self, at_ns: int) -> None:
        """Unsubscribes and subscribes anew: a venue that begins with a snapshot sends a fresh one."""
        for listed, channel in self._followed:
            self.say(self._words.unsubscribe(listed, channel), at_ns)
        self._subscribe(at_ns)

    def connect(self, at_ns: int) -> bool:
        """Leaves the connection for a new one and subscribes there. False: the venue would not have it."""
        self._go_on(at_ns)
        self._session.is_open = False
        self._clear_up()
        self._inbox.clear()
        if not self.faults.is_hearing or rest.refused(self._dialect) is not None:
            return False
        self._session = _Recorder(self, path=self._words.ws_path)
        self._hub.admit(self._session)
        self._dialect.on_open(self._session)
        self._subscribe(at_ns)
        return True

    def snapshot(self, at_ns: int, symbol: str | None = None) -> Reply:
        """The REST book of a market, the first one without a symbol, as of when it is answered."""
        listed = self._listed(symbol)
        return self.get(self._words.rest_path, self._words.query(listed), at_ns)

    def get(self, path: str, query: Mapping[str, str], at_ns: int) -> Reply:
        """Any REST request; NOBODY when connections are refused."""
        self._go_on(at_ns)
        return rest.answer(self._dialect, path, query) if self.faults.is_hearing else NOBODY

    def shown_ns(self, at_ns: int) -> int:
        """The instant of the market that is shown by what is sent at `at_ns` without lag."""
        return max(0, at_ns - self.delay_ns)

    def _listed(self, symbol: str | None) -> Listed:
        return next(listed for listed, _ in self._followed if symbol in (None, listed.symbol))

    def _clock_ns(self) -> int:
        return self.now_ns

    def _subscribe(self, at_ns: int) -> None:
        for listed, channel in self._followed:
            self.say(self._words.subscribe(listed, channel), at_ns)

    def _go_on(self, at_ns: int) -> None:
        """Everything that is due until then happens; its messages wait to be heard."""
        if at_ns < self.now_ns:
            raise ValueError(f"the clock stands at {self.now_ns}: {at_ns} is over")
        while (due_ns := self.due_ns()) is not None and due_ns <= at_ns:
            self._step(due_ns)
        self.now_ns = at_ns

    def _step(self, at_ns: int) -> None:
        self.now_ns = max(self.now_ns, at_ns)
        self.faults.advance(self.now_ns)
        self._hub.publish_due()
        self._clear_up()

    def _clear_up(self) -> None:
        """Who has been told goodbye follows nothing any more."""
        if not self._session.is_open:
            self._hub.leave(self._session)

    def hear(self, payload: bytes) -> None:
        self._inbox.append((self.now_ns, payload))


class _Recorder(Session):
    """A session with nobody behind it but the virtual venue, which keeps what is sent."""

    def __init__(self, venue: VirtualVenue, *, path: str) -> None:
        super().__init__(None, path=path)
        self._venue = venue

    def send_parts(self, parts: Iterable[tuple[int, bytes]]) -> None:
        for opcode, payload in parts:
            if self.is_open and opcode != CLOSE:
                self._venue.hear(payload)
            self.is_open = self.is_open and opcode != CLOSE


class _NoEars:
    """There is no socket to listen on; the venue asks `is_hearing`."""

    async def listen(self) -> None: ...

    def deafen(self) -> None: ...

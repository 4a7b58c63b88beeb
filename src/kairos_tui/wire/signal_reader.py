"""SignalReader: what the engines of a run published, as if there were one, and what of it was missed.

Before it: SignalPublishers in the engines' processes. After it: the HUD's role, the launcher's JSON lines.
"""

import time
from collections import defaultdict, deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

from msgspec.structs import replace

from kairos_tui.errors import WireRefused
from kairos_tui.market import NO_KEYS, Board, KeyRing, Symbol, UnitedBoards
from kairos_tui.wire.codec import foreign_version_of, unpack_message
from kairos_tui.wire.numbering import Numbering
from kairos_tui.wire.records import Missed, Published, Topic
from kairos_tui.wire.sockets import PUBLICATIONS_QUEUED, open_sub

_BOARD = Topic.BOARD.value.encode()
_SAID_FOR_NS = 5_000_000_000
Engines = str | Sequence[str] | Mapping[str, int]
"""Addresses, each with its engine's number; without numbers they are 0, 1, 2 and so on."""


class SignalReader:
    """Connects, and stays connected over restarts of an engine. Not for use from two threads.

    The first message heard of an engine sets the count: coming late is not a loss. When it restarts, its
    epoch grows and numbers begin at 1; those this reader did not get are missed, since it was already there.
    Of several engines each has its own numbers; their boards become one, its symbols in this `order`. Where
    they are on other machines, `here` gives what was published with stamps of this machine's clock.
    While it `holds_boards` they are not opened, which is what they cost, and `drain` gives none.
    """

    def __init__(
        self,
        endpoints: Engines,
        *,
        topics: Sequence[Topic],
        order: Sequence[Symbol] = (),
        ring: KeyRing = NO_KEYS,
        here: Callable[[Published], Published] | None = None,
    ) -> None:
        self.refused = 0
        self.holds_boards = False
        self._engines = engines = _numbered(endpoints)
        self._order = order
        self._here = here
        self._foreign: tuple[str, int] | None = None
        self._unread: deque[Published | Missed] = deque()
        self._held: deque[bytes] = deque(maxlen=2 * len(engines))
        self._epochs: dict[int, int] = {}
        self._numbering: defaultdict[int, Numbering[Topic]] = defaultdict(Numbering)
        self._boards = UnitedBoards(engines.values(), order) if len(engines) > 1 else None
        self._socket = open_sub(tuple(engines), [topic.value.encode() for topic in topics], ring)

    @property
    def trouble(self) -> str | None:
        """What keeps messages from coming: another version, a refused key. All else the launcher says."""
        if self._foreign is None or time.monotonic_ns() - self._foreign[1] > _SAID_FOR_NS:
            return self._socket.trouble
        return self._foreign[0]

    def heard_from(self) -> frozenset[int]:
        """The numbers of the engines that have said anything."""
        return frozenset(self._epochs)

    def follow(self, endpoints: Engines) -> None:
        """From here on these are the engines. Of who leaves, what has come is still told; nothing after it.

        One that comes, or comes back, is heard from its first message on: what it said before was not missed.
        """
        engines = _numbered(endpoints)
        leaving = [each for each in self._engines if each not in engines]
        if leaving:
            self._read_all()
        for endpoint in leaving:
            self._socket.disconnect(endpoint)
        for endpoint in engines:
            if endpoint not in self._engines:
                self._socket.connect(endpoint)
        for number in set(self._engines.values()) - set(engines.values()):
            self._epochs.pop(number, None)
            self._numbering.pop(number, None)
        self._engines = engines
        self._held = deque(self._held, maxlen=2 * len(engines))
        if self._boards is not None:
            self._boards.expect(engines.values())
        elif len(engines) > 1:
            self._boards = UnitedBoards(engines.values(), self._order)

    @property
    def fatal(self) -> None:
        """Engines may always begin anew."""

    def drain(self, timeout_ms: int, most: int = 1_000) -> list[Published | Missed]:
        """Wait up to `timeout_ms` for something, then take what is there, up to `most` messages.

        A hole in the numbers comes as a Missed before the message that revealed it. A part of a picture that
        is not complete yet is nothing.
        """
        self._socket.look_for_trouble()
        heard: list[Published | Missed] = []
        while self._unread and len(heard) < most:
            heard.append(self._unread.popleft())
        if heard:
            return heard
        until_ns = time.monotonic_ns() + timeout_ms * 1_000_000
        message = self._socket.receive_within(timeout_ms)
        for _ in range(most):
            if message is None:
                break
            self._take(message, heard)
            left_ms = 0 if heard else max(0, (until_ns - time.monotonic_ns()) // 1_000_000)
            message = self._socket.receive_within(left_ms) if len(heard) < most else None
        return heard

    def held_boards(self) -> list[Published]:
        """Those that were kept unopened and are the newest, opened."""
        heard: list[Published | Missed] = []
        while self._held:
            self._open(self._held.popleft(), heard)
        return [each for each in heard if isinstance(each, Published)]

    def close(self) -> None:
        """May be repeated."""
        self._socket.close()

    def _read_all(self) -> None:
        """What a leaver said would be gone with its connection."""
        heard: list[Published | Missed] = []
        for _ in range(PUBLICATIONS_QUEUED - len(self._unread)):
            message = self._socket.receive_now()
            if message is None:
                break
            self._take(message, heard)
        self._unread.extend(heard)

    def _take(self, message: bytes, heard: list[Published | Missed]) -> None:
        if self.holds_boards and message.startswith(_BOARD):
            self._held.append(message)
            if len(self._epochs) < len(self._engines):
                self._note_speaker(message)
        else:
            self._open(message, heard)

    def _open(self, message: bytes, heard: list[Published | Missed]) -> None:
        try:
            published = unpack_message(message)
        except WireRefused:
            self._refuse(message)
            return
        missed = self._count(published)
        if missed:
            heard.append(Missed(published.topic, missed, published.epoch))
        if self._here is not None:
            published = self._here(published)
        if self._boards is not None and isinstance(published.body, Board):
            united = self._boards.take(published.engine, published.body)
            if united is not None:
                heard.append(replace(published, body=united))
            return
        heard.append(published)

    def _note_speaker(self, message: bytes) -> None:
        """Boards may be all that an engine says: by them it has been heard, though they are held unopened."""
        with suppress(WireRefused):
            published = unpack_message(message)
            self._epochs.setdefault(published.engine, published.epoch)

    def _refuse(self, message: bytes) -> None:
        self.refused += 1
        why = foreign_version_of(message)
        if why is not None:
            self._foreign = f"an engine speaks {why}", time.monotonic_ns()

    def _count(self, published: Published) -> int:
        """How many of its engine's topic were missed just before this one."""
        engine = published.engine
        epoch = self._epochs.setdefault(engine, published.epoch)
        if published.epoch < epoch:
            return 0  # what the former engine had still in its queue
        if published.epoch > epoch:
            self._epochs[engine] = published.epoch
            self._numbering[engine].begin_anew()
        return self._numbering[engine].missed_before(published.topic, published.number)


def _numbered(endpoints: Engines) -> dict[str, int]:
    if isinstance(endpoints, str):
        return {endpoints: 0}
    if isinstance(endpoints, Mapping):
        return dict(endpoints)
    return {endpoint: number for number, endpoint in enumerate(endpoints)}

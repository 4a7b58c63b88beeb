"""SignalReader: what the engines of a run published, as if there were one, and what of it was missed.

Before it: SignalPublishers in the engines' processes. After it: the HUD's role, the launcher's JSON lines.
"""

import time
from collections import defaultdict, deque
from collections.abc import Sequence

from msgspec.structs import replace

from kairos_tui.errors import WireRefused
from kairos_tui.market import Board, Symbol, UnitedBoards
from kairos_tui.wire.codec import unpack_message
from kairos_tui.wire.curve import NO_KEYS, KeyRing
from kairos_tui.wire.numbering import Numbering
from kairos_tui.wire.records import Missed, Published, Topic
from kairos_tui.wire.sockets import open_sub

_BOARD = Topic.BOARD.value.encode()


class SignalReader:
    """Connects, and stays connected over restarts of an engine. Not for use from two threads.

    The first message heard of an engine sets the count: coming late is not a loss. When it restarts, its
    epoch grows and numbers begin at 1; those this reader did not get are missed, since it was already there.
    Of several engines each has its own numbers; their boards become one, its symbols in this `order`.
    While it `holds_boards` they are not opened, which is what they cost, and `drain` gives none.
    """

    def __init__(
        self,
        endpoints: str | Sequence[str],
        *,
        topics: Sequence[Topic],
        order: Sequence[Symbol] = (),
        ring: KeyRing = NO_KEYS,
    ) -> None:
        addresses = (endpoints,) if isinstance(endpoints, str) else tuple(endpoints)
        self.refused = 0
        self.holds_boards = False
        self._held: deque[bytes] = deque(maxlen=2 * len(addresses))
        self._epochs: dict[int, int] = {}
        self._numbering: defaultdict[int, Numbering[Topic]] = defaultdict(Numbering)
        self._boards = UnitedBoards(len(addresses), order) if len(addresses) > 1 else None
        self._socket = open_sub(addresses, [topic.value.encode() for topic in topics], ring)

    @property
    def trouble(self) -> str | None:
        """What keeps messages from coming: on this bus the launcher says it."""
        return None

    @property
    def fatal(self) -> None:
        """Engines may always begin anew."""

    def drain(self, timeout_ms: int, most: int = 1_000) -> list[Published | Missed]:
        """Wait up to `timeout_ms` for something, then take what is there, up to `most` messages.

        A hole in the numbers comes as a Missed before the message that revealed it. A part of a picture that
        is not complete yet is nothing.
        """
        heard: list[Published | Missed] = []
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

    def _take(self, message: bytes, heard: list[Published | Missed]) -> None:
        if self.holds_boards and message.startswith(_BOARD):
            self._held.append(message)
        else:
            self._open(message, heard)

    def _open(self, message: bytes, heard: list[Published | Missed]) -> None:
        try:
            published = unpack_message(message)
        except WireRefused:
            self.refused += 1
            return
        missed = self._count(published)
        if missed:
            heard.append(Missed(published.topic, missed, published.epoch))
        if self._boards is not None and isinstance(published.body, Board):
            united = self._boards.take(published.engine, published.body)
            if united is not None:
                heard.append(replace(published, body=united))
            return
        heard.append(published)

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

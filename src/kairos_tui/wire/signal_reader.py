"""SignalReader: what the engine published, and what of it was missed.

Before it: SignalPublisher in the engine's process. After it: the HUD's role, the launcher's JSON lines.
"""

from collections.abc import Sequence

from kairos_tui.errors import WireRefused
from kairos_tui.wire.codec import unpack_message
from kairos_tui.wire.numbering import Numbering
from kairos_tui.wire.records import Missed, Published, Topic
from kairos_tui.wire.sockets import open_sub


class SignalReader:
    """Connects, and stays connected over restarts of the engine. Not for use from two threads.

    The first message heard sets the count: coming late is not a loss. When the engine restarts, its epoch
    grows and numbers begin at 1; those this reader did not get are missed, since it was already there.
    """

    def __init__(self, endpoint: str, *, topics: Sequence[Topic]) -> None:
        self.refused = 0
        self._epoch: int | None = None
        self._numbering: Numbering[Topic] = Numbering()
        self._socket = open_sub(endpoint, [topic.value.encode() for topic in topics])

    @property
    def trouble(self) -> str | None:
        """What keeps messages from coming: on this bus the launcher says it."""
        return None

    def drain(self, timeout_ms: int, most: int = 1_000) -> list[Published | Missed]:
        """Wait up to `timeout_ms` for something, then take what is there, up to `most` messages.

        A hole in the numbers comes as a Missed before the message that revealed it.
        """
        heard: list[Published | Missed] = []
        message = self._socket.receive_within(timeout_ms)
        for _ in range(most):
            if message is None:
                break
            self._take(message, heard)
            message = self._socket.receive_now() if len(heard) < most else None
        return heard

    def close(self) -> None:
        """May be repeated."""
        self._socket.close()

    def _take(self, message: bytes, heard: list[Published | Missed]) -> None:
        try:
            published = unpack_message(message)
        except WireRefused:
            self.refused += 1
            return
        missed = self._count(published)
        if missed:
            heard.append(Missed(published.topic, missed, published.epoch))
        heard.append(published)

    def _count(self, published: Published) -> int:
        """How many of its topic were missed just before this one."""
        if self._epoch is None:
            self._epoch = published.epoch
        if published.epoch < self._epoch:
            return 0  # what the former engine had still in its queue
        if published.epoch > self._epoch:
            self._epoch = published.epoch
            self._numbering.begin_anew()
        return self._numbering.missed_before(published.topic, published.number)

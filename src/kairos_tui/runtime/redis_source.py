"""RedisSource: published messages as another machine's sink put them into a Redis, read as those of the bus.

Before it: sinks' from_redis. After it: sources. A module of its own, for it comes with all sinks.
"""

from collections.abc import Sequence

from kairos_tui.errors import KairosError, WireRefused
from kairos_tui.market import Board
from kairos_tui.runtime.line_count import LineCount
from kairos_tui.runtime.plausible import is_plausible
from kairos_tui.runtime.remote_clock import RemoteClock
from kairos_tui.sinks import BoardSeen, Entry, StreamReader, open_reader, read_from
from kairos_tui.wire import Missed, Published, Topic, unpack_message


def open_redis(address: str, topics: Sequence[Topic]) -> "RedisSource":
    """What `--from` names. Raises SettingsInvalid, ExtraMissing."""
    place = read_from(address)
    lines = any(topic is not Topic.BOARD for topic in topics)
    return RedisSource(open_reader(place, lines=lines, board=Topic.BOARD in topics), topics)


def shown_redis(address: str) -> tuple[str, str]:
    """Such an address without its secrets; and what may be wrong where nothing comes from it."""
    place = read_from(address)
    return place.shown, f"no live board at {place.board!r}, is `watch --sink redis://…` running"


class RedisSource:
    """The same words as on the bus, with this machine's monotonic stamps.

    A board counts once it has changed: the first one seen may be what a dead writer left behind.
    """

    def __init__(self, reader: StreamReader, topics: Sequence[Topic]) -> None:
        self.refused = 0
        self._reader = reader
        self._topics = frozenset(topics)
        self._lines = LineCount()
        self._clock = RemoteClock()
        self._last_board: bytes | None = None
        self._epoch = 0

    @property
    def trouble(self) -> str | None:
        """Why nothing comes from the server now."""
        return self._reader.trouble

    @property
    def fatal(self) -> KairosError | None:
        """Why nothing ever will."""
        return self._reader.fatal

    def drain(self, timeout_ms: int, most: int = 1_000) -> list[Published | Missed]:
        """See Source."""
        heard: list[Published | Missed] = []
        for item in self._reader.drain(timeout_ms, most):
            if isinstance(item, BoardSeen):
                self._take_board(item, heard)
            else:
                self._take_entry(item, heard)
        return heard

    def close(self) -> None:
        """May be repeated."""
        self._reader.close()

    def _take_board(self, seen: BoardSeen, heard: list[Published | Missed]) -> None:
        before, self._last_board = self._last_board, seen.wire
        if seen.wire == before:
            return
        published = self._unpack(seen.wire)
        if published is None or not isinstance(published.body, Board):
            return
        self._clock.on_board(published, seen.arrived_ns)
        if before is not None:
            self._tell(published, seen.arrived_ns, heard)

    def _take_entry(self, entry: Entry, heard: list[Published | Missed]) -> None:
        missed = self._lines.take(entry)
        if missed is None:
            return
        published = self._unpack(entry.wire) if entry.wire else None
        unread = bool(entry.wire) and published is None
        if missed or unread:
            heard.append(Missed(Topic.SIGNAL, missed + unread, self._epoch))
        if published is not None and published.topic in self._topics and published.topic is not Topic.BOARD:
            self._tell(published, entry.arrived_ns, heard)

    def _tell(self, published: Published, arrived_ns: int, heard: list[Published | Missed]) -> None:
        self._epoch = published.epoch
        heard.append(self._clock.here(published, arrived_ns))

    def _unpack(self, wire: bytes) -> Published | None:
        try:
            published = unpack_message(wire)
        except WireRefused:
            self.refused += 1
            return None
        if not is_plausible(published):
            self.refused += 1
            return None
        return published

"""RedisReader: a thread that reads a stream and a board's key, and holds a bounded part of it for its caller.

Before it: redis_sink, on another machine. After it: runtime's sources and tap. See stream_words.
"""

import random
import threading
import time
from collections import deque

from kairos_tui.errors import KairosError, SettingsInvalid
from kairos_tui.sinks.line_reader import read_line
from kairos_tui.sinks.redis_cursor import Raw, RedisCursor
from kairos_tui.sinks.redis_link import STOPS, Client, is_refusal, open_in_thread, said
from kairos_tui.sinks.redis_place import RedisPlace
from kairos_tui.sinks.stream_words import BoardSeen, Entry

_BLOCK_MS = 100
_MOST_AT_ONCE = 200
_MOST_HELD = 1_000
_MOST_BYTES_HELD = 16 * 1024 * 1024
_BOARD_EVERY_NS = 80_000_000
_SETTLE_EVERY_NS = 1_000_000_000
_PAUSES_S = (0.1, 0.25, 0.5, 1.0, 2.0)
_LARGEST_BOARD = 4 * 1024 * 1024


class RedisReader:
    """A caller that does not drain stops the reading, not the stream: what waits there is read later."""

    def __init__(self, place: RedisPlace, *, since: str, lines: bool, board: bool) -> None:
        self.trouble: str | None = None
        self.fatal: KairosError | None = None
        self.reached = False
        self.foreign = 0
        self._place = place
        self._cursor = RedisCursor(place.stream, since) if lines else None
        self._reads_board = board and bool(place.board)
        self._held: deque[Entry] = deque()
        self._held_bytes = 0
        self._board: BoardSeen | None = None
        self._changed = threading.Condition()
        self._closing = threading.Event()
        self._next_board_ns = self._next_settle_ns = 0
        # A daemon: a server that hangs must not hold the exit.
        self._thread = threading.Thread(target=self._run, name="redis-reader", daemon=True)
        self._thread.start()

    @property
    def notes(self) -> list[str]:
        """What people should know about the stream itself; whoever tells it takes it off."""
        return self._cursor.notes if self._cursor else []

    def drain(self, timeout_ms: int, most: int) -> list[Entry | BoardSeen]:
        """Wait up to `timeout_ms` for something, then take what is there; the board, if new, comes last."""
        with self._changed:
            if not (self._held or self._board) and timeout_ms > 0:
                self._changed.wait(timeout_ms / 1_000)
            taken: list[Entry | BoardSeen] = [self._let_go() for _ in range(min(most, len(self._held)))]
            if self._board:
                taken.append(self._board)
                self._board = None
            self._changed.notify_all()
        return taken

    def close(self) -> None:
        """May be repeated. The thread ends by itself, within the deadline of its last call."""
        self._closing.set()
        with self._changed:
            self._changed.notify_all()

    def _let_go(self) -> Entry:
        entry = self._held.popleft()
        self._held_bytes -= entry.size
        return entry

    def _run(self) -> None:
        failures = 0
        while not self._closing.is_set() and self.fatal is None:
            client = open_in_thread(self._place)
            try:
                self._begin(client)
                failures = 0
                while not self._closing.is_set():
                    self._turn(client)
            except STOPS as error:
                self._on_stop(error)
            finally:
                client.close()
            pause_s = _PAUSES_S[min(failures, len(_PAUSES_S) - 1)]
            failures += 1
            self._closing.wait(pause_s * random.uniform(0.7, 1.0))  # noqa: S311  so that readers do not return as one

    def _begin(self, client: Client) -> None:
        client.ping()
        self._settle(client)
        if self._reads_board:
            self._see_board(client)
        self.reached, self.trouble = True, None

    def _on_stop(self, error: BaseException) -> None:
        if is_refusal(error) and not self.reached:
            self.fatal = SettingsInvalid(f"{self._place.shown}: {said(error)}")
        elif str(error).startswith("WRONGTYPE") and not self.reached:
            advice = "choose ?stream=NAME or ?board=NAME"
            self.fatal = SettingsInvalid(f"{self._place.shown}: {said(error)}: {advice}")
        self.trouble = said(error)
        with self._changed:
            self._changed.notify_all()

    def _turn(self, client: Client) -> None:
        now_ns = time.monotonic_ns()
        if self._reads_board and now_ns >= self._next_board_ns:
            self._next_board_ns = now_ns + _BOARD_EVERY_NS
            self._see_board(client)
        if self._cursor is None:
            self._closing.wait(_BLOCK_MS / 1_000)
            if not self._reads_board:
                client.ping()
        elif self._has_room():
            if now_ns >= self._next_settle_ns:
                self._settle(client)
            self._hold(self._cursor.read(client, block_ms=_BLOCK_MS, most=_MOST_AT_ONCE))

    def _settle(self, client: Client) -> None:
        self._next_settle_ns = time.monotonic_ns() + _SETTLE_EVERY_NS
        if self._cursor:
            self._hold(self._cursor.settle(client))

    def _see_board(self, client: Client) -> None:
        packed = client.get(self._place.board)
        if isinstance(packed, bytes) and len(packed) <= _LARGEST_BOARD:
            with self._changed:
                self._board = BoardSeen(packed, time.monotonic_ns())
                self._changed.notify_all()

    def _has_room(self) -> bool:
        """Whether more may be held; else wait for the caller a moment."""
        with self._changed:
            roomy = len(self._held) < _MOST_HELD and self._held_bytes < _MOST_BYTES_HELD
            if not roomy:
                self._changed.wait(_BLOCK_MS / 1_000)
            return roomy

    def _hold(self, found: list[Raw]) -> None:
        if not found:
            return
        now_ns = time.monotonic_ns()
        entries = [entry for raw in found if (entry := self._read(raw, now_ns))]
        with self._changed:
            self._held.extend(entries)
            self._held_bytes += sum(entry.size for entry in entries)
            self._changed.notify_all()

    def _read(self, raw: Raw, now_ns: int) -> Entry | None:
        body = raw.fields.get(b"line", b"")
        line = read_line(body)
        if line is None:
            self.foreign += not raw.past
            return None
        return Entry(line, body, raw.fields.get(b"wire", b""), now_ns, raw.past, raw.again)

"""RedisCursor: where in the stream a reader is, over cuts, restarts and streams that begin anew.

Used by redis_reader, from its thread. Raises what the client raises.
"""

from msgspec import Struct
from redis.exceptions import ResponseError

from kairos_tui.sinks.redis_link import Client

EntryId = tuple[int, int]
_TAIL = 300
"""Entries before the first one told that are looked at, to know each run's count."""
_BEGINNING: EntryId = (0, 0)


class Raw(Struct, frozen=True):
    """An entry as it came."""

    fields: dict[bytes, bytes]
    past: bool = False
    again: bool = False


class RedisCursor:
    """`since`: new, start, or the id after which to read."""

    def __init__(self, stream: str, since: str) -> None:
        self.notes: list[str] = []
        self._stream = stream
        self._since = since
        self._last: EntryId | None = None
        self._again_until = _BEGINNING

    def settle(self, client: Client) -> list[Raw]:
        """At every connection, and now and then: find the place. What lies before it comes as past."""
        if self._last is None:
            return self._find_first(client)
        newest = self._newest(client)
        if newest < self._last:
            # Another stream of that name, or an older copy of it: what is in it was perhaps told before.
            self._again_until, self._last = newest, _BEGINNING
            self.notes.append("the stream was set back and is read from its beginning")
        return []

    def read(self, client: Client, *, block_ms: int, most: int) -> list[Raw]:
        """What comes after the place; waits for it up to `block_ms`."""
        assert self._last is not None
        answer = client.xread({self._stream: _text(self._last)}, count=most, block=block_ms)
        entries = answer[0][1] if answer else []
        found = []
        for entry_id, fields in entries:
            self._last = _read_id(entry_id)
            found.append(Raw(fields or {}, again=self._last <= self._again_until))
        return found

    def _find_first(self, client: Client) -> list[Raw]:
        if self._since == "start":
            self._last = _BEGINNING
            return []
        upto = "+" if self._since == "new" else self._since
        tail = client.xrevrange(self._stream, max=upto, count=_TAIL)
        if self._since == "new":
            self._last = _read_id(tail[0][0]) if tail else self._newest(client)
        else:
            self._last = _read_id(self._since.encode())
            if not tail and client.exists(self._stream):
                self.notes.append(
                    "nothing up to that id is kept any more: what followed it may be missing too"
                )
        return [Raw(fields or {}, past=True) for _, fields in reversed(tail)]

    def _newest(self, client: Client) -> EntryId:
        try:
            return _read_id(client.xinfo_stream(self._stream)["last-generated-id"])
        except ResponseError as error:
            if "no such key" in str(error):
                return _BEGINNING
            raise


def _read_id(text: bytes) -> EntryId:
    at_ms, _, number = text.partition(b"-")
    return int(at_ms), int(number or 0)


def _text(entry_id: EntryId) -> str:
    return f"{entry_id[0]}-{entry_id[1]}"

"""RedisSink: lines -> a Stream whose ids make duplicates collapse, and a channel; boards -> an expiring key.

Before it: courier. After it: a Redis, read back by redis_reader or by anything else that speaks it.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from types import TracebackType
from typing import Any, Self

from redis import exceptions

from kairos_tui.errors import SettingsInvalid, SinkDown
from kairos_tui.market import Board
from kairos_tui.sinks.lines import SignalLine
from kairos_tui.sinks.redis_link import CALL_WITHIN_S, STOPS, is_refusal, open_in_loop, said
from kairos_tui.sinks.redis_place import RedisPlace
from kairos_tui.sinks.seam import Pace, Told

_MOST_ROUNDS = 3
_BEHIND = ("equal or smaller", "must be greater")

EntryId = tuple[int, int]
"""(milliseconds, this sink's line number), as in `1795342351123-42`."""


class RedisSink:
    """One batch is one transaction: another writer's entries never stand between its lines.

    An entry's id is made once from its line and kept over every retry. A server that already has it refuses
    it, which counts as delivered; refused by somebody else's later entry, it gets an id behind that one.
    """

    pace = Pace(most_at_once=128, deadline_s=2 * CALL_WITHIN_S)

    def __init__(self, place: RedisPlace) -> None:
        self._place = place
        self._client = open_in_loop(place)
        self._ids: dict[int, EntryId] = {}
        self._last_ms = 0

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as unless_it_works:
            unless_it_works.push_async_callback(self._client.aclose)
            await self._greet()
            unless_it_works.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.aclose()

    async def emit(self, told: Sequence[Told]) -> None:
        """All of it, or SinkDown and none of it: the next attempt finds out what a lost answer hid."""
        async with self._asking():
            left = list(told)
            for _ in range(_MOST_ROUNDS):
                self._name(left)
                refused = await self._add(left)
                left = await self._not_there(refused)
                if not left:
                    break
                await self._step_behind_others(left)
        if left:
            raise SinkDown("another writer of the stream is always ahead", taken=len(told) - len(left))
        for each in told:
            del self._ids[each.line.seq]

    async def show(self, board: Board, packed: bytes) -> None:
        """The newest picture under its key, for as long as it may be believed."""
        if self._place.board:
            async with self._asking():
                await self._client.set(self._place.board, packed, px=self._place.board_ttl_ms)

    async def _greet(self) -> None:
        """Raises SettingsInvalid for what will not change by itself: the password, a key of another kind."""
        try:
            async with self._asking():
                kind = await self._client.execute_command("TYPE", self._place.stream)
        except SinkDown as down:
            if down.__cause__ is not None and is_refusal(down.__cause__):
                raise SettingsInvalid(f"{self._place.shown}: {down}") from down
            raise
        if kind not in (b"none", b"stream"):
            key = self._place.stream
            raise SettingsInvalid(
                f"{self._place.shown}: {key!r} is a {kind.decode()} there: choose ?stream=NAME"
            )

    def _name(self, told: Sequence[Told]) -> None:
        """Ids for lines that have none. One instant for a batch: all of it is behind others, or none."""
        fresh = [each for each in told if each.line.seq not in self._ids]
        if fresh:
            self._last_ms = max(self._last_ms, *(each.line.ts_us // 1_000 for each in fresh))
            self._ids |= {each.line.seq: (self._last_ms, each.line.seq) for each in fresh}

    async def _add(self, told: Sequence[Told]) -> list[Told]:
        """Those that the server refused because of their ids."""
        place = self._place
        async with self._client.pipeline(transaction=True) as pipe:
            for each in told:
                pipe.xadd(
                    place.stream, _fields(each), id=self._id_of(each), maxlen=place.maxlen, approximate=True
                )
            for each in told if place.channel else ():
                pipe.publish(place.channel, each.body.rstrip(b"\n"))
            answers = await pipe.execute(raise_on_error=False)
        refused = []
        for each, answer in zip(told, answers[: len(told)], strict=True):
            if isinstance(answer, exceptions.ResponseError) and any(word in str(answer) for word in _BEHIND):
                refused.append(each)
            elif isinstance(answer, Exception):
                raise answer
        return refused

    async def _not_there(self, refused: Sequence[Told]) -> list[Told]:
        """Of what was refused, those that are not in the stream: the others were delivered before."""
        if not refused:
            return []
        async with self._client.pipeline(transaction=False) as pipe:
            for each in refused:
                pipe.xrange(self._place.stream, self._id_of(each), self._id_of(each))
            found = await pipe.execute()
        return [
            each
            for each, entries in zip(refused, found, strict=True)
            if not any(fields.get(b"line") == each.body.rstrip(b"\n") for _, fields in entries)
        ]

    async def _step_behind_others(self, left: Sequence[Told]) -> None:
        facts: dict[str, Any] = await self._client.xinfo_stream(self._place.stream)
        last_ms = int(facts["last-generated-id"].partition(b"-")[0])
        self._last_ms = max(self._last_ms, last_ms + 1)
        for each in left:
            del self._ids[each.line.seq]

    def _id_of(self, told: Told) -> str:
        at_ms, seq = self._ids[told.line.seq]
        return f"{at_ms}-{seq}"

    @asynccontextmanager
    async def _asking(self) -> AsyncIterator[None]:
        try:
            yield
        except STOPS as error:
            raise SinkDown(said(error)) from error


def _fields(told: Told) -> dict[Any, Any]:
    """`line` has no newline: what redis-cli shows is what the line is."""
    line = told.line
    return {
        "type": type(line).__struct_config__.tag,
        "id": line.id if isinstance(line, SignalLine) else "",
        "line": told.body.rstrip(b"\n"),
        "wire": told.packed,
    }

"""/events is the contract's lines for curl: hello first, numbered, resumable, and every hole is named."""

import asyncio
import json
from functools import partial
from typing import Any

import aiohttp
import pytest
from tests.mirror.stage import PlainWords, Served, board, mirror, signal_line, until_board, venue_line

from kairos_tui.mirror.ring import Ring
from kairos_tui.mirror.seam import Line


class Listener:
    """Reads server-sent events."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self._response = response

    async def next(self) -> tuple[int, Any]:
        """Its id and its line."""
        number = 0
        async with asyncio.timeout(5):
            while True:
                text = (await self._response.content.readline()).decode()
                if not text:
                    raise ConnectionError("it ended")
                if text.startswith("id: "):
                    number = int(text[4:])
                elif text.startswith("data: "):
                    return number, json.loads(text[6:])


def listen(served: Served, last: str | None = None, path: str = "/events") -> Any:
    headers = {"Last-Event-ID": last} if last is not None else {}
    return served.http.get(served.url(path), headers=headers)


async def heard(served: Served, count: int, last: str | None = None) -> list[tuple[int, Any]]:
    async with listen(served, last) as response:
        listener = Listener(response)
        return [await listener.next() for _ in range(count)]


async def test_hello_comes_first_and_lines_follow_as_they_happen() -> None:
    async with mirror() as served, listen(served) as response:
        listener = Listener(response)
        assert response.headers["Content-Type"].startswith("text/event-stream")
        number, hello = await listener.next()
        assert (number, hello["type"], hello["seq"]) == (1, "hello", 1)
        served.source.play(signal_line(2), venue_line(3), board(1), signal_line(4, event="close"))
        lines = [await listener.next() for _ in range(3)]

    assert [(number, line["type"], line["seq"]) for number, line in lines] == [
        (2, "signal", 2),
        (3, "venue", 3),
        (4, "signal", 4),
    ]


async def test_who_comes_late_starts_at_now_and_hello_has_the_number_before_the_next() -> None:
    async with mirror() as served:
        served.source.play(*(signal_line(seq) for seq in range(2, 50)), board(1))
        await until_board(served)
        async with listen(served) as response:
            listener = Listener(response)
            first, hello = await listener.next()
            served.source.play(signal_line(50))
            second, _ = await listener.next()

    assert (first, hello["seq"], second) == (49, 49, 50)


async def test_who_was_cut_off_goes_on_where_it_stopped() -> None:
    async with mirror() as served:
        served.source.play(*(signal_line(seq) for seq in range(2, 50)), board(1))
        await until_board(served)
        lines = await heard(served, 4, last="20")

    assert [(number, line["type"]) for number, line in lines] == [
        (20, "hello"),
        (21, "signal"),
        (22, "signal"),
        (23, "signal"),
    ]


async def test_what_is_forgotten_is_named_by_a_gap_line() -> None:
    async with mirror() as served:
        for start in range(2, 10_102, 100):
            served.source.play(*(signal_line(seq) for seq in range(start, start + 100)))
        served.source.play(board(1))
        await until_board(served)
        lines = await heard(served, 3, last="5")

    assert lines[1][1] == {
        "type": "gap",
        "seq": 101,
        "from_seq": 6,
        "to_seq": 101,
        "reason": "too long ago to be resumed",
        "ts_us": board(1).at_us,
    }
    assert lines[2][0] == 102


@pytest.mark.parametrize("last", ["7000", "9007199254740991"])
async def test_a_number_of_another_life_gets_everything_of_this_one(last: str) -> None:
    async with mirror() as served:
        served.source.play(*(signal_line(seq) for seq in range(2, 5)), board(1))
        await until_board(served)
        lines = await heard(served, 4, last=last)

    assert [number for number, _ in lines] == [1, 2, 3, 4]


@pytest.mark.parametrize("last", ["", "x", "-1", "0", "1e9", "9" * 400, "²", "7\u00a0"])
async def test_a_number_that_is_none_is_as_none(last: str) -> None:
    async with mirror() as served:
        served.source.play(*(signal_line(seq) for seq in range(2, 5)), board(1))
        await until_board(served)

        assert [number for number, _ in await heard(served, 1, last=last)] == [4]


async def test_at_the_end_comes_bye_and_the_stream_ends() -> None:
    async with mirror() as served, listen(served) as response:
        listener = Listener(response)
        await listener.next()
        served.stopping.set()
        line = (await listener.next())[1]
        while line["type"] != "bye":
            line = (await listener.next())[1]
        with pytest.raises(ConnectionError):
            await listener.next()


async def test_there_is_a_limit_to_how_many_may_listen() -> None:
    async with mirror() as served:
        open_ones = [await listen(served) for _ in range(64)]
        for each in open_ones:
            await Listener(each).next()
        assert (await served.get("/events"))[0] == 503
        for each in open_ones:
            each.close()


def line(seq: int) -> Line:
    return Line(seq, "signal", b"{}")


def test_a_ring_names_what_never_reached_it() -> None:
    ring = Ring(partial(PlainWords().gap, None), most=100)
    for seq in (2, 3, 7, 8):
        ring.put(line(seq))

    told = ring.after(2, 10)
    assert [each.seq for each in told] == [3, 6, 7, 8]
    assert json.loads(told[1].body)["from_seq"] == 4


@pytest.mark.parametrize("seq", range(13))
def test_a_ring_gives_each_reader_every_number_once_or_names_it(seq: int) -> None:
    ring = Ring(partial(PlainWords().gap, None), most=5)
    for number in (2, 3, 4, 5, 8, 9, 10, 12):
        ring.put(line(number))

    known, cursor = set(range(seq + 1)), seq
    while lines := ring.after(cursor, 2):
        for each in lines:
            assert each.seq > cursor
            cursor = each.seq
            known.add(each.seq)
            if each.type == "gap":
                named = json.loads(each.body)
                known |= set(range(named["from_seq"], named["to_seq"] + 1))
    assert known == set(range(max(13, seq + 1)))

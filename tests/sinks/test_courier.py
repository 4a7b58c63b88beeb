"""The courier delivers in order, at least once, and what the sink does is the sink's own trouble."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Self

import pytest
from tests.sinks.told import put

from kairos_tui.errors import SettingsInvalid, SinkDown, SinkRefused
from kairos_tui.market import Board
from kairos_tui.sinks import Backlog, Pace, Sink, Told
from kairos_tui.sinks.breaker import Breaker
from kairos_tui.sinks.courier import Courier
from kairos_tui.sinks.lines import GapLine


class FakeSink:
    """Takes what it is given, unless it is told to fail: `troubles` are raised one after the other."""

    def __init__(self, *troubles: Exception, pace: Pace | None = None) -> None:
        self.pace = pace or Pace()
        self.troubles = list(troubles)
        self.taken: list[Told] = []
        self.attempts = 0
        self.frozen = False
        self.ails: str | None = None
        self.entered = 0

    async def __aenter__(self) -> Self:
        self.entered += 1
        if self.troubles and self.entered <= 1 and str(self.troubles[0]).startswith("at the door"):
            raise self.troubles.pop(0)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.entered = -1

    async def emit(self, told: Sequence[Told]) -> None:
        self.attempts += 1
        if self.frozen:
            await asyncio.Event().wait()
        if self.troubles:
            trouble = self.troubles.pop(0)
            self.taken += told[: getattr(trouble, "taken", 0)]
            raise trouble
        self.taken += told

    def ailment(self) -> str | None:
        return self.ails

    @property
    def numbers(self) -> list[int]:
        return [told.line.seq for told in self.taken]


class Delivery:
    """A courier at work."""

    def __init__(self, sink: Sink, backlog: Backlog) -> None:
        self.said: list[str] = []
        self.backlog = backlog
        breaker = Breaker(first_s=0.002, longest_s=0.01)
        self.courier = Courier(backlog, sink, say=self.said.append, breaker=breaker)

    def put(self, count: int = 1) -> None:
        put(self.backlog, count)
        self.courier.wake()

    async def until(self, condition: Callable[[], object]) -> None:
        async with asyncio.timeout(10):
            while not condition():  # noqa: ASYNC110  any condition, of any object
                await asyncio.sleep(0.001)


@asynccontextmanager
async def delivering(sink: Sink, *, most: int = 100, close_s: float = 5.0) -> AsyncIterator[Delivery]:
    delivery = Delivery(sink, Backlog(run="k7f3", feed="sim", most_waiting=most))
    async with asyncio.TaskGroup() as group:
        group.create_task(delivery.courier.run())
        yield delivery
        delivery.courier.close(close_s)


async def test_lines_arrive_in_order() -> None:
    sink = FakeSink()
    async with delivering(sink) as delivery:
        delivery.put(3)
        await delivery.until(lambda: len(sink.taken) == 3)
        delivery.put(2)

    assert sink.numbers == [1, 2, 3, 4, 5]
    assert delivery.said == []
    assert sink.entered == -1


async def test_what_was_not_taken_is_offered_again_and_what_was_taken_is_not() -> None:
    sink = FakeSink(SinkDown("full", taken=2), SinkDown("full"))
    async with delivering(sink) as delivery:
        delivery.put(5)

    assert sink.numbers == [1, 2, 3, 4, 5]
    assert delivery.courier.retries == 2


async def test_that_it_is_down_is_said_once_and_once_that_it_is_back_with_exact_counts() -> None:
    sink = FakeSink(*[SinkDown("connection refused")] * 6)
    async with delivering(sink) as delivery:
        delivery.put(2)
        await delivery.until(lambda: len(sink.taken) == 2)

    assert delivery.said == ["down: connection refused; 2 lines wait", "back: 2 lines delivered, 0 lost"]


async def test_a_short_hiccup_is_not_news() -> None:
    sink = FakeSink(SinkDown("reset"), SinkDown("reset"))
    async with delivering(sink) as delivery:
        delivery.put(2)

    assert delivery.said == []


async def test_an_outage_longer_than_the_queue_loses_the_oldest_and_names_exactly_those() -> None:
    sink = FakeSink(*[SinkDown("connection refused")] * 8)
    async with delivering(sink, most=10) as delivery:
        delivery.put(1)
        await delivery.until(lambda: delivery.said)
        delivery.put(30)
        await delivery.until(lambda: delivery.backlog.is_empty)

    gap = next(told.line for told in sink.taken if isinstance(told.line, GapLine))
    assert (gap.from_seq, gap.to_seq, gap.count) == (2, 22, 21)
    assert sink.numbers == [1, *range(23, 33)]
    assert delivery.said[1:] == ["back: 11 lines delivered, 21 lost"]


async def test_a_refused_line_is_lost_alone_and_named() -> None:
    sink = FakeSink(SinkRefused("it answers 400", lost=1))
    async with delivering(sink) as delivery:
        delivery.put(3)

    (gap,) = [told.line for told in sink.taken if isinstance(told.line, GapLine)]
    assert (gap.from_seq, gap.to_seq, gap.reason) == (1, 1, "it answers 400")
    assert sorted(sink.numbers) == [2, 3, 4]
    assert delivery.said[0].startswith("refused: it answers 400")
    assert delivery.said[1:] == ["back: 3 lines delivered, 1 lost"]


async def test_who_refuses_everything_is_not_asked_without_end() -> None:
    sink = FakeSink(*[SinkRefused("it answers 404")] * 10_000)
    async with delivering(sink, close_s=0.0) as delivery:
        delivery.put(1)
        await delivery.until(lambda: sink.attempts > 3)
        await asyncio.sleep(0.05)

    assert sink.attempts < 100


async def test_a_frozen_sink_is_given_up_at_the_deadline_and_tried_again() -> None:
    sink = FakeSink(pace=Pace(deadline_s=0.02))
    sink.frozen = True
    async with delivering(sink) as delivery:
        delivery.put(1)
        await delivery.until(lambda: delivery.said)
        sink.frozen = False

    assert delivery.said[0] == "down: no answer within 0.02 s; 1 line wait"
    assert sink.numbers == [1]


async def test_at_the_end_a_frozen_sink_holds_nobody_up_and_what_is_left_is_counted() -> None:
    sink = FakeSink()
    sink.frozen = True
    courier = Courier(Backlog(run="r", feed="sim"), sink, say=lambda _note: None)
    put(courier._backlog, 4)
    asyncio.get_running_loop().call_later(0.02, courier.close, 0.05)
    async with asyncio.timeout(5):
        assert await courier.run() == 4


async def test_a_sink_that_cannot_be_opened_yet_is_said_at_once_and_opened_later() -> None:
    sink = FakeSink(SinkDown("at the door: connection refused"))
    async with delivering(sink) as delivery:
        delivery.put(2)
        await delivery.until(lambda: len(sink.taken) == 2)

    assert delivery.said[0].startswith("down: at the door: connection refused")
    assert sink.numbers == [1, 2]


@pytest.mark.parametrize("when", ["at the door: a directory", "while working"])
async def test_what_can_never_work_ends_it(when: str) -> None:
    sink = FakeSink(SettingsInvalid(when))
    courier = Courier(Backlog(run="r", feed="sim"), sink, say=lambda _note: None)
    put(courier._backlog)

    with pytest.raises(SettingsInvalid, match=when):
        await courier.run()


async def test_over_its_rate_a_sink_loses_lines_and_the_gap_goes_with_the_next_one() -> None:
    sink = FakeSink(pace=Pace(most_at_once=1, per_s=20, burst=2))
    async with delivering(sink) as delivery:
        delivery.put(1)
        await delivery.until(lambda: len(sink.taken) == 1)
        delivery.put(9)
        await delivery.until(lambda: delivery.backlog.counts.dropped == 8)
        await asyncio.sleep(0.06)
        delivery.put(1)
        await delivery.until(lambda: len(sink.taken) == 4)

    gap = sink.taken[2].line
    assert isinstance(gap, GapLine)
    assert (gap.from_seq, gap.to_seq, gap.reason) == (3, 10, "more than 20 a second")
    assert sink.numbers == [1, 2, 11, 12]


async def test_what_ails_a_sink_that_takes_lines_is_said_once() -> None:
    sink = FakeSink()
    sink.ails = "alert.sh ends with exit 3"
    async with delivering(sink) as delivery:
        delivery.put()
        await delivery.until(lambda: sink.attempts == 1)
        delivery.put()
        await delivery.until(lambda: sink.attempts == 2)
        sink.ails = None
        delivery.put()

    assert delivery.said == ["alert.sh ends with exit 3", "well again"]


class BoardSink(FakeSink):
    """Keeps the newest board."""

    def __init__(self, *troubles: Exception) -> None:
        super().__init__(*troubles)
        self.boards: list[bytes] = []

    async def show(self, board: Board, packed: bytes) -> None:
        if self.troubles:
            raise self.troubles.pop(0)
        self.boards.append(packed)


async def test_only_the_newest_board_is_shown_and_at_most_ten_a_second(make_board) -> None:
    sink = BoardSink()
    async with delivering(sink) as delivery:
        for number in range(20):
            delivery.courier.show(make_board(), b"%d" % number)
        await delivery.until(lambda: sink.boards)
        delivery.courier.show(make_board(), b"last")
        await delivery.until(lambda: sink.boards[-1] == b"last")

    assert len(sink.boards) <= 3


async def test_a_board_that_cannot_be_shown_is_skipped_and_the_outage_is_said(make_board) -> None:
    sink = BoardSink(*[SinkDown("connection refused")] * 3)
    async with delivering(sink) as delivery:
        for number in range(100):
            delivery.courier.show(make_board(), b"%d" % number)
            await asyncio.sleep(0.02)
            if sink.boards:
                break

    assert delivery.said == [
        "down: connection refused; 0 lines wait",
        "back: 0 lines delivered, 0 lost",
    ]
    assert sink.boards[0] != b"0"

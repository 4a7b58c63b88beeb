"""What waits for a sink is bounded; what is lost is counted exactly, and named before what was kept."""

from tests.sinks.told import put

from kairos_tui.sinks import Backlog, Told
from kairos_tui.sinks.backlog import OVERFLOWED
from kairos_tui.sinks.lines import GapLine


def backlog_of(most: int = 100) -> Backlog:
    return Backlog(run="k7f3", feed="sim", most_waiting=most)


def shown(told: Told) -> object:
    """A line's number, or what a gap line names."""
    line = told.line
    return (line.seq, line.from_seq, line.to_seq, line.count) if isinstance(line, GapLine) else line.seq


def take_all(backlog: Backlog) -> list[object]:
    taken: list[object] = []
    while batch := backlog.batch(50):
        taken += map(shown, batch)
        backlog.took(len(batch))
    return taken


def test_lines_are_numbered_from_one_in_the_order_they_came() -> None:
    backlog = backlog_of()
    put(backlog, 3)

    assert take_all(backlog) == [1, 2, 3]
    assert backlog.is_empty
    assert backlog.counts.delivered == 3


def test_the_oldest_make_room_and_a_gap_line_names_them_before_what_was_kept() -> None:
    backlog = backlog_of(10)
    put(backlog, 17)

    assert take_all(backlog) == [(8, 1, 7, 7), *range(9, 19)]
    assert (backlog.counts.dropped, backlog.counts.named) == (7, 7)


def test_a_batch_on_its_way_keeps_its_numbers_while_those_behind_it_are_dropped() -> None:
    backlog = backlog_of(10)
    put(backlog, 5)
    first = backlog.batch(3)
    put(backlog, 20)

    assert backlog.batch(50) == first
    assert take_all(backlog) == [1, 2, 3, (19, 4, 18, 15), *range(20, 27)]
    assert backlog.counts.dropped == 15


def test_all_that_is_dropped_in_one_outage_is_one_hole_whatever_had_been_lost_before() -> None:
    backlog = backlog_of(10)
    put(backlog, 2)
    backlog.lose(4, "lost between processes", ts_us=1)
    put(backlog, 10)

    assert take_all(backlog) == [(7, 1, 6, 6), *range(8, 18)]


def test_what_was_lost_before_it_came_is_named_where_it_would_have_stood() -> None:
    backlog = backlog_of()
    put(backlog)
    backlog.lose(2, "lost between processes", ts_us=1)
    backlog.lose(3, "lost between processes", ts_us=1)
    put(backlog)

    assert take_all(backlog) == [1, (7, 2, 6, 5), 8]
    assert backlog.counts.missed == 5


def test_a_refused_batch_is_named_by_the_next_one() -> None:
    backlog = backlog_of()
    put(backlog, 4)
    backlog.batch(3)

    assert backlog.refuse("it answers 400") == 3
    assert take_all(backlog) == [(4, 1, 3, 3), 5]
    assert backlog.counts.refused == 3


def test_when_the_gap_line_is_refused_too_the_next_one_names_both() -> None:
    backlog = backlog_of()
    put(backlog, 3)
    backlog.batch(1)
    backlog.refuse("it answers 400")
    backlog.batch(1)
    backlog.refuse("it answers 400")

    assert take_all(backlog) == [(4, 1, 3, 3), 5]


def test_only_the_refused_lines_of_a_batch_are_named() -> None:
    backlog = backlog_of()
    put(backlog, 4)
    backlog.batch(4)
    backlog.took(1)
    backlog.refuse("it answers 400", 1)
    backlog.took(1)
    backlog.refuse("it answers 400", 1)

    assert take_all(backlog) == [(5, 2, 2, 1), (6, 4, 4, 1)]


def test_shedding_leaves_one_hole_with_its_reason() -> None:
    backlog = backlog_of()
    put(backlog, 2)
    backlog.shed("more than 1 a second")
    put(backlog, 1)
    backlog.shed("more than 1 a second")

    assert backlog.only_lost
    (told,) = backlog.batch(1)
    assert isinstance(told.line, GapLine)
    assert (told.line.count, told.line.reason) == (3, "more than 1 a second")


def test_the_reason_of_an_overflow_is_said() -> None:
    backlog = backlog_of(10)
    put(backlog, 11)

    gap = backlog.batch(1)[0].line
    assert isinstance(gap, GapLine)
    assert gap.reason == OVERFLOWED


def test_gap_lines_do_not_count_into_the_size_of_a_batch() -> None:
    backlog = backlog_of()
    backlog.lose(2, "lost between processes", ts_us=1)
    put(backlog, 3)

    assert [shown(told) for told in backlog.batch(1)] == [(3, 1, 2, 2), 4]

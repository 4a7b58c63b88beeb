"""The promise: the engine's desk tells each markout after its signal, when it is due; the rest at the end."""

from tests.runtime.test_paper_desk import MS, VENUES, Room

from kairos_tui.market import HORIZONS_MS, Markout, Signal


def markouts(room: Room) -> list[Markout]:
    return [body for body in room.said if isinstance(body, Markout)]


def test_it_asks_to_be_woken_at_each_horizon_and_tells_what_it_finds() -> None:
    room = Room(None)
    room.open()
    (signal,) = [body for body in room.said if isinstance(body, Signal)]
    assert room.desk.next_check_ns(room.now_ns) == room.now_ns + 50 * MS
    room.now_ns += 50 * MS
    room.desk.decide(room.now_ns)

    (markout,) = markouts(room)
    assert (markout.id, markout.horizon_ms, markout.at_ns) == (signal.id, 50, room.now_ns)
    assert markout.captured is True
    assert room.said[-1] is markout
    (grade,) = room.board().symbols[0].grades
    assert (grade.opened, grade.horizons[0].hits) == (1, 1)


def test_what_arrives_with_the_horizon_is_in_its_price_and_told_after_what_it_does() -> None:
    room = Room(None)
    room.open()
    room.now_ns += 51 * MS
    room.arrive(room.book(VENUES[1], 60_010.0, 60_300.0))
    room.desk.decide(room.now_ns)

    kinds = [type(body).__name__ for body in room.said if isinstance(body, Signal | Markout)]
    assert kinds == ["Signal", "Signal", "Markout"]
    assert markouts(room)[0].captured is False


def test_at_the_end_the_horizons_that_are_left_are_told_as_unpriced_after_the_close() -> None:
    room = Room(None)
    room.open()
    room.now_ns += 100 * MS
    room.desk.decide(room.now_ns)
    room.desk.close(room.now_ns)

    told = markouts(room)
    assert [each.horizon_ms for each in told] == list(HORIZONS_MS)
    assert {each.note for each in told[2:]} == {"ended before"}
    close = next(body for body in room.said if isinstance(body, Signal) and body.event == "close")
    assert room.said.index(close) < room.said.index(told[2])

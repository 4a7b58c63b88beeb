"""What waits for the disk is bounded; what found no room is told in its place, and a checkpoint asked for."""

from tests.journal.container.conftest import checkpoint

from kairos_tui.journal import BEGIN, Channel, unpack_loss
from kairos_tui.journal.container.lane import Lane

ALL = 10**9


def fill(lane: Lane, most: int = 1_000) -> int:
    """Put until one is refused; how many went in."""
    for number in range(most):
        lane.put(Channel.FRAME, number, b"x" * 1_000)
        if lane.lost:
            return number
    raise AssertionError("never full")


def test_a_full_lane_refuses_and_counts() -> None:
    lane = Lane(20_000)

    taken = fill(lane)

    assert 15 <= taken <= 20
    assert lane.waiting_bytes <= 20_000
    assert len(lane.take(ALL)) == taken


def test_a_hole_is_told_where_it_is_when_there_is_room_again() -> None:
    lane = Lane(20_000)
    taken = fill(lane)
    lane.put(Channel.OUTPUT, 900, b"y" * 50)
    before = lane.take(ALL)

    lane.put(Channel.FRAME, 1_000, b"after")

    rows = before + lane.take(ALL)
    loss = unpack_loss(rows[taken][2])
    assert [row[1] for row in rows[taken:]] == [Channel.LOST, Channel.FRAME]
    assert rows[taken][0] == 900
    assert loss is not None
    assert (loss.since_ns, loss.until_ns, loss.count, loss.bytes) == (taken, 900, 2, 1_050)
    assert loss.entries == {Channel.FRAME: 1, Channel.OUTPUT: 1}


def test_nothing_is_let_in_until_half_is_gone() -> None:
    lane = Lane(20_000)
    fill(lane)
    lane.take(1_000)
    lane.put(Channel.TURN, 2_000, b"\1")
    assert lane.lost == 2

    lane.take(10_000)
    lane.put(Channel.TURN, 2_001, b"\1")

    assert lane.lost == 2


def test_a_hole_asks_for_a_checkpoint_until_one_begins() -> None:
    lane = Lane(20_000)
    fill(lane)
    lane.take(ALL)
    assert not lane.has_hole
    lane.put(Channel.TURN, 1, b"\1")
    assert lane.has_hole

    lane.put(Channel.CHECKPOINT, 2, BEGIN)

    assert not lane.has_hole
    assert lane.begun == 1


def test_a_checkpoint_is_taken_by_itself() -> None:
    lane = Lane(ALL)
    lane.put(Channel.TURN, 1, b"\1")
    for entry in checkpoint(2):
        lane.put(entry.channel, entry.at_ns, entry.body)
    lane.put(Channel.TURN, 3, b"\1")

    assert [row[0] for row in lane.take(ALL)] == [1]
    assert [row[0] for row in lane.take(ALL)] == [2] * 5
    assert [row[0] for row in lane.take(ALL)] == [3]


def test_a_body_that_no_reader_would_take_is_lost() -> None:
    lane = Lane(ALL)

    lane.put(Channel.STATE, 1, bytes(5_000_000))
    lane.put(Channel.TURN, 2, b"\1")

    assert [row[1] for row in lane.take(ALL)] == [Channel.LOST, Channel.TURN]


def test_what_was_refused_last_is_told_in_the_end() -> None:
    lane = Lane(20_000)
    fill(lane)

    lane.tell_loss()

    assert lane.take(ALL)[-1][1] == Channel.LOST

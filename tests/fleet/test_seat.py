"""The promise: engines come, go, die and sleep, and for each asset one speaks: never two."""

import os

import pytest
from tests.fleet.stand_in import ASSETS, QUICK, Fleet, until

from kairos_tui.errors import FleetRefused, SettingsInvalid
from kairos_tui.fleet import Member, Seat


def test_the_first_founds_the_fleet_and_speaks_for_all(fleet: Fleet) -> None:
    engine = fleet.engine("a")
    fleet.settle()

    assert engine.share == frozenset(ASSETS)
    assert engine.seat.roster.run == f"run-{engine.key}"


def test_a_newcomer_takes_its_share_from_the_others(fleet: Fleet) -> None:
    first = fleet.engine("a")
    fleet.settle()
    second = fleet.engine("b")
    fleet.settle()

    assert first.share | second.share == frozenset(ASSETS)
    assert first.share
    assert second.share
    assert second.seat.roster.run == first.seat.roster.run
    assert first.seat.member.number != second.seat.member.number


def test_a_newcomer_does_not_speak_before_it_is_warm(fleet: Fleet) -> None:
    fleet.engine("a")
    fleet.settle()
    cold = fleet.engine("b", warm=False)
    until(lambda: cold.seat.roster.mover == "b")
    number = cold.seat.roster.number
    late = fleet.engine("c")
    until(lambda: late.seat.roster.number == number)

    assert not cold.speaks
    assert cold.seat.roster.now == ("a",)
    assert late.seat.roster.member("c") is None
    cold.is_warm = True
    fleet.settle()


def test_a_change_waits_for_ingesters_and_readers(fleet: Fleet) -> None:
    fleet.engine("a")
    fleet.settle()
    slow = fleet.follower("x", deaf=True)
    reader = fleet.follower("r", kind="reader")
    second = fleet.engine("b")
    until(lambda: reader.watcher.roster.mover == "b")

    assert not second.speaks
    slow.is_deaf = False
    fleet.settle()
    assert not any("goes on without" in note for note in second.seat.notes())


def test_it_goes_on_without_who_never_acknowledges_and_says_so(fleet: Fleet) -> None:
    fleet.engine("a")
    fleet.settle()
    fleet.follower("x", deaf=True)
    second = fleet.engine("b")
    fleet.settle()

    assert any("goes on without waiting for ingest x" in note for note in second.seat.notes())


def test_a_leaver_gives_up_its_share_and_is_gone(fleet: Fleet) -> None:
    for name in "abc":
        fleet.engine(name)
    fleet.settle()
    fleet.leave("b")
    fleet.settle()

    assert fleet.engines["a"].seat.roster.now == ("a", "c")
    assert {member.name for member in fleet.engines["a"].seat.roster.members} == {"a", "c"}
    fleet.leave("a")
    fleet.leave("c")


def test_a_dead_one_is_replaced(fleet: Fleet) -> None:
    fleet.engine("a")
    fleet.settle()
    fleet.engine("b")
    fleet.settle()
    fleet.kill("b")
    fleet.settle()

    assert fleet.engines["a"].share == frozenset(ASSETS)
    fleet.engine("b")
    fleet.settle()


def test_who_comes_back_under_the_name_of_a_dead_one_is_not_the_dead_one(fleet: Fleet) -> None:
    """Its predecessor's name may still count in the roster: it must be warm before it speaks all the same."""
    fleet.engine("a")
    fleet.settle()
    fleet.kill("a")
    again = fleet.engine("a", warm=False)
    until(lambda: again.seat.roster.mover == "a")

    assert not again.speaks
    assert again.seat.roster.now == ()
    again.is_warm = True
    fleet.settle()


def test_who_comes_back_is_a_member_once_it_has_its_own_number(fleet: Fleet) -> None:
    fleet.engine("a")
    fleet.settle()
    fleet.engine("b")
    fleet.settle()
    fleet.kill("a")
    fleet.kill("b")
    seat = fleet.engine("b").seat
    until(lambda: seat.is_member)

    assert seat.roster.member("b") == seat.member


def test_a_sleeper_that_was_replaced_says_nothing_until_it_is_let_in_again(fleet: Fleet) -> None:
    fleet.engine("a")
    sleeper = fleet.engine("b")
    fleet.settle()
    sleeper.pause()
    until(lambda: fleet.engines["a"].applied.names == ("a",))
    assert not sleeper.speaks
    epoch_before = sleeper.seat.roster.number
    sleeper.wake()
    fleet.settle()

    assert sleeper.seat.roster.number > epoch_before
    assert not fleet.referee.faults


def test_a_sleeper_that_nobody_replaced_goes_on_once_it_has_renewed(fleet: Fleet) -> None:
    alone = fleet.engine("a")
    fleet.settle()
    number = alone.seat.roster.number
    alone.pause()
    until(lambda: not alone.speaks)
    alone.wake()
    fleet.settle()

    assert alone.seat.roster.number == number


def test_a_name_that_a_living_one_has_is_refused_and_says_whose_it_is(fleet: Fleet) -> None:
    first = fleet.engine("a")
    fleet.settle()
    second = fleet.engine("a")
    until(lambda: second.seat.fatal is not None)

    assert isinstance(second.seat.fatal, FleetRefused)
    assert f"engine name a is taken by a living one (host {os.uname().nodename}, pid {os.getpid()})" in str(
        second.seat.fatal
    )
    assert first.seat.fatal is None
    assert first.speaks
    second.close()
    fleet.engines["a"] = first


def test_epochs_are_never_given_twice_even_by_a_redis_that_forgot(fleet: Fleet, redis_server) -> None:
    first, second = fleet.engine("a"), fleet.engine("b")
    fleet.settle()
    epochs = [engine.seat.next_epoch() for engine in (first, second, first, second)]
    redis_server.client.flushall()
    fleet.settle()
    third = fleet.engine("c")
    fleet.settle()
    epochs += [engine.seat.next_epoch() for _ in range(6) for engine in (first, second, third)]

    assert len(set(epochs)) == len(epochs)
    assert {engine.seat.roster.run for engine in (first, second, third)} == {first.seat.roster.run}


def test_a_far_wire_version_is_refused_with_both_named(fleet: Fleet) -> None:
    fleet.engine("a")
    fleet.settle()
    neighbour = Seat(fleet.place, Member("b", wire=3), run="r", tempo=QUICK)
    until(lambda: neighbour.roster.mover == "b")
    neighbour.close(wait_s=2.0)
    stranger = Seat(fleet.place, Member("c", wire=4), run="r", tempo=QUICK)
    until(lambda: stranger.fatal is not None)

    assert "wire version 4 here and 2 at engine a (host" in str(stranger.fatal)
    assert stranger.roster.member("c") is None
    stranger.close(wait_s=2.0)


@pytest.mark.parametrize("name", ["", "a b", "a/b", "x" * 41, "-a", "é"])
def test_a_name_that_cannot_be_one_is_refused_at_once(fleet: Fleet, name) -> None:
    with pytest.raises(SettingsInvalid, match="cannot be one"):
        fleet.engine(name)

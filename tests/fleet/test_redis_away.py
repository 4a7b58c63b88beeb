"""The promise: without its Redis a fleet goes on as it was; with an empty one it is what it was."""

import time

import pytest
from tests.fleet.stand_in import ASSETS, QUICK, Fleet, until

from kairos_tui.errors import FleetDown, SettingsInvalid
from kairos_tui.fleet import Member, Seat, Watcher, fleet_place


def started(fleet: Fleet) -> None:
    for name in "abc":
        fleet.engine(name)
    fleet.follower("x")
    fleet.follower("r", kind="reader")
    fleet.settle()


def held_for(fleet: Fleet, leases: float) -> None:
    """Everything stays spoken for, over so many leases."""
    over_ns = time.monotonic_ns() + int(leases * QUICK.lease_ms * 1e6)
    gaps = 0
    while time.monotonic_ns() < over_ns:
        gaps += fleet.referee.spoken_for() != sorted(ASSETS)
        time.sleep(0.02)
    assert gaps == 0 or fleet.is_settled(), "a busy machine may be late once; it comes back by itself"


def test_all_go_on_while_it_is_away_and_restore_what_it_forgot(fleet: Fleet, redis_server) -> None:
    started(fleet)
    before = fleet.engines["a"].seat.roster
    redis_server.kill()
    until(lambda: all(engine.seat.trouble for engine in fleet.engines.values()))
    held_for(fleet, 3)
    fleet.settle()

    assert {engine.seat.roster for engine in fleet.engines.values()} == {before}
    assert "connection refused" in (fleet.engines["a"].seat.trouble or "")
    redis_server.start()
    until(lambda: all(engine.seat.roster.number > before.number for engine in fleet.engines.values()))
    fleet.settle()
    after = fleet.engines["a"].seat.roster
    assert (after.run, after.now) == (before.run, before.now)
    until(lambda: fleet.followers[0].watcher.roster == after)
    until(lambda: all(engine.seat.trouble is None for engine in fleet.engines.values()))


def test_a_frozen_one_stops_nobody_and_kills_nobody(fleet: Fleet, redis_server) -> None:
    """All leases end while it sleeps: who wakes it first must not take the others for dead."""
    started(fleet)
    before = fleet.engines["a"].seat.roster
    redis_server.freeze()
    until(lambda: all(engine.seat.trouble for engine in fleet.engines.values()))
    began_ns = time.monotonic_ns()
    for engine in fleet.engines.values():
        engine.seat.duty()
        engine.seat.warm()
    fleet.followers[0].watcher.acknowledge(before.number)
    assert time.monotonic_ns() - began_ns < 1_000_000_000, "nobody waits for the Redis"
    held_for(fleet, 3)
    redis_server.thaw()
    until(lambda: all(engine.seat.trouble is None for engine in fleet.engines.values()))
    fleet.settle()

    assert fleet.engines["a"].seat.roster.now == before.now


def test_who_dies_while_it_is_away_is_replaced_when_it_is_back(fleet: Fleet, redis_server) -> None:
    started(fleet)
    redis_server.kill()
    until(lambda: all(engine.seat.trouble for engine in fleet.engines.values()))
    fleet.kill("b")
    redis_server.start()
    fleet.settle()

    assert fleet.engines["a"].seat.roster.now == ("a", "c")


def test_a_newcomer_in_an_empty_redis_does_not_found_another_fleet(fleet: Fleet, redis_server) -> None:
    started(fleet)
    run = fleet.engines["a"].seat.roster.run
    redis_server.kill()
    until(lambda: all(engine.seat.trouble for engine in fleet.engines.values()))
    newcomer = fleet.engine("d")
    redis_server.start()
    fleet.settle()

    assert newcomer.seat.roster.run == run
    assert newcomer.seat.roster.now == ("a", "b", "c", "d")


def test_an_engine_can_start_again_while_it_is_away(fleet: Fleet, redis_server) -> None:
    started(fleet)
    seat = fleet.engines["a"].seat
    seat.next_epoch()
    redis_server.kill()
    until(lambda: seat.trouble is not None)

    assert len({seat.next_epoch(within_s=0.1) for _ in range(2)}) == 2
    while seat._epochs:
        seat.next_epoch()
    with pytest.raises(FleetDown, match="connection refused"):
        seat.next_epoch(within_s=0.1)


def test_without_a_redis_from_the_start_it_waits_and_says_why(tmp_path) -> None:
    place = fleet_place("redis://127.0.0.1:1")
    seat = Seat(place, Member("a"), run="r", tempo=QUICK)
    watcher = Watcher(place, "ingest", "x", wire=2, version="0", tempo=QUICK)
    until(lambda: seat.trouble is not None and watcher.trouble is not None)

    assert seat.trouble == "fleet main at 127.0.0.1:1/0: connection refused"
    assert not seat.duty().speaks
    assert seat.fatal is watcher.fatal is None
    seat.leave()
    until(lambda: seat.left)
    assert seat.notes() == ["left without a word: the fleet's Redis does not answer"]
    seat.close(wait_s=2.0)
    watcher.close(wait_s=2.0)


@pytest.mark.parametrize("key", ["roster", "engine:a", "epoch", "roll", "born"])
def test_what_another_program_keeps_there_is_refused_in_one_line(redis_server, key) -> None:
    redis_server.client.lpush(f"kairos:main:{key}", "theirs")
    seat = Seat(fleet_place(redis_server.url), Member("a"), run="r", tempo=QUICK)
    until(lambda: seat.fatal is not None)

    assert isinstance(seat.fatal, SettingsInvalid)
    assert "holds what no Kairos of this version wrote: choose another ?name=" in str(seat.fatal)
    assert redis_server.client.lrange(f"kairos:main:{key}", 0, -1) == [b"theirs"]
    seat.close(wait_s=2.0)


@pytest.mark.parametrize("text", ["nonsense", "{}", '{"number": "many"}', "[1]"])
def test_a_roster_that_cannot_be_read_is_refused_in_one_line(redis_server, text) -> None:
    redis_server.client.set("kairos:main:roster", text)
    seat = Seat(fleet_place(redis_server.url), Member("a"), run="r", tempo=QUICK)
    until(lambda: seat.fatal is not None or seat.roster.number > 0)

    assert "holds what no Kairos" in str(seat.fatal) or text == "{}"
    seat.close(wait_s=2.0)


def test_a_wrong_password_is_refused_and_not_shown(redis_server) -> None:
    redis_server.client.config_set("requirepass", "secret")
    place = fleet_place(f"redis://:wrong@127.0.0.1:{redis_server.port}")
    seat = Seat(place, Member("a"), run="r", tempo=QUICK)
    until(lambda: seat.fatal is not None)

    assert str(seat.fatal) == f"--fleet: fleet main at {place.shown}: wrong user or password"
    seat.close(wait_s=2.0)


def test_everything_is_gone_from_it_some_time_after_the_fleet_is(fleet: Fleet, redis_server) -> None:
    started(fleet)
    keys = redis_server.client.keys("*")

    assert {key.decode().rpartition("kairos:test:")[2] for key in keys} == {
        *("roster", "epoch", "roll", "born"),
        *("engine:a", "engine:b", "engine:c", "ingest:x", "reader:r"),
    }
    assert all(0 < redis_server.client.pttl(key) <= QUICK.keep_ms for key in keys)

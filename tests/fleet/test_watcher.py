"""The promise: an ingester or a reader sees every roster, never an older one, and has its name for itself."""

from tests.fleet.stand_in import QUICK, Fleet, until

from kairos_tui.errors import FleetRefused
from kairos_tui.fleet import Member, Roster, Watcher, join, serve


def test_rosters_come_in_order(fleet: Fleet) -> None:
    follower = fleet.follower("x")
    for name in "abc":
        fleet.engine(name)
        fleet.settle()
    fleet.leave("b")
    fleet.settle()

    until(lambda: follower.watcher.roster == fleet.engines["a"].seat.roster)
    assert follower.seen == sorted(set(follower.seen))
    assert follower.watcher.roster.concerned == ("a", "c")


def test_a_name_that_a_living_one_has_is_refused(fleet: Fleet) -> None:
    first = fleet.follower("x")
    until(lambda: first.watcher._held)
    second = fleet.follower("x")
    until(lambda: second.watcher.fatal is not None)

    assert isinstance(second.watcher.fatal, FleetRefused)
    assert "the ingest name x is taken by a living one (host" in str(second.watcher.fatal)
    assert first.watcher.fatal is None
    same_word_other_kind = fleet.follower("x", kind="reader")
    until(lambda: same_word_other_kind.watcher._held)


def test_who_is_closed_is_not_waited_for(fleet: Fleet) -> None:
    fleet.engine("a")
    fleet.settle()
    deaf = fleet.follower("x", deaf=True)
    until(lambda: deaf.watcher.roster.number > 0)
    deaf.close()
    engine = fleet.engine("b")
    fleet.settle()

    assert not [note for note in engine.seat.notes() if "waiting" in note]


def test_a_far_wire_version_is_refused(fleet: Fleet) -> None:
    fleet.engine("a")
    fleet.settle()
    watcher = Watcher(fleet.place, "reader", "r", wire=0, version="9", tempo=QUICK)
    until(lambda: watcher.fatal is not None)

    assert "wire version 0 here and 2 at engine a" in str(watcher.fatal)
    watcher.close(wait_s=2.0)


def test_a_roster_set_back_is_not_followed_and_another_run_only_when_it_stays(
    fleet: Fleet, redis_server
) -> None:
    import msgspec

    ours = Roster(run="ours")
    for name in "ab":
        ours = serve(join(ours, Member(name)), name)
    client = redis_server.client
    client.set("kairos:test:roster", msgspec.json.encode(ours))
    follower = fleet.follower("x")
    until(lambda: follower.watcher.roster == ours)
    client.set("kairos:test:roster", msgspec.json.encode(join(Roster(run="ours"), Member("z"))))
    theirs = join(Roster(run="theirs"), Member("z"))
    client.set("kairos:test:roster", msgspec.json.encode(theirs))
    client.publish("kairos:test:hint", "changed")
    until(lambda: follower.watcher._foreign_since_ns is not None)

    assert follower.watcher.roster == ours
    until(lambda: follower.watcher.roster == theirs)
    until(lambda: follower.watcher._acked == theirs.number)

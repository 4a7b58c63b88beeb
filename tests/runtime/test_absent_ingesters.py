"""A venue whose last ingester is gone is withdrawn once; one that another still sends is not."""

from kairos_tui.market import Venue
from kairos_tui.runtime.absent_ingesters import ABSENT_NS, LOOK_EVERY_NS, AbsentIngesters
from kairos_tui.wire import DoorClient

OKX, KRAKEN = Venue("okx"), Venue("kraken")


def client(name: str, heard_ns: int, role: str = "ingest") -> DoorClient:
    return DoorClient(role, name, "0.1.0", 2, heard_ns)


def looks(absent: AbsentIngesters, until_ns: int, heard: dict[str, int]) -> list[tuple[int, Venue]]:
    """Look every quarter of a second; a client is heard until the given instant."""
    found = []
    for now_ns in range(LOOK_EVERY_NS, until_ns, LOOK_EVERY_NS):
        clients = [client(name, min(now_ns, last_ns)) for name, last_ns in heard.items()]
        found += [(now_ns, venue) for venue in absent.look(clients, now_ns)]
    return found


def test_the_venue_of_one_that_is_gone_is_withdrawn_once_and_within_two_seconds() -> None:
    gone_ns = 3_000_000_000
    found = looks(AbsentIngesters(), 20_000_000_000, {"okx@a": gone_ns, "kraken@a": 1 << 62})
    assert [venue for _, venue in found] == [OKX]
    assert found[0][0] - gone_ns <= ABSENT_NS + LOOK_EVERY_NS


def test_a_venue_that_another_sends_is_not_withdrawn() -> None:
    assert looks(AbsentIngesters(), 9_000_000_000, {"okx@a": 1_000_000_000, "okx@b": 1 << 62}) == []


def test_a_viewer_that_leaves_is_nobody() -> None:
    absent = AbsentIngesters()
    absent.look([client("okx@desk", 1, "hud")], LOOK_EVERY_NS)
    assert absent.look([], 2 * LOOK_EVERY_NS) == frozenset()


def test_who_was_itself_away_accuses_nobody() -> None:
    absent = AbsentIngesters()
    absent.look([client("okx@a", LOOK_EVERY_NS)], LOOK_EVERY_NS)
    woken_ns = 10_000_000_000
    assert absent.look([client("okx@a", LOOK_EVERY_NS)], woken_ns) == frozenset()
    assert absent.look([client("okx@a", woken_ns)], woken_ns + LOOK_EVERY_NS) == frozenset()
    assert absent.is_due(woken_ns + 2 * LOOK_EVERY_NS)


def test_one_whose_ticks_come_before_it_is_at_the_door_is_withdrawn_when_they_end() -> None:
    absent, found, frames = AbsentIngesters(), [], 7
    last_ns = 3_000_000_000
    for now_ns in range(LOOK_EVERY_NS, 9_000_000_000, LOOK_EVERY_NS):
        frames += now_ns <= last_ns
        sent = {"ingest:okx@a": frames, "launcher@a": frames}
        found += [(now_ns, venue) for venue in absent.look([], now_ns, sent)]
    assert [venue for _, venue in found] == [OKX]
    assert found[0][0] - last_ns <= ABSENT_NS + LOOK_EVERY_NS


def test_one_whose_door_is_away_is_not_withdrawn_while_its_ticks_come() -> None:
    absent = AbsentIngesters()
    for number, now_ns in enumerate(range(LOOK_EVERY_NS, 9_000_000_000, LOOK_EVERY_NS)):
        clients = [client("okx@a", LOOK_EVERY_NS)]
        assert absent.look(clients, now_ns, {"ingest:okx@a": number}) == frozenset()


def test_what_a_predecessor_had_counted_is_no_sign_of_life() -> None:
    absent = AbsentIngesters()
    for now_ns in range(LOOK_EVERY_NS, 9_000_000_000, LOOK_EVERY_NS):
        assert absent.look([], now_ns, {"ingest:okx@a": 41}) == frozenset()

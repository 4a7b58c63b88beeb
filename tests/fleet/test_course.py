"""The promise: in whatever order looks, steps, words and deaths fall, two engines never speak for one asset.

A Redis of dictionaries, a clock that only tests move, and every interleaving hypothesis can think of.
"""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import json
from msgspec.structs import replace
from tests.fleet.stand_in import ASSETS, share

from kairos_tui.fleet import Duty, Member, Roster, Tempo
from kairos_tui.fleet.course import Course
from kairos_tui.fleet.words import Lease, Seen, Step
from kairos_tui.market import Asset

TEMPO = Tempo()
MS = 1_000_000


class World:
    """What all share."""

    def __init__(self) -> None:
        self.now_ns = 1_000_000 * MS
        self.is_away = False
        self.roster: Roster | None = None
        self.leases: dict[str, tuple[Lease, int]] = {}
        self.losses = 0
        self.made = 0

    def living(self) -> tuple[Lease, ...]:
        return tuple(lease for lease, end_ns in self.leases.values() if end_ns > self.now_ns)

    def raw(self) -> bytes:
        return json.encode(self.roster) if self.roster else b""


class Node:
    """An engine: its seat's course, its child, and what it is just about to do."""

    def __init__(self, world: World, name: str) -> None:
        world.made += 1
        self.world, self.name = world, name
        self.token = f"t{world.made}"
        self.course = Course(Member(name), TEMPO, f"run{world.made}")
        self.failures = 0
        self.started_ns: int | None = None
        self.pending: tuple[bytes, Step] | None = None
        self.applied = Duty()

    def warm(self) -> None:
        self.course.is_warm = True

    def begin(self) -> None:
        """A beat begins: what it renews counts from here, however long it takes to arrive."""
        if self.started_ns is None:
            self.started_ns = self.world.now_ns
            course = self.course
            self.written = Lease(
                token=self.token, kind="engine", name=self.name, run=course.roster.run, acked=course.acked
            )

    def look(self) -> None:
        world, started_ns = self.world, self.started_ns
        if started_ns is None:
            return
        self.started_ns = None
        held = next((lease for lease in world.living() if lease.name == self.name), None)
        if world.is_away:
            self.failures += 1
            self.course.on_failed(started_ns, self.failures)
            return
        if held is not None and held.token != self.token:
            return
        self.failures = 0
        world.leases[self.name] = (self.written, world.now_ns + TEMPO.lease_ms * MS)
        seen = Seen(None, world.roster, world.raw(), 0, str(world.losses).encode(), world.living())
        step = self.course.on_seen(seen, started_ns, world.now_ns)
        self.pending = None if step is None else (seen.raw, step)

    def make(self) -> None:
        """The step arrives."""
        pending, self.pending = self.pending, None
        if pending is None or self.world.is_away:
            return
        raw, step = pending
        names = {lease.name for lease in self.world.living()}
        holds = any(lease.token == self.token for lease in self.world.living())
        if holds and raw == self.world.raw() and not names.intersection(step.dead):
            assert self.world.roster is None or step.roster.number > self.world.roster.number
            self.world.roster = step.roster
            self.course.on_made(step)

    def obey(self) -> None:
        """The child takes the duty up."""
        self.applied = self.course.duty()

    def answer(self) -> None:
        self.course.stopped(self.applied.roster_number)

    @property
    def share(self) -> frozenset[Asset]:
        speaks = self.applied.speaks and self.world.now_ns < self.applied.until_ns
        return share(self.name, self.applied.names) if speaks else frozenset()


def play(world: World, nodes: dict[str, Node], word: str, name: str, ms: int) -> None:
    if word == "time":
        world.now_ns += ms * MS
    elif word == "lose":
        world.roster, world.leases, world.losses = None, {}, world.losses + 1
    elif word == "away":
        world.is_away = not world.is_away
    elif word == "start":
        # Nobody starts twice; who starts in a dead one's place is refused until its lease is over.
        if name not in nodes:
            nodes[name] = Node(world, name)
    elif word == "kill":
        nodes.pop(name, None)
    elif name in nodes:
        node = nodes[name]
        if word == "leave":
            node.course.is_leaving = True
        elif word == "turn":
            for deed in (node.warm, node.begin, node.look, node.make, node.obey, node.answer):
                deed()
        else:
            getattr(node, word)()


WORDS = st.sampled_from(
    [*("turn",) * 6, "begin", "look", "make", "obey", "answer", *("time",) * 3, "start", "kill", "leave"]
)
DEEDS = st.lists(
    st.tuples(WORDS, st.sampled_from("abc"), st.sampled_from([1, 100, 250, 700, 1_400, 1_600])), max_size=120
)
FORTUNE = st.lists(
    st.tuples(
        st.one_of(WORDS, st.sampled_from(["lose", "away"])), st.sampled_from("abc"), st.integers(1, 800)
    ),
    max_size=120,
)


def no_nodes() -> dict[str, Node]:
    return {}


def check(nodes: dict[str, Node]) -> None:
    shares = [node.share for node in nodes.values()]
    assert all(node.course.is_warm for node in nodes.values() if node.share)
    assert sum(map(len, shares)) == len(frozenset().union(*shares))


def settle(world: World, nodes: dict[str, Node]) -> None:
    """Left alone, with a Redis that answers, all who do not leave speak."""
    world.is_away = False
    for _ in range(120):
        world.now_ns += 100 * MS
        for node in nodes.values():
            play(world, nodes, "turn", node.name, 0)
            check(nodes)
        for name in [node.name for node in nodes.values() if node.course.left]:
            del nodes[name]
            world.leases.pop(name, None)
    for node in nodes.values():
        assert node.course.other_run is None
    assert sum(len(node.share) for node in nodes.values()) == (len(ASSETS) if nodes else 0)


@given(deeds=DEEDS)
@settings(max_examples=80, deadline=None)
def test_two_never_speak_for_one_asset_and_all_settle(deeds) -> None:
    world, nodes = World(), no_nodes()
    for word, name, ms in [("start", "a", 0), ("start", "b", 0), *deeds]:
        play(world, nodes, word, name, ms)
        check(nodes)
    settle(world, nodes)


@given(deeds=FORTUNE)
@settings(max_examples=80, deadline=None)
def test_nor_when_the_redis_is_away_or_forgets(deeds) -> None:
    world, nodes = World(), no_nodes()
    for name in "abc":
        play(world, nodes, "start", name, 0)
    settle(world, nodes)
    for word, name, ms in deeds:
        play(world, nodes, word, name, ms)
        check(nodes)
    settle(world, nodes)


LONG = (
    *("turn", "begin", "look", "make", "obey", "answer", "warm") * 3,
    *("time",) * 8,
    *("round",) * 6,
    *("start", "start", "kill", "leave", "lose", "away"),
)


@pytest.mark.parametrize("seed", range(100))
def test_nor_over_a_long_life(seed) -> None:
    """Most of it in order, one engine or another late or asleep for any while."""
    dice = random.Random(seed)
    world, nodes = World(), no_nodes()
    asleep = ""
    for _ in range(400):
        word, name = dice.choice(LONG), dice.choice("abcd")
        if word == "round":
            asleep = dice.choice(("", "", *nodes, asleep))
            world.now_ns += dice.choice((20, 120, 300)) * MS
            for other in [node.name for node in nodes.values() if node.name != asleep]:
                play(world, nodes, "turn", other, 0)
                check(nodes)
        elif name != asleep or word in ("time", "lose", "away"):
            play(world, nodes, word, name, dice.choice((1, 100, 250, 1_400, 1_600)))
        for left in [node.name for node in nodes.values() if node.course.left]:
            del nodes[left]
        check(nodes)
    settle(world, nodes)


def test_a_lease_written_late_says_less_than_is_true_and_never_more() -> None:
    """A lease in flight holds an older acknowledgement: others wait the longer for it."""
    world, nodes = World(), no_nodes()
    for name in "ab":
        play(world, nodes, "start", name, 0)
    settle(world, nodes)
    node = nodes["a"]
    node.begin()
    acked = node.written.acked
    play(world, nodes, "start", "c", 0)
    for _ in range(20):
        world.now_ns += 10 * MS
        play(world, nodes, "turn", "b", 0)
        play(world, nodes, "turn", "c", 0)
        check(nodes)

    assert nodes["c"].share == frozenset(), "a has not said that it obeys"
    node.look()
    assert replace(world.leases["a"][0], acked=acked) == world.leases["a"][0]
    settle(world, nodes)
    assert nodes["c"].share

"""The promise: one change at a time, and from anywhere the way leads to a settled roster."""

from hypothesis import given
from hypothesis import strategies as st

from kairos_tui.fleet import Member, Roster, evict, gone, join, leave, restore, serve

NAMES = st.sampled_from("abcde")
STEPS = st.lists(st.tuples(st.sampled_from(["join", "serve", "leave", "gone", "evict"]), NAMES), max_size=60)


def step(roster: Roster, word: str, name: str) -> Roster:
    steps = {
        "join": lambda: join(roster, Member(name)),
        "serve": lambda: serve(roster, name),
        "leave": lambda: leave(roster, name),
        "gone": lambda: gone(roster, name),
        "evict": lambda: evict(roster, {name}),
    }
    return steps[word]()


def serving(*names: str) -> Roster:
    roster = Roster(run="r")
    for name in names:
        roster = serve(join(roster, Member(name)), name)
    return roster


def names_of(roster: Roster) -> set[str]:
    return {member.name for member in roster.members}


def test_a_newcomer_is_warm_before_it_speaks() -> None:
    joined = join(serving("a"), Member("b"))

    assert (joined.now, joined.then, joined.mover) == (("a",), ("a", "b"), "b")
    assert joined.concerned == ("a", "b")
    served = serve(joined, "b")
    assert (served.now, served.then, served.mover) == (("a", "b"), ("a", "b"), "")
    assert served.number == joined.number + 1


def test_a_second_newcomer_waits_until_the_first_speaks() -> None:
    joined = join(serving("a"), Member("b"))

    assert join(joined, Member("c")) is joined
    assert join(serve(joined, "b"), Member("c")).mover == "c"


def test_nobody_makes_another_s_change() -> None:
    joined = join(serving("a"), Member("b"))

    assert serve(joined, "a") is joined


def test_a_leaver_goes_once_it_no_longer_speaks() -> None:
    leaving = leave(serving("a", "b"), "b")

    assert (leaving.now, leaving.then, leaving.mover) == (("a", "b"), ("a",), "b")
    assert gone(leaving, "b") is leaving
    silent = serve(leaving, "b")
    assert silent.now == silent.then == ("a",)
    assert names_of(silent) == {"a", "b"}
    assert names_of(gone(silent, "b")) == {"a"}


def test_a_leaver_need_not_wait_for_a_newcomer_but_for_another_leaver() -> None:
    joined = join(serving("a", "b"), Member("c"))

    leaving = leave(joined, "b")
    assert (leaving.then, leaving.mover) == (("a",), "b")
    assert leave(leaving, "a") is leaving
    assert join(leaving, Member("c")) is leaving
    assert join(serve(leaving, "b"), Member("c")).then == ("a", "c")


def test_the_dead_are_taken_out_and_a_dead_mover_s_change_is_undone() -> None:
    joined = join(serving("a", "b"), Member("c"))

    without_mover = evict(joined, {"c"})
    assert without_mover.is_settled
    assert without_mover.now == ("a", "b")
    without_other = evict(joined, {"a"})
    assert (without_other.now, without_other.then, without_other.mover) == (("b",), ("b", "c"), "c")
    assert evict(joined, {"nobody"}) is joined


def test_who_comes_back_under_its_name_is_a_newcomer_and_keeps_its_number() -> None:
    again = join(serving("a", "b"), Member("b", number=1, door="new"))

    assert again.now == ("a",)
    assert again.then == ("a", "b")
    assert again.member("b") == Member("b", number=1, door="new")


def test_what_was_lost_is_restored_above_every_number_seen() -> None:
    remembered, found = serving("a", "b"), Roster(number=40, run="other")

    restored = restore(remembered, found)
    assert restored.number == 41
    assert (restored.run, restored.now) == ("r", ("a", "b"))
    assert restore(remembered, None).number == remembered.number + 1


@given(steps=STEPS)
def test_every_step_keeps_the_roster_in_order(steps) -> None:
    roster = Roster(run="r")
    for word, name in steps:
        before, roster = roster, step(roster, word, name)

        changed = roster != before
        assert (roster.number > before.number) == changed
        assert {*roster.now, *roster.then} <= names_of(roster)
        assert list(roster.now) == sorted(set(roster.now))
        assert list(roster.then) == sorted(set(roster.then))
        assert len(set(roster.now) ^ set(roster.then)) <= 1
        assert roster.is_settled == (roster.mover == "")
        numbers = [member.number for member in roster.members]
        assert len(set(numbers)) == len(numbers) == len(names_of(roster))
        if word != "serve":
            assert set(roster.now) <= set(before.now), "whose word counts grows by serve alone"


@given(steps=STEPS)
def test_from_anywhere_the_mover_settles_it_or_its_death_does(steps) -> None:
    roster = Roster(run="r")
    for word, name in steps:
        roster = step(roster, word, name)

    if roster.mover:
        assert serve(roster, roster.mover).is_settled
        assert evict(roster, {roster.mover}).is_settled
    else:
        assert roster.is_settled

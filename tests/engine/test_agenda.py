"""Promise: whatever was put off or dropped since, the agenda knows the first instant of those that remain."""

from types import SimpleNamespace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from kairos_tui.engine.agenda import Agenda

MOVES = st.lists(
    st.one_of(
        st.tuples(st.just("plan"), st.integers(0, 4), st.integers(0, 100)),
        st.tuples(st.just("put off"), st.integers(0, 4), st.integers(0, 100)),
        st.tuples(st.just("drop"), st.integers(0, 4)),
        st.tuples(st.just("take"), st.integers(0, 120)),
    ),
    max_size=60,
)


@given(moves=MOVES)
def test_the_first_instant_is_the_least_of_all_that_are_watched(moves: list[tuple[Any, ...]]) -> None:
    due_ns: dict[int, int] = {}
    watches: list[Any] = [SimpleNamespace(number=number, due_ns=None) for number in range(5)]
    agenda = Agenda(lambda watch: due_ns[watch.number])
    for move in moves:
        match move:
            case ("plan", number, at_ns):
                due_ns[number] = at_ns
                agenda.plan(watches[number])
            case ("put off", number, by_ns) if number in due_ns:
                due_ns[number] += by_ns
            case ("drop", number):
                due_ns.pop(number, None)
                watches[number].due_ns = None
            case ("take", now_ns):
                expected = sorted(number for number, at_ns in due_ns.items() if at_ns <= now_ns)
                assert not expected or agenda.first_ns <= now_ns
                assert [watch.number for watch in agenda.take_due(now_ns)] == expected
                for number in expected:
                    del due_ns[number]
            case _:
                """Nothing of it is known: nothing can be put off."""
        assert agenda.next_ns() == min(due_ns.values(), default=None)

"""Each book is held against REST at least every ten minutes, the quiet ones first, never all at once."""

from collections.abc import Mapping
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kairos_tui.feeds.health.budget import SECOND_NS, RestBudget
from kairos_tui.feeds.health.check_rota import EVERY_NS, CheckRota
from kairos_tui.market import Symbol

Done = list[tuple[int, Symbol]]


def symbols(count: int) -> list[Symbol]:
    return [Symbol(f"C{n:03}/USDT") for n in range(count)]


def checks(books: int, seed: int = 1, hours: float = 1.0, quiet: Mapping[Symbol, int] | None = None) -> Done:
    """(when, which), looking each second; all books become live in the first."""
    budget = RestBudget(seed)
    rota = CheckRota(seed, budget.spacing_ns)
    for symbol in symbols(books):
        rota.add(symbol, SECOND_NS)
    done = []
    for second in range(1, int(hours * 3_600)):
        now_ns = second * SECOND_NS
        if budget.wait_ns(now_ns):
            continue
        chosen = rota.next(now_ns, quiet or {})
        if chosen is not None and budget.take(now_ns):
            rota.checked(chosen, now_ns)
            done.append((now_ns, chosen))
    return done


def longest_pauses(done: Done, books: int) -> list[int]:
    times = {symbol: [SECOND_NS] for symbol in symbols(books)}
    for at_ns, symbol in done:
        times[symbol].append(at_ns)
    return [max(other - one for one, other in pairwise(seen)) for seen in times.values()]


@pytest.mark.parametrize("books", [1, 5, 20, 50])
def test_every_book_is_checked_at_least_every_ten_minutes(books):
    quiet = {symbol: n * SECOND_NS for n, symbol in enumerate(symbols(books))}
    assert max(longest_pauses(checks(books, quiet=quiet), books)) <= EVERY_NS


@settings(max_examples=8, deadline=None)
@given(st.integers(1, 55), st.integers(0, 2**32), st.randoms(use_true_random=False))
def test_so_it_is_whatever_is_quiet(books, seed, chance):
    quiet = {symbol: chance.randrange(600 * SECOND_NS) for symbol in symbols(books)}
    assert max(longest_pauses(checks(books, seed, 0.5, quiet), books)) <= EVERY_NS


def test_more_books_than_the_budget_can_serve_are_served_in_turn():
    pauses = longest_pauses(checks(240, hours=2.0), 240)
    assert max(pauses) <= 2.2 * EVERY_NS
    assert max(pauses) <= 1.2 * min(pauses)


def test_first_checks_are_spread_over_the_time():
    first = [at_ns for at_ns, _ in checks(20, hours=0.15)]
    assert first[10] - first[0] > 60 * SECOND_NS


def test_the_quietest_of_the_due_goes_first():
    rota = CheckRota(seed=1, spacing_ns=SECOND_NS)
    for symbol in symbols(3):
        rota.add(symbol, 0)
    now_ns = int(0.9 * EVERY_NS)
    assert rota.next(now_ns, {Symbol("C001/USDT"): 9 * SECOND_NS}) == "C001/USDT"


def test_a_wanted_book_goes_before_the_quietest():
    rota = CheckRota(seed=1, spacing_ns=SECOND_NS)
    for symbol in symbols(3):
        rota.add(symbol, 0)
    now_ns = int(0.9 * EVERY_NS)
    rota.want(Symbol("C002/USDT"), now_ns)
    assert rota.next(now_ns, {Symbol("C001/USDT"): 9 * SECOND_NS}) == "C002/USDT"
    rota.checked(Symbol("C002/USDT"), now_ns)
    assert rota.next(now_ns, {Symbol("C001/USDT"): 9 * SECOND_NS}) == "C001/USDT"


def test_a_dropped_book_is_not_checked():
    rota = CheckRota(seed=1, spacing_ns=SECOND_NS)
    rota.add(Symbol("C000/USDT"), 0)
    rota.drop(Symbol("C000/USDT"))
    rota.want(Symbol("C000/USDT"), 0)
    rota.checked(Symbol("C000/USDT"), 0)
    assert rota.next(EVERY_NS, {}) is None


def test_the_same_seed_gives_the_same_order_and_another_one_another():
    assert checks(10, seed=7) == checks(10, seed=7)
    assert checks(10, seed=7) != checks(10, seed=8)

"""Quiet is not dead, however many books of a venue are still: REST confirms them in turn, in its budget."""

import pytest

from kairos_tui.feeds.health.budget import RestBudget
from kairos_tui.feeds.health.check_rota import CheckRota
from kairos_tui.feeds.vigil import Vigil
from kairos_tui.market import Symbol

S = 1_000_000_000
STEP_NS = S // 20


class StillVenue:
    """Books that never change and whose every check agrees at once, looked after as Rounds does."""

    def __init__(self, books: int) -> None:
        self.budget = RestBudget(seed=1)
        self.rota = CheckRota(seed=2, spacing_ns=self.budget.spacing_ns)
        self.vigils = {Symbol(f"A{number}/B"): Vigil(2 * S) for number in range(books)}
        self.stale_ns = self.requests = 0
        self.dead: set[Symbol] = set()
        for symbol, vigil in self.vigils.items():
            vigil.on_message(S, S, None)
            self.rota.add(symbol, S)

    def run(self, from_s: int, until_s: int) -> None:
        for now_ns in range(from_s * S, until_s * S, STEP_NS):
            silent_ns = {symbol: vigil.silent_ns(now_ns) for symbol, vigil in self.vigils.items()}
            for symbol, vigil in self.vigils.items():
                self.stale_ns += STEP_NS * vigil.is_silent(now_ns)
                vigil.waits_for_check = vigil.wants_check(now_ns)
                if vigil.waits_for_check:
                    self.rota.want(symbol, now_ns)
                if vigil.is_dead(now_ns):
                    self.dead.add(symbol)
            self._check(silent_ns, now_ns)

    def _check(self, silent_ns: dict[Symbol, int], now_ns: int) -> None:
        chosen = None if self.budget.wait_ns(now_ns) else self.rota.next(now_ns, silent_ns)
        if chosen is not None:
            self.requests += 1
            self.budget.take(now_ns)
            self.rota.checked(chosen, now_ns)
            self.vigils[chosen].checked_ns = now_ns
            self.vigils[chosen].on_agreed(now_ns)


@pytest.mark.parametrize("books", [1, 6, 8])
def test_ten_still_minutes_keep_every_book(books):
    venue = StillVenue(books)
    venue.run(1, 601)
    assert venue.stale_ns == 0
    assert venue.requests < 35 * books


def test_more_books_than_can_be_asked_for_wait_their_turn_and_cost_no_connection():
    venue = StillVenue(24)
    venue.run(1, 301)
    assert venue.stale_ns < 0.15 * 24 * 300 * S
    assert not venue.dead
    venue.stale_ns = 0
    venue.run(301, 601)
    assert venue.stale_ns == 0

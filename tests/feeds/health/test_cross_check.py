"""A book held against REST: never called wrong while it is right, and found out when it is not."""

import random
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.feeds.health.moving_market import TICK, VIEW, MovingMarket, cut, with_bid, without

from kairos_tui.feeds.door import Top
from kairos_tui.feeds.health.cross_check import MOST_TOPS, Answer, Mark, Verdict, confirms

BIDS = ((100.0, 1.0), (99.0, 2.0), (98.0, 3.0), (97.0, 4.0), (96.0, 5.0))
ASKS = ((101.0, 1.0), (102.0, 2.0), (103.0, 3.0), (104.0, 4.0), (105.0, 5.0))
BOOK: Top = (BIDS, ASKS)

seeds = st.integers(0, 2**32)
Broken = Callable[[Top], Top]


def bids(*levels: tuple[float, float]) -> Top:
    return levels, ASKS


def check(market: MovingMarket, seed: int, broken: Broken = lambda book: book) -> Verdict:
    """One check at a random instant, over a feed and a REST of random delays and depth."""
    chance = random.Random(seed)
    feed_s, settle_s = chance.uniform(0.0, 0.5), 0.5
    asked_s = chance.uniform(1.0, 2.5)
    answered_s = asked_s + chance.uniform(0.01, 1.0)
    made_s = chance.uniform(asked_s, answered_s)
    seen = [
        cut(broken(book), VIEW) for book in market.between(asked_s - feed_s, answered_s + settle_s - feed_s)
    ]
    mark = Mark(seen[0])
    for top in seen[1:]:
        mark.see(top)
    return mark.judge(cut(market.at(made_s), chance.choice([5, 20, 50, 100])))


@settings(max_examples=100, deadline=None)
@given(seeds, st.sampled_from([0.0, 1.0, 10.0, 100.0]))
def test_a_true_book_never_differs_however_the_market_moves(seed, changes_per_s):
    assert check(MovingMarket(seed, changes_per_s), seed).answer is not Answer.DIFFERS


@pytest.mark.parametrize("changes_per_s", [10.0, 100.0])
def test_a_stream_that_sums_up_tenths_of_seconds_makes_no_book_differ(changes_per_s):
    for seed in range(30):
        market, chance = MovingMarket(seed, changes_per_s), random.Random(seed)
        asked_s, made_s = 2.0, 2.0 + chance.uniform(0.0, 0.5)
        mark = Mark(cut(market.at(asked_s), VIEW))
        for tenth in range(21, 31):
            mark.see(cut(market.at(tenth / 10), VIEW))
        assert mark.judge(cut(market.at(made_s), 50)).answer is not Answer.DIFFERS


@settings(max_examples=30, deadline=None)
@given(seeds)
def test_a_true_book_that_stands_still_agrees(seed):
    assert check(MovingMarket(seed, 0.0), seed) == Verdict(Answer.AGREES)


def found(broken: Callable[[random.Random, Top], Broken], changes_per_s: float, tries: int = 200) -> float:
    """The share of random markets and requests in which a book broken so is found out."""
    answers = []
    for seed in range(tries):
        market, chance = MovingMarket(seed, changes_per_s), random.Random(seed)
        answers.append(check(market, seed, broken(chance, market.books[0])).answer)
    return answers.count(Answer.DIFFERS) / tries


def ghost(chance: random.Random, book: Top) -> Broken:
    """A bid that was removed long ago and that we still show, among the best or better than all."""
    holes = {1_000 - n for n in range(-1, 4)} - {round(price / TICK) for side in book for price, _ in side}
    price = chance.choice(sorted(holes or {1_000})) * TICK
    return lambda book: with_bid(book, (price, 77.7))


def lost(chance: random.Random, book: Top) -> Broken:
    """One of the best four bids, which we have never heard of."""
    level = chance.choice(book[0][:4])
    return lambda book: without(book, level)


def wrong_size(chance: random.Random, book: Top) -> Broken:
    price, _ = chance.choice(book[0][:4])
    return lambda book: with_bid(book, (price, 77.7))


@pytest.mark.parametrize("broken", [ghost, lost, wrong_size])
def test_a_wrong_level_among_the_best_is_found_once_the_market_stands_still(broken):
    assert found(broken, changes_per_s=0.0) == 1.0


@pytest.mark.parametrize("broken", [ghost, wrong_size])
def test_a_level_that_stands_wrong_is_found_in_a_busy_market_too(broken):
    assert found(broken, changes_per_s=20.0, tries=100) >= 0.95


@pytest.mark.parametrize(
    ("snapshot", "says"),
    [
        (bids(*BIDS[1:]), "bid 100: 1 here, none at the exchange"),
        (bids(BIDS[0], (99.5, 7.0), *BIDS[1:]), "bid 99.5: none here, 7 at the exchange"),
        (bids((100.5, 7.0), *BIDS), "bid 100.5: none here, 7 at the exchange"),
        (bids(BIDS[0], (99.0, 9.0), *BIDS[2:]), "bid 99: 2 here, 9 at the exchange"),
        (bids((100.0, 9.0), (99.0, 9.0), *BIDS[2:]), "bid 100: 1 here, 9 at the exchange, and 1 more"),
    ],
)
def test_the_reason_names_the_price(snapshot, says):
    verdict = Mark(BOOK).judge(snapshot)
    assert verdict.answer is Answer.DIFFERS
    assert verdict.reason == says


def test_a_level_that_moved_meanwhile_is_not_held_against_the_book():
    mark = Mark(BOOK)
    mark.see(bids((100.0, 9.0), *BIDS[1:]))
    mark.see(BOOK)
    assert mark.judge(bids((100.0, 9.0), *BIDS[1:])).answer is Answer.AGREES
    assert mark.judge(bids((100.0, 5.0), *BIDS[1:])).answer is Answer.AGREES


def test_a_new_level_beside_one_that_moved_is_not_held_against_the_book():
    mark = Mark(BOOK)
    mark.see(bids((100.0, 9.0), *BIDS[1:]))
    assert mark.judge(bids((100.5, 1.0), *BIDS)).answer is not Answer.DIFFERS


def test_what_lies_behind_the_last_level_of_the_answer_is_not_judged():
    assert Mark(BOOK).judge((BIDS[:4], ASKS[:4])).answer is Answer.AGREES
    assert Mark(BOOK).judge(bids(*BIDS, (95.0, 6.0))).answer is Answer.AGREES


def test_a_book_that_moved_altogether_cannot_be_judged():
    mark = Mark(BOOK)
    mark.see(bids(*((price, size + 1.0) for price, size in BIDS)))
    verdict = mark.judge(BOOK)
    assert verdict.answer is Answer.CANNOT_SAY
    assert verdict.reason == "the book moved too much during the request"


def test_a_thin_book_agrees_with_all_it_has():
    assert Mark((BIDS[:1], ASKS[:1])).judge((BIDS[:1], ASKS[:1])).answer is Answer.AGREES


def test_an_answer_with_an_empty_side_says_nothing():
    assert Mark(BOOK).judge((BIDS, ())).answer is Answer.CANNOT_SAY


def test_a_frozen_book_differs_from_a_market_that_went_away():
    far = (
        tuple((price + 50.0, size) for price, size in BIDS),
        tuple((price + 50.0, size) for price, size in ASKS),
    )
    assert Mark(BOOK).judge(far).answer is Answer.DIFFERS
    assert Mark(far).judge(BOOK).answer is Answer.DIFFERS


def test_the_same_update_id_must_be_the_same_book_even_if_it_moved():
    mark = Mark(BOOK, 7)
    mark.see(bids((100.0, 9.0), *BIDS[1:]), 8)
    mark.see(BOOK, 9)
    moved = bids((100.0, 9.0), *BIDS[1:])
    assert mark.judge(moved, 8).answer is Answer.AGREES
    assert mark.judge(BOOK, 8).answer is Answer.DIFFERS
    assert mark.judge((moved[0][:2], ASKS[:2]), 8).answer is Answer.AGREES


def test_an_answer_from_before_or_after_the_mark_says_nothing():
    mark = Mark(BOOK, 7)
    mark.see(BOOK, 9)
    wrong = bids((100.0, 9.0), *BIDS[1:])
    assert mark.judge(wrong, 8).answer is Answer.DIFFERS
    assert mark.judge(wrong, 6).answer is Answer.CANNOT_SAY
    assert mark.judge(wrong, 10).answer is Answer.CANNOT_SAY


def test_more_updates_than_can_be_kept_say_nothing():
    mark = Mark(BOOK)
    for _ in range(MOST_TOPS):
        mark.see(BOOK)
    assert mark.judge(BOOK).answer is Answer.CANNOT_SAY


def test_a_second_check_confirms_the_first_at_the_same_price_only():
    mark = Mark(BOOK)
    one = mark.judge(bids((100.0, 9.0), *BIDS[1:]))
    other = mark.judge(bids(BIDS[0], (99.0, 9.0), *BIDS[2:]))
    both = mark.judge(bids((100.0, 8.0), (99.0, 9.0), *BIDS[2:]))
    assert confirms(one, one)
    assert confirms(both, one)
    assert not confirms(other, one)
    assert not confirms(mark.judge(BOOK), one)

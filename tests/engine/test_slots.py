"""Promise: a slot holds the newest sound tick and nothing that cannot be true; quotes tell real
changes only; every tick is accounted for."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from kairos_tui.engine.slot import Slot
from kairos_tui.engine.top_prices import MarketQuotes
from kairos_tui.market import FeedState, FeedStatus, Symbol, Venue

PAIR = Symbol("BTC/USDT")
INF, NAN = float("inf"), float("nan")
SOUND_BID, SOUND_ASK = (100.0, 1.0), (101.0, 1.0)


@pytest.mark.parametrize("number", [NAN, INF, -INF, 0.0, -1.0])
@pytest.mark.parametrize("place", ["price", "size"])
@pytest.mark.parametrize("side", ["bids", "asks"])
def test_a_best_that_cannot_be_a_price_or_a_size_never_enters(desk, side, place, number) -> None:
    books = {"bids": [SOUND_BID, (99.0, 1.0)], "asks": [SOUND_ASK, (102.0, 1.0)]}
    price, size = books[side][0]
    books[side][0] = (number, size) if place == "price" else (price, number)

    assert desk.tick("alpha", **books) is None
    assert desk.engine.rejected == 1


@pytest.mark.parametrize(
    "level",
    [
        *((price, 1.0) for price in (NAN, INF, -INF, 0.0, -1.0, "before the best")),
        *(("the best", size) for size in (NAN, INF, 0.0, -1.0)),
    ],
)
@pytest.mark.parametrize("side", ["bids", "asks"])
def test_a_book_with_such_a_level_below_its_best_is_never_priced(desk, side, level) -> None:
    price, size = level
    best = {"bids": 100.0, "asks": 99.5}[side]
    step = 0.05 if side == "bids" else -0.05
    price = {"the best": best, "before the best": best + step}.get(price, price)
    if side == "bids":
        desk.quote("alpha", 99.4, 99.5)
        desk.tick("beta", [(best, 0.01), (price, size)], [(100.1, 1.0)])
    else:
        desk.tick("alpha", [(99.4, 1.0)], [(best, 0.01), (price, size)])
        desk.quote("beta", 100.0, 100.1)
    assert desk.decide() == []

    wrong = "beta" if side == "bids" else "alpha"
    assert desk.route("alpha", "beta").blocked == f"{wrong} book makes no sense"
    assert not next(row for row in desk.board().venues if row.venue == wrong).usable

    desk.wait(1)
    desk.quote("alpha", 99.4, 99.5)
    desk.quote("beta", 100.0, 100.1)
    assert [signal.event for signal in desk.decide()] == ["open"]


def test_a_signal_whose_book_turns_senseless_is_over(desk) -> None:
    desk.edge(20.0)
    assert desk.events() == ["open"]

    held = desk.engine._board.slot(Venue("beta"), PAIR).tick
    desk.wait(1)
    broken = replace(held, received_ns=desk.now_ns, depth=held.depth[:-1])
    desk.engine.on_tick(broken, sent_ns=desk.now_ns, arrived_ns=desk.now_ns)

    assert [(signal.event, signal.reason) for signal in desk.decide()] == [("close", "resync")]


def test_a_senseless_tick_leaves_the_last_sound_one_to_age(desk) -> None:
    desk.quote("alpha", 100.0, 101.0)
    desk.tick("alpha", [(NAN, 1.0)], [SOUND_ASK])

    assert desk.board().venues[0].bid == 100.0


def test_an_older_tick_never_replaces_a_newer_one(desk) -> None:
    desk.quote("alpha", 100.0, 101.0)

    assert desk.quote("alpha", 90.0, 91.0, age_ms=1) is None
    assert desk.board().venues[0].bid == 100.0
    assert desk.engine.rejected == 1


def test_two_ticks_of_one_instant_keep_the_later_told(desk) -> None:
    desk.quote("alpha", 100.0, 101.0)
    desk.quote("alpha", 100.5, 101.0)

    assert desk.board().venues[0].bid == 100.5


def test_a_new_connection_may_start_anywhere(desk) -> None:
    desk.quote("alpha", 100.0, 101.0, generation=1)

    assert desk.quote("alpha", 90.0, 91.0, age_ms=1, generation=2) is not None
    assert desk.quote("alpha", 95.0, 96.0, age_ms=2, generation=1) is None


def test_without_a_listing_no_tick_is_taken(build_desk) -> None:
    desk = build_desk(live=False)

    assert desk.quote("alpha", 100.0, 101.0) is None
    assert desk.engine.rejected == 1


@pytest.mark.parametrize("fact", ["lot", "price_step", "min_size", "min_cost", "contract_size", "max_size"])
@pytest.mark.parametrize("number", [INF, NAN, -1.0])
def test_a_listing_that_cannot_be_true_is_none(build_desk, fact, number) -> None:
    desk = build_desk(live=False)
    desk.state("alpha", FeedState.LIVE)
    facts = {"lot": 0.0, fact: number}
    desk.list_market("alpha", **facts)

    assert desk.quote("alpha", 100.0, 101.0) is None
    assert desk.decide() == []


@pytest.mark.parametrize("taker", [INF, NAN, 1.0, -2.0])
def test_a_fee_that_cannot_be_true_replaces_none(desk, taker) -> None:
    desk.list_market("alpha", taker=0.0)
    desk.quote("alpha", 100.0, 101.0)
    desk.list_market("alpha", taker=taker)

    assert desk.quote("alpha", 100.5, 101.0) is not None
    assert desk.board().venues[0].taker == 0.0


def test_what_is_not_watched_is_not_known(desk) -> None:
    assert desk.quote("nowhere", 100.0, 101.0) is None
    assert desk.quote("alpha", 100.0, 101.0, symbol="DOGE/USDT") is None
    assert desk.engine.rejected == 2
    assert desk.state("nowhere", FeedState.LIVE) is False
    assert desk.state("alpha", FeedState.LIVE, symbol="DOGE/USDT") is False


def test_a_quote_is_told_when_the_best_price_or_size_changes(desk) -> None:
    told = [
        desk.tick("alpha", [SOUND_BID, (99.0, 1.0)], [SOUND_ASK], nonce=1),
        desk.tick("alpha", [SOUND_BID, (98.0, 5.0)], [SOUND_ASK], nonce=2),
        desk.tick("alpha", [(100.0, 2.0)], [SOUND_ASK], nonce=3),
        desk.tick("alpha", [(100.0, 2.0)], [(100.9, 1.0)], nonce=4),
    ]

    assert [quote and quote.nonce for quote in told] == [1, None, 3, 4]
    assert (told[3].bid, told[3].bid_size, told[3].ask, told[3].ask_size) == (100.0, 2.0, 100.9, 1.0)


def test_a_status_is_news_only_when_it_says_something_else(desk) -> None:
    told = []
    for state, reason in [("down", "eof"), ("down", "eof"), ("down", "refused"), ("connecting", None)]:
        desk.wait(1)
        told.append(desk.state("alpha", FeedState(state), reason=reason))

    assert told == [True, False, True, True]


def test_only_a_status_that_changes_something_asks_for_a_decision(build_desk) -> None:
    desk = build_desk(symbols=("BTC/USDT", "ETH/USDT"))
    desk.decide()
    asked = []
    for state, scope, retry_ns in [
        (FeedState.LIVE, "BTC/USDT", None),
        (FeedState.DOWN, None, 1),
        (FeedState.DOWN, None, 1),
        (FeedState.LIVE, "BTC/USDT", None),
        (FeedState.CONNECTING, "BTC/USDT", None),
        (FeedState.LIVE, "BTC/USDT", None),
    ]:
        desk.state("alpha", state, symbol=scope, retry_ns=retry_ns)
        desk.engine.on_status(FeedStatus(Venue("nowhere"), None, state, desk.now_ns), desk.now_ns)
        asked.append(desk.engine.next_check_ns(desk.now_ns) is not None)
        desk.decide()
        desk.wait(1)

    assert asked == [False, True, True, True, True, True]


def test_the_same_status_of_the_same_moment_asks_for_nothing(desk) -> None:
    desk.state("alpha", FeedState.DOWN, symbol=None, reason="eof", retry_ns=1)
    desk.decide()

    assert desk.state("alpha", FeedState.DOWN, symbol=None, reason="eof", retry_ns=2) is True
    assert desk.engine.next_check_ns(desk.now_ns) is None


def test_a_break_told_again_with_its_first_moment_makes_no_old_book_believed(desk) -> None:
    desk.state("alpha", FeedState.DOWN)
    first_ns = desk.now_ns
    desk.wait(10)
    desk.state("alpha", FeedState.CONNECTING)
    desk.engine.on_status(FeedStatus(Venue("alpha"), PAIR, FeedState.DOWN, first_ns), desk.now_ns)
    desk.state("alpha", FeedState.LIVE)
    desk.quote("alpha", 100.0, 101.0, age_ms=5)
    desk.quote("beta", 100.0, 101.0)

    assert desk.route("alpha", "beta").blocked == "alpha waits for a fresh book"


def test_a_symbol_s_status_touches_that_symbol_only(build_desk) -> None:
    desk = build_desk(symbols=("BTC/USDT", "ETH/USDT"))
    desk.state("alpha", FeedState.DOWN, symbol=Symbol("ETH/USDT"))

    assert [board.venues[0].state for board in desk.engine.symbol_boards(desk.now_ns)] == ["live", "down"]


@given(moves=st.lists(st.tuples(st.integers(0, 3), st.floats(0, 10), st.floats(0, 10)), max_size=50))
def test_the_best_prices_of_a_market_are_those_of_its_slots(moves) -> None:
    """The kept extremes equal a scan, also after the best one got worse."""
    slots = [Slot(Venue(f"v{number}"), Symbol("A/B")) for number in range(4)]
    market = MarketQuotes(slots)
    for number, net_bid, net_ask in moves:
        slots[number].net_bid, slots[number].net_ask = net_bid, net_ask
        market.note(slots[number])

        assert market.best_bid == max(slot.net_bid for slot in slots)
        assert market.best_ask == min(slot.net_ask for slot in slots)


@settings(max_examples=60)
@given(
    moves=st.lists(
        st.tuples(
            st.sampled_from(["alpha", "beta", "nowhere"]),
            st.sampled_from(["sound", "sound", "old", "future", "crossed", "empty", "nan", "unsorted"]),
            st.booleans(),
        ),
        max_size=40,
    )
)
def test_every_tick_is_used_conflated_rejected_or_pending(build_desk, moves) -> None:
    desk = build_desk()
    for offered, (venue, kind, decide) in enumerate(moves, start=1):
        desk.wait(10)
        bids, asks, age_ms = BOOKS[kind]
        desk.tick(venue, bids, asks, age_ms=age_ms)
        if decide:
            desk.decide()
        engine = desk.engine
        assert engine.used + engine.conflated + engine.rejected + engine.pending == offered
    desk.decide()
    assert desk.engine.pending == 0


BOOKS = {
    "sound": ([(100.0, 1.0)], [(101.0, 1.0)], 0),
    "old": ([(100.0, 1.0)], [(101.0, 1.0)], 5_000),
    "future": ([(100.0, 1.0)], [(101.0, 1.0)], -5_000),
    "crossed": ([(102.0, 1.0)], [(101.0, 1.0)], 0),
    "empty": ([(100.0, 1.0)], [], 0),
    "nan": ([(100.0, 1.0), (NAN, 1.0)], [(101.0, 1.0)], 0),
    "unsorted": ([(100.0, 1.0)], [(101.0, 1.0), (100.5, 1.0)], 0),
}

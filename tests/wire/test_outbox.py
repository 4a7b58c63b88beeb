"""While the wire is full, a newer tick replaces the older one of its slot and is counted; nothing else is."""

from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from kairos_tui.market import FeedCounts, FeedState, FeedStatus, Symbol, Tick, Venue
from kairos_tui.wire.outbox import MOST_TICKS_WAITING, Outbox
from kairos_tui.wire.records import Record

SYMBOLS = ("A/B", "C/D", "E/F")
KRAKEN, BTC = Venue("kraken"), Symbol("BTC/USDT")


def status(since_ns: int, state: FeedState = FeedState.LIVE) -> FeedStatus:
    return FeedStatus(KRAKEN, BTC, state, since_ns)


def test_while_there_is_room_every_tick_is_kept_in_its_place(make_tick: Callable[..., Tick]) -> None:
    box = Outbox()
    ticks = [make_tick(number, symbol) for number in range(5) for symbol in ("BTC/USDT", "ETH/USDT")]
    for tick in ticks:
        box.put(tick)
    assert box.waiting() == ticks
    assert (box.offered, box.conflated) == (10, 0)


def test_a_book_that_makes_no_sense_goes_nowhere_and_is_counted(make_tick: Callable[..., Tick]) -> None:
    box, sound = Outbox(), make_tick(1)
    empty = replace(sound, asks=())  # one side, or both crossed, is what a venue may show
    crossed = replace(sound, bids=((sound.asks[0][0] + 1.0, 1.0),))
    senseless = [
        replace(sound, bids=sound.bids[::-1]),
        replace(sound, asks=(*sound.asks, sound.asks[0])),
        replace(sound, bids=(*sound.bids[:-1], (1.0, float("nan")))),
    ]
    for tick in (sound, *senseless, empty, crossed):
        box.put(tick)

    assert box.waiting() == [sound, empty, crossed]
    assert (box.offered, box.senseless) == (6, 3)


def test_where_there_is_none_a_newer_tick_takes_the_place_of_the_older_and_is_counted(
    make_tick: Callable[..., Tick],
) -> None:
    box = Outbox()
    box.put(make_tick(0))
    box.put(make_tick(1))
    for number in range(2, 5):
        box.put(make_tick(number), is_full=True)
        box.put(make_tick(number, "ETH/USDT"), is_full=True)
    assert box.waiting() == [make_tick(0), make_tick(4), make_tick(4, "ETH/USDT")]
    assert (box.offered, box.conflated) == (8, 5)


def test_what_was_sent_is_replaced_by_nothing(make_tick: Callable[..., Tick]) -> None:
    box = Outbox()
    box.put(make_tick(1))
    box.sent(1)
    box.put(make_tick(2), is_full=True)
    assert (box.waiting(), box.conflated) == ([make_tick(2)], 0)


def test_ticks_that_nobody_flushes_do_not_pile_up(make_tick: Callable[..., Tick]) -> None:
    box = Outbox()
    for number in range(MOST_TICKS_WAITING + 500):
        box.put(make_tick(number))
    assert len(box) == MOST_TICKS_WAITING
    assert box.waiting()[-1] == make_tick(MOST_TICKS_WAITING + 499)
    assert box.conflated == 500


def test_a_new_connections_book_is_told_after_the_status_that_withdrew_the_old_one(
    make_tick: Callable[..., Tick],
) -> None:
    box = Outbox()
    box.put(make_tick(1))
    box.put(status(2, FeedState.RESYNC))
    box.put(make_tick(3), is_full=True)
    assert box.waiting() == [status(2, FeedState.RESYNC), make_tick(3)]


def test_statuses_keep_their_order_and_the_oldest_of_too_many_are_dropped_and_counted() -> None:
    box = Outbox()
    for since_ns in range(2_010):
        box.put(status(since_ns))
    assert [each.since_ns for each in box.waiting() if isinstance(each, FeedStatus)] == list(range(10, 2_010))
    assert box.dropped == 10


def test_facts_said_again_while_nobody_listens_do_not_pile_up() -> None:
    box = Outbox()
    for frames in range(5_000):
        box.put(FeedCounts(KRAKEN, frames=frames))
    assert box.waiting() == [FeedCounts(KRAKEN, frames=4_999)]
    assert box.dropped == 0


def test_what_is_told_again_is_the_last_of_every_stream_with_the_book_last(
    make_tick: Callable[..., Tick],
) -> None:
    box = Outbox()
    box.put(make_tick(1))
    box.put(status(1))
    box.put(FeedCounts(KRAKEN, frames=1))
    box.put(status(2))
    box.sent(4)
    box.put(FeedCounts(KRAKEN, frames=2))
    box.repeat_latest()
    assert box.waiting() == [FeedCounts(KRAKEN, frames=2), status(2), make_tick(1)]


@settings(deadline=None)
@given(st.lists(st.one_of(st.sampled_from([*SYMBOLS, "status", "again", "full"]), st.integers(0, 4))))
def test_every_tick_offered_is_sent_or_conflated_or_waiting(moves: list[str | int]) -> None:
    box, is_full = Outbox(), False
    sent: list[Record] = []
    for number, move in enumerate(moves):
        if move == "status":
            box.put(status(number))
        elif move == "again":
            box.repeat_latest()
        elif move == "full":
            is_full = not is_full
        elif isinstance(move, str):
            box.put(Tick(KRAKEN, Symbol(move), (), (), number, number), is_full=is_full)
        else:
            count = min(move, len(box))
            sent += box.waiting()[:count]
            box.sent(count)
    ticks_sent = sum(isinstance(each, Tick) for each in sent)
    ticks_waiting = sum(isinstance(each, Tick) for each in box.waiting())
    assert box.offered == ticks_sent + box.conflated + ticks_waiting
    told = [*sent, *box.waiting()]
    for symbol in SYMBOLS:
        numbers = [each.received_ns for each in told if isinstance(each, Tick) and each.symbol == symbol]
        assert numbers == sorted(numbers), "an older book came after a newer one"

"""Promise: a stream's messages, applied in order, rebuild the book; also for one who joins in between."""

from hypothesis import given, settings
from hypothesis import strategies as st

from kairos_tui.sim import SimPlan
from kairos_tui.sim.kraken_book import checksum, cut_to
from kairos_tui.sim.market import DEPTH, Book, SimMarket
from kairos_tui.sim.streams import BookChange, BookStream, Heartbeat, changed

SECOND = 1_000_000_000
sides = st.dictionaries(st.integers(1, 60), st.integers(1, 9), min_size=12, max_size=25)


class Listener:
    """Keeps the changes a stream publishes."""

    def __init__(self) -> None:
        self.changes: list[BookChange] = []

    def __call__(self, change: BookChange) -> bytes:
        self.changes.append(change)
        return b"published"


def applied(side: dict[int, int], sizes: dict[int, int]) -> dict[int, int]:
    return {price: lots for price, lots in (side | sizes).items() if lots}


@given(before=sides, after=sides)
def test_a_difference_applied_gives_the_new_side(before, after) -> None:
    assert applied(before, changed(before, after)) == after


@given(before=sides, after=sides, is_bid=st.booleans(), depth=st.sampled_from([5, 10]))
def test_a_reader_who_keeps_ten_levels_needs_no_deletes_for_those_that_fall_out(
    before, after, is_bid, depth
) -> None:
    def best(side: dict[int, int]) -> dict[int, int]:
        return dict(sorted(side.items(), reverse=is_bid)[:depth])

    kept, wanted = best(before), best(after)
    sizes = cut_to(depth, kept, wanted)
    assert best(applied(kept, sizes)) == wanted
    worst = list(wanted)[-1]
    assert all((price > worst) if is_bid else (price < worst) for price, lots in sizes.items() if not lots)


@given(joined_ms=st.integers(1, 3_000), seed=st.integers(0, 20))
@settings(max_examples=40, deadline=None)
def test_whoever_joins_with_a_book_from_between_two_messages_is_right_after_the_next(joined_ms, seed) -> None:
    market, heard = SimMarket(SimPlan(seed=seed)).of("binance", "BTC/USDT"), Listener()
    stream = BookStream(market, 0, depth=DEPTH, interval_ns=SECOND, update=heard, every_quote=True)
    snapshot: Book = market.book(joined_ms * 1_000_000)
    while stream.due_ns <= joined_ms * 1_000_000:
        stream.advance(stream.due_ns)
    due_ns = stream.due_ns
    stream.advance(due_ns)
    change, truth = heard.changes[-1], market.book(due_ns)
    assert change.previous <= snapshot.number <= change.book.number == truth.number
    assert applied(snapshot.bids, change.bids) == truth.bids
    assert applied(snapshot.asks, change.asks) == truth.asks


def test_a_stream_publishes_on_its_grid_and_only_what_changed() -> None:
    market, heard = SimMarket(SimPlan(seed=1)).of("okx", "BTC/USDT"), Listener()
    stream = BookStream(market, 0, depth=10, interval_ns=SECOND // 10, update=heard)
    bids, published = market.book(0).top(10).bids, 0
    while stream.due_ns < 20 * SECOND:
        assert stream.due_ns % (SECOND // 10) == 0
        published += stream.advance(stream.due_ns) is not None
        bids = applied(bids, heard.changes[-1].bids)
        assert bids == heard.changes[-1].book.bids
    assert 100 <= published == len(heard.changes) <= 200
    assert [change.count for change in heard.changes] == list(range(2, published + 2))


def test_a_heartbeat_counts_and_keeps_its_beat() -> None:
    heart = Heartbeat(5, interval_ns=10, beat=lambda count, at_ns: f"{count} at {at_ns}".encode())
    beats = []
    for now_ns in (10, 27, 30):
        assert heart.due_ns <= now_ns
        beats.append(heart.advance(now_ns))
    assert beats == [b"1 at 10", b"2 at 27", b"3 at 30"]


def test_krakens_checksum_gives_the_documented_number() -> None:
    """docs.kraken.com/api/docs/guides/spot-ws-book-v2, worked example: 3310070434. Ticks of 0.1, lots
    of 0.00000001, so the integers are the digits that are summed."""
    asks = {
        452852: 100000, 452864: 154571953, 452866: 154571109, 452896: 154560911, 452902: 15890660,
        452918: 154553491, 452947: 4454749, 452961: 35380000, 452975: 9945542, 452995: 18772827,
    }  # fmt: skip
    bids = {
        452835: 10000000, 452834: 154582015, 452821: 10000000, 452810: 10000000, 452803: 154592586,
        452790: 7990000, 452776: 3310103, 452775: 30000000, 452773: 154602737, 452766: 15445238,
    }  # fmt: skip
    assert checksum(bids, asks) == 3310070434


def test_krakens_checksum_drops_leading_zeros() -> None:
    """docs.kraken.com, book checksum v1, worked example: 974947235 (prices 0.05005 and 0.05000)."""
    asks = {5005 + 5 * i: 500 for i in range(10)}
    bids = dict.fromkeys((5000, 4995, 4990, 4980, 4975, 4970, 4965, 4960, 4955, 4950), 500)
    assert checksum(bids, asks) == 974947235

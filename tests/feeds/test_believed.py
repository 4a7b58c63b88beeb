"""A dialect's book takes a shorter way than ccxt's, without the door; it must lead to the very same place."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.feeds.wire import Wire

from kairos_tui.feeds.dialects.dialect import Believed, Market
from kairos_tui.feeds.feed_plan import FeedPlan
from kairos_tui.feeds.outbox import Outbox
from kairos_tui.feeds.stream import AS_IT_IS, Stream
from kairos_tui.feeds.tick_maker import Scale, Sighting
from kairos_tui.market import Proof, Symbol, Tick, Venue

S = 1_000_000_000
WALL_MS = 1_800_000_000_000
PLAN = FeedPlan(Venue("v"), (Symbol("A/B"),), "okx")
THOUSANDS = Scale(1_000.0, 1_000.0)

SIDE = st.integers(0, 3)
STAMPS = st.sampled_from([None, -90_000_000, -1_500, -900, -10, 0, 6_000])
BOOKS = st.tuples(st.just("book"), SIDE, SIDE, STAMPS, st.booleans())
EVENTS = st.sampled_from(["doubt", "refuse", "lose", "look", "seen"]).map(lambda name: (name, 0, 0, None, 0))
STORIES = st.lists(
    st.tuples(
        st.one_of(BOOKS, BOOKS, BOOKS, EVENTS), st.sampled_from([1_000, 40_000_000, 300_000_000, 3 * S])
    ),
    max_size=40,
)


class Thorough(Stream):
    """It takes the long way, and clears at every book all that may be owed or held against the venue."""

    def on_book(self, seen: Sighting) -> None:
        self._owed.settle()
        self._doubted_ns = 0
        if self.leg.take(seen, self.generation):
            self._on_new_book()


class Heard:
    """A Receiver: everything in the order in which it was told."""

    def __init__(self) -> None:
        self.all: list[object] = []
        self.on_tick = self.on_status = self.on_listing = self.on_pulse = self.all.append


def told(story, scale: Scale, *, is_short: bool) -> list[object]:
    """What a stream makes of it: levels of two prices a side, `is_best` or whole, with events in between."""
    random.seed(1)  # backoff has its chance
    heard = Heard()
    outbox = Outbox(heard)
    stream = (Stream if is_short else Thorough)(
        PLAN, Symbol("A/B"), Market(Symbol("A/B"), "AB"), outbox, 0, scale
    )
    stream.attach(Wire(), 1, up=True)
    now_ns = S
    for nonce, ((what, bid, ask, stamp, is_best), later_ns) in enumerate(story):
        now_ns += later_ns
        if what == "book":
            bids = ((99.0, float(bid)), (98.0, 1.0)) if bid else ()
            asks = ((101.0, float(ask)), (102.0, 1.0)) if ask else ()
            stamp_ms = None if stamp is None else WALL_MS + stamp
            facts = (stamp_ms, nonce or 2**70, Proof.SEQUENCE)
            if is_short:
                believed = Believed("AB", bids, asks, facts[2], *facts[:2], is_best)
                stream.on_believed(believed, now_ns - 500, now_ns, WALL_MS)
            else:
                stream.on_book(Sighting(bids, asks, now_ns - 500, now_ns, WALL_MS, *facts, is_best))
        elif what == "doubt":
            stream.on_doubted("a gap", now_ns)
        elif what == "refuse":
            stream.on_refused("no", now_ns, resync=False, final=False)
        elif what == "lose":
            stream.on_lost("lost", now_ns, now_ns)
            stream.attach(Wire(), now_ns, up=True)
        elif what == "seen":
            stream.on_seen(now_ns, now_ns)
        heard.all.append((what, stream.overdue(now_ns), outbox.tally.refused, outbox.tally.gaps))
        outbox.flush()
    return heard.all


@pytest.mark.parametrize("scale", [AS_IT_IS, THOUSANDS], ids=["units", "thousands"])
@settings(max_examples=150, deadline=None)
@given(story=STORIES)
def test_both_ways_tell_the_same_ticks_states_and_counts(scale, story):
    assert told(story, scale, is_short=True) == told(story, scale, is_short=False)


def test_a_book_in_thousands_is_told_in_units():
    heard = told([(("book", 2, 3, 0, False), 1_000)], THOUSANDS, is_short=True)
    (tick,) = [each for each in heard if isinstance(each, Tick)]
    assert (tick.bids[0], tick.asks[0]) == ((0.099, 2_000.0), (0.101, 3_000.0))
    assert tick.nonce is None  # it fits no 64 bits

"""A venue as a whole: excluded when too much goes wrong, taken back when it heals, renewed after a sleep."""

from types import SimpleNamespace

import pytest
from tests.feeds.wire import Wire

from kairos_tui.feeds.connections import Connections
from kairos_tui.feeds.dialects.dialect import Market
from kairos_tui.feeds.feed_plan import FeedPlan
from kairos_tui.feeds.health.score import Incident
from kairos_tui.feeds.heartbeat import Heartbeat
from kairos_tui.feeds.outbox import Outbox
from kairos_tui.feeds.stream import AS_IT_IS, Stream
from kairos_tui.feeds.tick_maker import Scale, Sighting
from kairos_tui.feeds.venue_health import VenueHealth
from kairos_tui.market import Symbol, Venue

S = 1_000_000_000
PLAN = FeedPlan(Venue("v"), (Symbol("A/B"),), "bybit")
BOOK = (((99.0, 1.0),), ((101.0, 2.0),))


@pytest.fixture
def outbox(recorder):
    return Outbox(recorder)


def live_stream(outbox, wire, at_ns, scale=AS_IT_IS):
    stream = Stream(PLAN, Symbol("A/B"), Market(Symbol("A/B"), "AB"), outbox, 0, scale)
    stream.attach(wire, at_ns, up=True)
    stream.on_book(Sighting(*BOOK, at_ns, at_ns, 0))
    return stream


def test_a_venue_with_a_bad_score_is_quarantined_with_the_reason_and_comes_back(recorder, outbox):
    lines = Connections("v", outbox, timeout_s=1.0)
    health = VenueHealth(PLAN, SimpleNamespace(has={}), lines, outbox)
    for second in range(1, 4):
        outbox.tally.on_incident(Incident.CROSS_CHECK, second * S)
    health.look(4 * S)
    outbox.flush()
    assert recorder.last(None).state == "quarantined"
    assert "3 failed cross-checks" in recorder.last(None).reason
    health.look(5 * S)
    for second in range(6, 120):
        health.look(second * S)
    outbox.flush()
    assert recorder.states(None) == ["quarantined", "live"]
    assert recorder.last(None).reason is None


def test_what_hits_all_streams_at_once_is_one_incident(outbox):
    for _ in range(10):
        outbox.tally.on_incident(Incident.DISCONNECT, S)
    assert outbox.tally.score.score(S) > 80


def test_after_a_sleep_no_book_is_believed_and_every_connection_renewed(recorder, outbox):
    lines, wire = Connections("v", outbox, timeout_s=1.0), Wire()
    lines.streams.append(live_stream(outbox, wire, S))
    lines.renew_all("this machine slept for 60 s", 2 * S)
    outbox.flush()
    assert recorder.last("A/B").state == "resync"
    assert wire.dropped == ["this machine slept for 60 s"]


def test_a_still_connection_is_knocked_at_once_per_silence_and_given_up_when_no_answer_comes(outbox):
    heartbeat, wire = Heartbeat(PLAN, outbox), Wire()
    streams = [live_stream(outbox, wire, S)]
    wire.alive_ns = S
    dead = [heartbeat.look(streams, S + tenth * S // 10) for tenth in range(1, 60)]
    assert wire.knocks == 1
    first = next(index for index, found in enumerate(dead) if found)
    assert dead[first] == [(wire, "no pong in 5 s")]
    assert first == 55  # 0.5 s until a ping is due by the tenth, then more than 5 s


def test_a_venue_that_never_sent_a_pong_is_deaf_after_two_connections_not_dead(outbox):
    heartbeat = Heartbeat(PLAN, outbox)
    given_up = []
    for _ in range(4):
        wire = Wire()
        streams = [live_stream(outbox, wire, S)]
        wire.alive_ns = S
        given_up.append(any(heartbeat.look(streams, S + tenth * S // 10) for tenth in range(1, 60)))
    assert given_up == [True, True, False, False]


def test_prices_and_sizes_are_in_the_wanted_units(recorder, outbox):
    live_stream(outbox, Wire(), S, Scale(price=1_000.0, size=10_000.0))  # ten 1000A to a contract
    outbox.flush()
    assert recorder.ticks[0].bids == ((0.099, 10_000.0),)
    assert recorder.ticks[0].asks == ((0.101, 20_000.0),)

# mypy: disable-error-code="no-untyped-call"
"""Lines of the timeline: one fault of one venue is one line, and it is cut where it is worth least."""

import pytest
from msgspec.structs import replace

from kairos_tui.hud.moves import move
from kairos_tui.market import FeedState

BTC, ETH, SOL = "BTC/USDT", "ETH/USDT", "SOL/USDT"


@pytest.fixture
def acted(stage):
    acted = stage()
    acted.several()
    return acted


@pytest.fixture
def say(acted):
    def said(state, *symbols, reason=None, venue="kraken", **more):
        for symbol in symbols:
            status = acted.market.status(venue, state, reason)
            acted.give(replace(status, symbol=symbol, since_ns=acted.now_ns, **more))

    return said


@pytest.fixture
def told(acted):
    return lambda: [note.text for note in acted.view.tape.deck.notes]


def test_one_fault_of_all_markets_is_one_line(acted, say, told, screen):
    say(FeedState.DOWN, BTC, reason="closed (1006)")
    acted.pass_time(30_000_000)
    say(FeedState.DOWN, ETH, SOL, reason="closed (1006)")
    say(FeedState.DOWN, SOL, reason="closed (1006)", venue="okx")
    assert told() == ["✖ OKX SOL/USDT down · closed (1006)", "✖ KRAKEN all markets down · closed (1006)"]
    deck = acted.view.tape.deck
    assert [entry for entry in deck.entries if entry in deck.notes] == deck.notes
    assert "✖ KRAKEN all markets down · closed (1006) ──" in screen(acted, 80, 24)


def test_figures_make_no_other_fault_but_another_moment_does(acted, say, told):
    say(FeedState.STALE, BTC, reason="no update for 2.0 s")
    acted.pass_time(400_000_000)
    say(FeedState.STALE, ETH, reason="no update for 2.4 s")
    acted.pass_time(1_500_000_000)
    say(FeedState.STALE, SOL, reason="no update for 3.9 s")
    assert told() == [
        "◌ KRAKEN SOL/USDT stale · no update for 3.9 s",
        "◌ KRAKEN BTC/USDT ETH/USDT stale · no update for 2.0 s",
    ]


def test_the_same_outage_again_is_another_incident(say, told):
    for state in (FeedState.DOWN, FeedState.LIVE, FeedState.DOWN, FeedState.LIVE):
        say(state, BTC)
    assert told() == ["● KRAKEN BTC/USDT live", "✖ KRAKEN BTC/USDT down"] * 2


def test_a_doubt_that_comes_and_goes_is_counted_on_one_line_that_says_how_it_is_now(acted, say, told):
    say(FeedState.RESYNC, BTC, reason="checksum 1")
    say(FeedState.LIVE, BTC)
    assert told() == ["● KRAKEN BTC/USDT live", "◍ KRAKEN BTC/USDT resync · checksum 1"]
    for times in (2, 3, 4):
        acted.pass_time(1_500_000_000)
        say(FeedState.RESYNC, BTC, reason=f"checksum {times}")
        assert told() == [f"◍ KRAKEN BTC/USDT resync ×{times} · checksum {times}"]
        say(FeedState.LIVE, BTC)
        assert told() == [f"● KRAKEN BTC/USDT live, resync ×{times}"]
    deck = acted.view.tape.deck
    assert [entry for entry in deck.entries if entry in deck.notes] == deck.notes
    acted.pass_time(31_000_000_000)
    say(FeedState.RESYNC, BTC, reason="checksum 9")
    assert told() == ["◍ KRAKEN BTC/USDT resync · checksum 9", "● KRAKEN BTC/USDT live, resync ×4"]
    say(FeedState.STALE, BTC)
    assert told()[0] == "◌ KRAKEN BTC/USDT stale ×2"
    say(FeedState.LIVE, BTC)
    assert told()[0] == "● KRAKEN BTC/USDT live, in doubt ×2"
    say(FeedState.DOWN, BTC)
    say(FeedState.RESYNC, BTC)
    assert len(told()) == 4  # an outage and what comes after it have lines of their own


@pytest.mark.parametrize(
    ("every_ns", "most"), [(1_000_000_000, 4), (11_000_000_000, 36), (29_000_000_000, 85)]
)
def test_a_feed_that_flaps_all_day_fills_nothing(acted, say, told, every_ns, most):
    for turn in range(100):
        acted.pass_time(every_ns)
        say(FeedState.STALE, BTC)
        say(FeedState.RESYNC, *((BTC,) if turn % 3 else ()))
        say(FeedState.LIVE, BTC)
    assert len(told()) <= most
    assert len(acted.view.tape._incidents._lines) <= 3


def test_of_an_outage_a_reason_is_told_once(acted, say, told):
    for turn in range(60):
        acted.pass_time(5_000_000_000)
        say(FeedState.DOWN, BTC, reason=("timed out after 10 s", "cannot resolve ws.kraken.com")[turn % 2])
        say(FeedState.CONNECTING, BTC)
        say(FeedState.DOWN, BTC, reason=f"refused, request {turn * 7919:x}a1")
    assert [text.partition(" · ")[2] for text in told()] == [
        "cannot resolve ws.kraken.com",
        "refused, request 0a1",
        "timed out after 10 s",
    ]
    for turn in range(60):
        say(FeedState.DOWN, BTC, reason="another one " + "abcdefghij"[turn % 10] * (turn + 1))
    assert len(told()) <= 8
    assert max(len(stood.told) for stood in acted.view.tape._incidents._stood.values()) <= 8


def test_the_cursor_stays_on_a_line_of_which_more_becomes_known(acted, say):
    say(FeedState.RESYNC, BTC)
    deck = acted.view.tape.deck
    before = deck.notes[0].key
    say(FeedState.LIVE, BTC)
    arrived = deck.arrived
    say(FeedState.RESYNC, BTC)
    assert deck.notes[0].key == before
    assert deck.arrived == arrived - 1


def test_of_two_markets_that_flap_neither_speaks_for_the_other(acted, say, told):
    say(FeedState.RESYNC, BTC, ETH)
    say(FeedState.LIVE, BTC, ETH)
    assert told() == ["● KRAKEN BTC/USDT ETH/USDT live", "◍ KRAKEN BTC/USDT ETH/USDT resync"]
    acted.pass_time(1_500_000_000)
    for symbol in (BTC, ETH, ETH, BTC, ETH):
        say(FeedState.RESYNC, symbol)
        say(FeedState.LIVE, symbol)
    assert told()[2:] == ["● KRAKEN BTC/USDT ETH/USDT live", "◍ KRAKEN BTC/USDT ETH/USDT resync"]
    assert told()[:2] == ["● KRAKEN ETH/USDT live, resync ×3", "● KRAKEN BTC/USDT live, resync ×2"]
    assert len(told()) == 4


def test_a_try_is_no_news_and_what_comes_of_it_is(acted, say, told):
    say(FeedState.DOWN, BTC, ETH, SOL, reason="connection lost")
    down_ns = acted.now_ns
    for reason in ("connection lost", "handshake refused: HTTP 429", "handshake refused: HTTP 418"):
        acted.pass_time(7_000_000_000)
        say(FeedState.CONNECTING, BTC, ETH, SOL, reason="subscribing")
        for symbol in (BTC, ETH, SOL):
            status = acted.market.status("kraken", FeedState.DOWN, reason)
            acted.give(replace(status, symbol=symbol, since_ns=down_ns, at_ns=acted.now_ns))
    say(FeedState.CONNECTING, BTC, ETH, SOL, reason="subscribing")
    say(FeedState.LIVE, BTC, ETH, SOL)
    assert told() == [
        "● KRAKEN all markets live after 21 s",
        "✖ KRAKEN all markets down for 14 s · handshake refused: HTTP 429",
        "✖ KRAKEN all markets down · connection lost",
    ]


def test_a_venue_that_was_down_as_a_whole_is_back_with_its_first_market(acted, say, told):
    say(FeedState.LIVE, BTC, ETH)
    say(FeedState.DOWN, None, reason="no network")
    acted.pass_time(4_000_000_000)
    say(FeedState.CONNECTING, None, BTC, ETH)
    assert told() == ["✖ KRAKEN down · no network"]
    say(FeedState.LIVE, BTC, ETH)
    assert told()[0] == "● KRAKEN BTC/USDT ETH/USDT live after 4.0 s"


@pytest.mark.parametrize(
    ("width", "text"),
    [
        (80, "✖ KRAKEN BTC/USDT ETH/USDT down for 14 s · subscription not answered in 10.0 s"),
        (70, "✖ KRAKEN BTC ETH down for 14 s · subscription not answered in 10.0 s"),
        (60, "✖ KRAKEN BTC ETH down · subscription not answered in 10.0 s"),
        (54, "✖ KRAKEN BTC ETH · subscription not answered in 10.0 s"),
        (40, "✖ KRAKEN BTC ETH · subscription not ans…"),
    ],
)
def test_it_is_cut_where_it_is_worth_least(acted, say, width, text):
    at_ns = acted.now_ns + 14_000_000_000
    say(FeedState.DOWN, BTC, ETH, reason="subscription not answered in 10.0 s", at_ns=at_ns)
    note = acted.view.tape.deck.notes[0]
    assert note.within(width) == text


@pytest.mark.parametrize(
    ("reason", "text"),
    [
        ("closed by the server (1006)", "✖ OKX BTC · clo… (1006)"),
        ("closed by the venue, code 1001", "✖ OKX BTC · closed… code 1001"),
        ("handshake refused: HTTP 429", "✖ OKX BTC · hand… HTTP 429"),
        ("resync not answered in 10.0 s", "✖ OKX BTC · resync not a…"),
        ("connection refused at 127.0.0.1:8701", "✖ OKX BTC · connection refused"),
    ],
)
def test_a_code_at_the_end_is_kept(acted, say, reason, text):
    say(FeedState.DOWN, BTC, reason=reason, venue="okx")
    assert acted.view.tape.deck.notes[0].within(len(text)) == text


def test_of_a_part_of_kairos_the_state_is_said_in_the_narrowest_feed(acted, screen):
    status = acted.market.status("redis", FeedState.DOWN, "no answer within 2.0 s, connected again soon")
    acted.give(replace(status, symbol=None))
    assert "✖ REDIS down · no answer wi" in screen(acted, 140, 40)


def test_in_the_narrowest_feed_venue_state_and_reason_stand(acted, say, screen):
    say(FeedState.DOWN, BTC, ETH, SOL, reason="closed (1006)")
    acted.view.look.layout = 1
    assert "✖ KRAKEN down · closed (1006)" in screen(acted, 140, 40)
    move(acted.view, "panel_timeline")
    move(acted.view, "zoom")
    assert "✖ KRAKEN all markets down · closed (1006)" in screen(acted, 80, 24)

# mypy: disable-error-code="no-untyped-call,union-attr"
"""Reading the feed: what is pinned stays, what fades says so, what comes in is counted; incidents."""

import pytest
from msgspec.structs import replace

from kairos_tui.hud.cards import MOST_PINNED, Card
from kairos_tui.hud.layouts import LAYOUTS
from kairos_tui.hud.lifetimes import Lifetimes
from kairos_tui.hud.moves import move
from kairos_tui.market import CloseReason, FeedState


def keys_of(view):
    return [entry.key for entry in view.tape.deck.entries if isinstance(entry, Card)]


def open_one(acted, name, buy="bybit", sell="okx"):
    market = acted.market
    route = next(r for r in acted.view.board.symbols[0].routes if (r.buy_venue, r.sell_venue) == (buy, sell))
    signal = market._signal(route, name, "open", acted.now_ns, acted.now_ns, 9.0)
    acted.give(signal)
    return signal


def test_a_pinned_signal_stands_first_and_is_neither_merged_nor_lost(stage, screen) -> None:
    acted = stage()
    acted.no_edge()
    first = open_one(acted, "one")
    acted.give(replace(first, event="close", reason=CloseReason.REVERTED))
    move(acted.view, "panel_feed")
    move(acted.view, "pin")
    assert "★ pinned" in screen(acted)
    for number in range(250):
        open_one(acted, f"later{number}")
        acted.give(acted.market.status("kraken", FeedState.DOWN if number % 2 else FeedState.LIVE, "x"))
        acted.pass_time(6_000_000_000)
    assert keys_of(acted.view)[0] == "one"
    assert len(acted.view.tape.deck.entries) == 200
    acted.view.card = "one"
    move(acted.view, "pin")
    assert keys_of(acted.view)[-1] == "one"
    assert "★ pinned" not in screen(acted)


def test_pins_have_a_limit_and_say_so(stage) -> None:
    acted = stage()
    acted.no_edge()
    for number in range(MOST_PINNED + 1):
        open_one(acted, f"s{number}", "binance" if number % 2 else "bybit")
    move(acted.view, "panel_feed")
    for number in range(MOST_PINNED + 1):
        acted.view.card = f"s{number}"
        move(acted.view, "pin")
    assert acted.view.tape.deck.pinned == MOST_PINNED
    assert "unpin one" in acted.view.message[0]


def test_a_pin_on_a_frozen_view_is_there_when_it_goes_on(stage) -> None:
    acted = stage()
    acted.lively()
    move(acted.view, "freeze")
    move(acted.view, "panel_feed")
    acted.view.card = keys_of(acted.view)[2]
    chosen = acted.view.card
    move(acted.view, "pin")
    assert keys_of(acted.view)[0] == chosen
    move(acted.view, "freeze")
    assert keys_of(acted.view)[0] == chosen


def test_an_open_signal_below_what_opens_one_is_fading(stage, screen) -> None:
    acted = stage()
    acted.lively()
    card = acted.view.tape.deck.live()[0]
    assert "◐ FADING" not in screen(acted)
    weak = replace(card.signal.opportunity, net_bps=acted.view.thresholds.min_net_bps - 0.2)
    signals = tuple(
        replace(signal, opportunity=weak) if signal.id == card.key else signal
        for signal in acted.view.board.symbols[0].open_signals
    )
    board = acted.view.board
    one = replace(board.symbols[0], open_signals=signals)
    acted.give(replace(board, symbols=(one,), at_ns=board.at_ns + 1))
    text = screen(acted)
    assert "◐ FADING" in text
    assert "● LIVE" in text.split("SIGNALS")[1]


def test_what_comes_in_while_one_reads_further_down_is_counted(stage, screen) -> None:
    acted = stage()
    acted.lively()
    move(acted.view, "panel_feed")
    for _ in range(4):
        move(acted.view, "cursor_down")
    assert "new ─" not in screen(acted)
    reading = acted.view.card
    open_one(acted, "x1", "kraken", "binance")
    open_one(acted, "x2", "coinbase", "binance")
    assert "▾ 2 new" in screen(acted)
    assert acted.view.card == reading
    move(acted.view, "newest")
    text = screen(acted)
    assert "new ─" not in text
    assert "BUY COINBASE ▸ SELL BINANCE" in text


def test_lifetimes_are_of_ends_that_the_market_made(stage) -> None:
    acted = stage()
    acted.no_edge()
    signal, lives = open_one(acted, "one"), Lifetimes()
    route = signal.opportunity.route
    lives.on_signal(signal)
    assert (lives.of(route).opened, lives.of(route).median_us) == (1, None)
    for lasted_ms, reason in ((100, "reverted"), (700, "depth_gone"), (90_000, "stale"), (300, "reverted")):
        at_ns = signal.opened_ns + lasted_ms * 1_000_000
        lives.on_signal(replace(signal, event="close", at_ns=at_ns, reason=CloseReason(reason)))
    lived = lives.of(route)
    assert (lived.finished, lived.median_us, lived.longest_us) == (3, 300_000, 700_000)
    kept = lives.copy()
    lives.on_signal(signal)
    assert (kept.of(route).opened, lives.of(route).opened) == (1, 2)


def test_the_timeline_has_a_lane_for_each_venue_and_the_incidents_below(stage, screen) -> None:
    acted = stage()
    acted.sick()
    move(acted.view, "panel_timeline")
    lines = screen(acted).splitlines()
    lane = {name: next(line for line in lines if line.startswith(f"│ {name} ") and "━" in line) for name in (
        "BINANCE", "COINBASE", "KRAKEN")}  # fmt: skip
    assert "✖" not in lane["BINANCE"]
    assert "━◌" in lane["COINBASE"]
    assert "━✖" in lane["KRAKEN"]
    text = "\n".join(lines)
    assert "2 incidents" in text
    assert "✖ KRAKEN down · closed by the server (1006)" in text.split("TIMELINE")[1]
    small = screen(acted, 80, 24)
    assert "↻ engine restarted ×1" in small.split("TIMELINE")[1]


async def test_each_change_stands_at_its_own_time_however_old_the_outage_is(stage) -> None:
    acted = stage()
    app = acted.new_app()
    async with app.run_test(size=(160, 45)):
        acted.run(3)
        down = acted.market.status("kraken", FeedState.DOWN, "closed")
        acted.give(down)
        acted.pass_time(2_000_000_000)
        acted.give(replace(down, venue="okx", state=FeedState.STALE, since_ns=acted.now_ns))
        acted.pass_time(12_000_000_000)
        acted.give(replace(down, state=FeedState.CONNECTING, since_ns=acted.now_ns))
        acted.give(replace(down, reason="refused", at_ns=acted.now_ns + 1_000_000))
        acted.give(replace(down, venue="bybit", since_ns=acted.now_ns - 13_000_000_000))
    notes = acted.view.live.deck.notes
    assert [note.since_us for note in notes] == sorted((note.since_us for note in notes), reverse=True)
    assert [note.text.split()[1] for note in notes] == ["KRAKEN", "OKX", "BYBIT", "KRAKEN"]
    assert notes[0].text == "✖ KRAKEN down for 14 s · refused"
    assert notes[-1].text == "✖ KRAKEN down · closed"
    assert notes[0].at_us - notes[-1].at_us == 14_001_000
    assert acted.view.live.deck.entries == notes


@pytest.mark.parametrize(("act", "said"), [("no_edge", "no incident"), ("sick", "2 incidents")])
def test_lanes_are_drawn_as_soon_as_there_is_room_for_them_incident_or_none(act, said, stage, screen) -> None:
    acted = stage()
    getattr(acted, act)()
    for layout in range(len(LAYOUTS)):
        acted.view.look.layout = layout
        move(acted.view, "panel_timeline")
        text = screen(acted, 80, 24).split("TIMELINE")[1]
        assert said in text
        for name in ("BINANCE", "COINBASE", "KRAKEN", "OKX", "BYBIT"):
            assert any(f"│ {name} " in line and "━━━" in line for line in text.splitlines()), layout
        assert "−60s" in text
    acted.view.zoomed = True
    below = screen(acted, 40, 10).split("TIMELINE")[1]  # six rows: five lanes and the times, or incidents
    assert ("│ BYBIT " in below, "−60s" in below) == (act == "no_edge",) * 2
    assert ("engine restarted" in below) == (act == "sick")


def test_incidents_are_remembered_longer_than_the_feed_and_can_be_scrolled(stage, screen) -> None:
    acted = stage()
    acted.no_edge()
    for number in range(300):
        state = FeedState.DOWN if number % 2 == 0 else FeedState.LIVE
        acted.give(acted.market.status("kraken", state, f"reason {number}"))
    move(acted.view, "panel_timeline")
    move(acted.view, "zoom")
    assert "300 incidents" in screen(acted)
    assert "reason 299" in screen(acted)
    for _ in range(400):
        move(acted.view, "cursor_down")
    text = screen(acted)
    assert "reason 0" in text
    assert "older ↓" not in text

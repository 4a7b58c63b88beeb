# mypy: disable-error-code="no-untyped-call,index"
"""What the HUD says in each state: no edge is a verdict, a sick leg has no number, silence is never live."""

import re

import pytest
from msgspec.structs import replace

from kairos_tui.hud.keymap import build_keymap
from kairos_tui.hud.moves import move
from kairos_tui.hud.panels import small
from kairos_tui.market import CloseReason, FeedState, RoleView


def matrix_row(text, venue):
    rows = [line for line in text.splitlines() if line.startswith(f"│ {venue} ")]
    return rows[-1].split("│")[1].split()


def test_no_edge_names_the_route_the_distance_and_the_biggest_eater(stage, screen):
    acted = stage()
    acted.no_edge()
    text = screen(acted)
    best = acted.view.symbol_board.best
    assert f"net −{-best.net_bps:.1f} bps" in text
    assert f"needs +{-best.net_bps:.1f} to profit, +{2.0 - best.net_bps:.1f} to signal" in text
    assert text.count("◂ eats most") == 1
    assert "no signal yet · threshold 2.0" in text


def test_the_last_signal_s_age_counts_on_in_words(stage, screen):
    acted = stage()
    acted.run(40, {"okx": 38.0})
    acted.run(10)
    acted.market.opened_at_ns = acted.now_ns - 724_000_000_000
    acted.run(1)
    assert "no signal for 12 m 04 s · threshold 2.0" in screen(acted)


def test_costs_shown_add_up_to_the_net_shown(stage, screen):
    acted = stage()
    acted.no_edge()
    move(acted.view, "inspect")
    lines = screen(acted).splitlines()
    start = next(place for place, line in enumerate(lines) if "INSPECT" in line)
    figures = {}
    for line in lines[start:]:
        if found := re.match(r"│   (gross|buy fee|sell fee|net) +([+−][\d.]+) ", line):
            figures[found[1]] = float(found[2].replace("−", "-"))
    assert figures["gross"] + figures["buy fee"] + figures["sell fee"] == pytest.approx(
        figures["net"], abs=0.16
    )


def test_stale_down_and_unlisted_legs_have_no_number_and_no_part_in_best(stage, screen):
    acted = stage()
    acted.run(30)
    acted.sicken("okx", FeedState.STALE, "silence")
    acted.sicken("kraken", FeedState.DOWN, "closed")
    acted.market.states["bybit"] = {
        "usable": False, "listed": False, "state": FeedState.DOWN, "bid": None, "ask": None, "age_us": None,
    }  # fmt: skip
    acted.run(5)
    text = screen(acted)
    row = matrix_row(text, "BINANCE")
    assert row[0] == "BINANCE"
    assert row[-3:] == ["××", "··", "--"]
    assert "UNLISTED" in text
    best = acted.view.symbol_board.best
    assert {best.buy_venue, best.sell_venue} <= {"binance", "coinbase"}


@pytest.mark.parametrize("size", [(160, 45), (120, 30), (80, 24)])
def test_a_venue_in_trouble_says_for_how_long_and_how_old_its_quote_is(stage, screen, size):
    acted = stage()
    acted.run(30)
    acted.sicken(
        "okx",
        FeedState.DOWN,
        "closed (1006)",
        retry_in_us=3_200_000,
        state_age_us=14_900_000,
        age_us=24_000_000,
    )
    acted.sicken("kraken", FeedState.DOWN, "refused", state_age_us=7_300_000_000, age_us=7_300_400_000)
    acted.sicken("bybit", FeedState.STALE, "no update for 2.0 s", age_us=90_000_000, alive_us=12_300_000)
    acted.sicken("coinbase", FeedState.CONNECTING, "subscribing", age_us=61_000_000)
    acted.run(1)
    row = venue_rows(screen(acted, *size))
    assert "✖ DOWN 14s" in row["OKX"]
    assert "quote 24s old · closed (1006) · retry in 3.2 s" in row["OKX"]
    assert "✖ DOWN 2h" in row["KRAKEN"]
    assert "old" not in row["KRAKEN"]
    assert re.search("◌ STALE {3,}.*quote 12s old · no update for 2.0 s", row["BYBIT"])
    assert "◔ CONNECT" in row["COINBASE"]
    assert "quote 1m old · subscribing" in row["COINBASE"]
    assert "old" not in row["BINANCE"]
    assert all(
        re.search(r"[✖◌◔] \w+( \d+\w)? ", row[name]) for name in ("OKX", "KRAKEN", "BYBIT", "COINBASE")
    )
    acted.sicken("bybit", FeedState.STALE, "no update for 2.0 s", age_us=90_000_000, alive_us=9_900_000)
    acted.sicken(
        "okx", FeedState.DOWN, "closed by the other side " * 9, retry_in_us=3_200_000, age_us=200_000_000
    )
    acted.run(1)
    row = venue_rows(screen(acted, *size))
    assert "◌ STALE 9s " in row["BYBIT"]
    assert "old" not in row["BYBIT"]
    assert re.search(r" {2}closed by.*… · retry in 3.2 s", row["OKX"])


def venue_rows(text):
    panel = text.split("1 VENUES")[1].split("╰")[0]
    names = (line.strip("│ ▸").partition(" ")[0] for line in panel.splitlines())
    return dict(zip(names, panel.splitlines(), strict=True))


def test_a_silent_engine_takes_every_number_off_the_matrix_and_says_so(stage, screen):
    acted = stage()
    acted.lively()
    assert "◆+" in screen(acted)
    acted.pass_time(1_400_000_000)
    text = screen(acted)
    assert text.startswith(" ✖ ENGINE silent 1.4 s ")
    assert "◆+" not in text
    assert set(matrix_row(text, "BINANCE")[1:]) <= {"·", "··", "▸··"}
    assert "UNCONFIRMED" in text
    for further_ns in (0, 2_000_000_000):
        acted.pass_time(further_ns)
        text = screen(acted)
        assert "● LIVE" not in text
        assert text.count("◌ SILENT") == 5


def test_all_down_groups_venues_by_reason_and_offers_the_simulation(stage, screen):
    acted = stage(feed="live")
    acted.all_down()
    text = screen(acted)
    assert re.search(r"BINANCE COINBASE KRAKEN BYBIT +network unreachable", text)
    assert re.search(r"OKX +TLS handshake timeout", text)
    assert "start the simulated exchanges" in text
    assert "next try in 3.2 s" in text
    assert " LIVE  ✖ 0/5 venues" in text


@pytest.mark.parametrize(("own", "offered"), [(("f6",), "f6"), ((), ":start_sim")])
def test_the_offer_names_the_key_that_starts_the_simulation(stage, screen, own, offered):
    acted = stage(
        feed="live", keymap=build_keymap("default", {"start_sim": own}, {"start_sim": "config.toml:3"})
    )
    acted.all_down()
    assert re.search(rf" {offered} +start the simulated exchanges", screen(acted), re.IGNORECASE)


@pytest.mark.parametrize("venues", [("binance", "okx"), ("binance", "kraken", "okx"), None])
@pytest.mark.parametrize("size", [(160, 45), (120, 30), (80, 24), (60, 20)])
def test_the_offer_and_every_reason_are_shown_however_few_venues_there_are(stage, screen, venues, size):
    acted = stage(feed="live", venues=venues)
    acted.all_down()
    text = screen(acted, *size)
    for words in ("no venue is reachable", "TLS handshake timeout", "start the simulated exchanges"):
        assert words in text


@pytest.mark.parametrize("size", [(120, 30), (80, 24), (60, 20), (60, 9)])
def test_many_reasons_give_way_to_the_offer(stage, screen, size):
    acted = stage(feed="live")
    for number, name in enumerate(acted.market.fees):
        acted.sicken(name, FeedState.DOWN, f"reason {number}", bid=None, ask=None, retry_in_us=3_200_000)
    acted.run(3)
    assert "start the simulated exchanges" in screen(acted, *size)


def test_where_nothing_can_be_simulated_nothing_offers_it(stage, screen):
    acted = stage(feed="live", simulates=False)
    acted.all_down()
    for _ in range(2):
        text = screen(acted)
        assert "start the simulated" not in text
        assert "start sim" not in text
        assert "these venues or symbols have no simulated exchange" in text
        move(acted.view, "help")
    assert not acted.view.offers_sim()


def test_the_simulation_is_never_offered_while_a_venue_is_usable(stage, screen):
    acted = stage(feed="live")
    acted.no_edge()
    assert "start sim" not in screen(acted)
    assert "SIM" not in screen(acted)


def test_a_lone_slow_start_offers_the_simulation_after_the_deadline(stage, screen):
    acted = stage(feed="live")
    acted.connecting()
    assert "start sim" not in screen(acted)
    acted.pass_time(21_000_000_000)
    acted.run(1)
    assert "start the simulated exchanges" in screen(acted)


def test_before_the_first_board_it_says_what_it_waits_for(stage, screen):
    acted = stage()
    text = screen(acted)
    assert "starting" in text
    assert "SIM lively" in text
    acted.connecting()
    assert re.search(r"BINANCE COINBASE OKX BYBIT +loading markets", screen(acted))


def test_freezing_holds_the_picture_and_counts_what_passes(stage, screen):
    acted = stage()
    acted.no_edge()
    move(acted.view, "freeze")
    before = screen(acted).splitlines()[1:-1]
    acted.run(60, {"okx": 40})
    acted.run(152)
    after = screen(acted)
    assert after.splitlines()[1:-1] == before
    assert "PAUSED 00:07" in after.splitlines()[0]
    opened = acted.view.live.deck.opened
    assert opened > 0
    assert f"+{opened} signal" in after.splitlines()[0]
    for width in (80, 60, 40):
        assert f"+{opened}◆" in screen(acted, width, 24).splitlines()[0]
    assert screen(acted, 20, 4).startswith("▐▐ sim")
    assert "resume" in after.splitlines()[-1]
    assert "SIM lively" in after.splitlines()[0]
    move(acted.view, "freeze")
    assert "PAUSED" not in screen(acted)
    assert "CLOSED" in screen(acted)


@pytest.mark.parametrize("act", ["lively", "several", "connecting", "all_down", "paper"])
def test_the_header_says_rate_latency_and_time_before_it_says_more(act, stage, screen):
    acted = stage(feed="live" if act == "all_down" else "sim")
    getattr(acted, act)()
    for width in range(90, 161, 5):
        header = screen(acted, width, 24).splitlines()[0]
        for said in (" t/s ", "p99 ", "Z ", "BTC/USDT", "/5"):
            assert said in header, header
        if "30 fps" in header:
            assert " signals " in header  # what the HUD costs comes after them, and never fills a gap


def test_on_80_columns_words_yield_to_the_rate_and_the_latency(stage, screen):
    acted = stage()
    acted.lively()
    header = screen(acted, 80, 24).splitlines()[0]
    assert all(said in header for said in ("SIM lively", "● 5/5 ", "1,137 t/s", "p99 ◆1.2ms", "10:29:38Z"))
    assert "seed" not in header
    assert "◆ 0.3ms p99 ◆1.2ms" in screen(acted).splitlines()[0]
    acted = stage()
    acted.several()
    header = screen(acted, 80, 24).splitlines()[0]
    assert all(said in header for said in ("▌BTC/USDT▐ 1/3", "SIM  ● 5/5 ", " t/s", "p99 ◆1.2ms"))
    move(acted.view, "freeze")
    header = screen(acted, 80, 24).splitlines()[0]
    assert "PAUSED" in header
    assert "10:29:19Z" in header


def test_a_restart_and_missed_signals_are_said_in_the_header(stage, screen):
    acted = stage()
    acted.run(30)
    acted.market.roles = (RoleView("engine", "running", 7, restarts=1),)
    acted.market.epoch = 1
    acted.run(60)
    acted.view.missed = 3
    header = screen(acted).splitlines()[0]
    assert "engine restarted ×1 1 s ago" in header
    assert "3 signals missed" in header
    acted.run(900)
    assert "restarted" not in screen(acted).splitlines()[0]


def test_a_hud_that_comes_later_says_of_no_restart_that_it_was_just_now_but_of_its_own(stage, screen):
    acted = stage()
    acted.market.roles = (RoleView("engine", "running", 7, restarts=3), RoleView("hud", "running", 8))
    acted.run(3)
    assert "restarted" not in screen(acted)
    acted = stage()
    acted.market.roles = (
        RoleView("engine", "running", 7, restarts=3),
        RoleView("hud", "running", 8, restarts=1),
    )
    acted.run(3)
    assert "hud restarted ×1 0 s ago" in screen(acted).splitlines()[0]
    assert "engine restarted" not in screen(acted)
    acted.market.roles = (RoleView("engine", "running", 7, restarts=4),)
    acted.run(3)
    assert "engine restarted ×4 0 s ago" in screen(acted).splitlines()[0]


def test_where_the_mirror_is_stands_in_the_header_and_how_to_get_in_among_the_signals(stage, screen):
    acted = stage()
    acted.market.roles = (
        RoleView("mirror", "running", 7, 0, "http://10.0.0.7:4322/?token=s3same-0pen (port 4321 is in use)"),
    )
    acted.run(12)
    text = screen(acted)
    assert "⌁ 10.0.0.7:4322" in text.splitlines()[0]
    assert "s3same" not in text.splitlines()[0]
    assert [text.count(each) for each in ("⌁ mirror:", "http://10.0.0.7:4322/ ", "?token=s3same-0pen ")] == [
        1,
        1,
        1,
    ]


def test_a_mirror_that_gave_up_says_why_and_is_not_in_the_header(stage, screen):
    acted = stage()
    acted.market.roles = (RoleView("mirror", "failed", None, 0, "0.0.0.0:80: port 80 needs privileges"),)
    acted.run(12)
    text = screen(acted)
    assert "⌁" not in text.splitlines()[0]
    assert "⌁ mirror: 0.0.0.0:80: port" in text
    assert "80 needs privileges" in text


def test_a_card_lives_closes_with_its_reason_and_merges_when_it_fires_again(stage, screen):
    acted = stage()
    acted.run(30, {"okx": 38.0})
    assert re.search(r"● LIVE \d\.\d s", screen(acted))
    acted.run(10)
    assert re.search(r"CLOSED \d\.\d s · reverted", screen(acted))
    acted.run(30, {"okx": 38.0})
    assert "×2 merged" in screen(acted)


def test_a_card_whose_end_was_lost_is_not_left_live(stage, screen):
    acted = stage()
    acted.run(30, {"okx": 38.0})
    acted.market.open.clear()
    acted.market.pull = {}
    acted.pass_time(33_000_000)
    acted.give(*[item for item in acted.market.step(acted.now_ns) if hasattr(item, "symbols")])
    text = screen(acted)
    assert "● LIVE 0" not in text.split("4 SIGNALS")[1]
    assert "end not seen" in text


def test_a_hud_that_joins_late_shows_the_signals_that_stand(stage, screen):
    acted = stage()
    acted.market.pull = {"okx": 38.0}
    for _ in range(30):
        acted.pass_time(33_000_000)
        acted.give(*[item for item in acted.market.step(acted.now_ns) if hasattr(item, "symbols")])
    assert "● LIVE 0" in screen(acted)


def test_a_late_board_does_not_reopen_a_closed_signal(stage, screen):
    acted = stage()
    acted.run(30, {"okx": 38.0})
    late = acted.view.board
    standing = list(acted.market.open.values())
    for signal in standing:
        acted.give(replace(signal, event="close", at_ns=acted.now_ns + 1, reason=CloseReason.REVERTED))
    acted.give(late)
    assert acted.view.live.deck.live() == []


def test_live_data_and_simulated_data_never_share_a_history(stage, screen, play):
    acted = stage(feed="live")
    acted.run(30, {"okx": 38.0})
    acted.market = play.Market(feed="sim")
    acted.run(2)
    text = screen(acted)
    assert " SIM" in text.splitlines()[0]
    assert "k7f3-1" not in text
    assert acted.view.live.deck.opened == 0


def test_inspecting_a_venue_and_a_signal_shows_what_they_are_made_of(stage, screen):
    acted = stage()
    acted.lively()
    move(acted.view, "panel_venues")
    move(acted.view, "cursor_down")
    move(acted.view, "inspect")
    assert "COINBASE taker 60.0 bps (market)" in screen(acted)
    move(acted.view, "panel_feed")
    move(acted.view, "inspect")
    text = screen(acted)
    assert "depth" in text
    assert "profit +" in text
    assert "outlay" in text


def test_the_inspected_route_stays_when_the_best_one_moves_on(stage, screen):
    acted = stage()
    acted.run(30, {"okx": 6})
    first = acted.view.symbol_board.best
    move(acted.view, "inspect")
    named = f"INSPECT  {first.buy_venue.upper()} → {first.sell_venue.upper()}"
    assert named in screen(acted)
    acted.run(30, {"binance": 40})
    assert acted.view.symbol_board.best.sell_venue != first.sell_venue
    text = screen(acted)
    assert named in text
    assert any(cell.startswith("▸") for cell in matrix_row(text, first.buy_venue.upper()))


def test_several_symbols_are_turned_through(stage, screen, play):
    acted = stage()
    acted.run(3)
    board = acted.view.board
    second = replace(board.symbols[0], symbol="ETH/USDT")
    acted.give(replace(board, symbols=(board.symbols[0], second), at_ns=board.at_ns + 1))
    move(acted.view, "symbol_next")
    assert "ETH/USDT▐ 2/2" in screen(acted).splitlines()[0]
    move(acted.view, "symbol_next")
    assert "BTC/USDT▐ 1/2" in screen(acted).splitlines()[0]


@pytest.mark.parametrize("size", [(40, 10), (60, 15)])
def test_a_small_screen_says_what_is_watched_and_who_is_in_trouble(size, stage, screen):
    acted = stage()
    acted.sick()
    text = screen(acted, *size)
    assert "▌BTC/USDT▐" in text
    assert "SIM" in text
    assert "3/5" in text
    assert "✖ KRAKEN down  ◌ COINBASE stale" in text
    acted.pass_time(1_400_000_000)
    text = screen(acted, *size)
    assert "ENGINE silent" in text
    assert "nothing is known" in text
    assert "−" not in text


@pytest.mark.parametrize(
    ("width", "said"),
    [
        (63, " ✖ KRAKEN OKX down  ◌ BINANCE COINBASE stale  ◔ BYBIT connect"),
        (43, " ✖ KRAKEN OKX  ◌ BINANCE COINBASE  ◔ BYBIT"),
        (40, " ✖ KRAKEN OKX  ◌ BINANCE  +2 more"),
        (28, " ✖ KRAKEN OKX  +3 more"),
        (18, " ✖ KRAKEN  +4 more"),
        (12, " ✖ KRAKEN  …"),
    ],
)
def test_on_a_narrow_screen_the_worst_is_named_first_and_the_rest_counted(stage, texts, width, said):
    acted = stage()
    acted.run(3)
    acted.sicken("binance", FeedState.STALE, "no update")
    acted.sicken("coinbase", FeedState.STALE, "no update")
    acted.sicken("bybit", FeedState.CONNECTING, "subscribing")
    acted.sicken("kraken", FeedState.DOWN, "closed")
    acted.sicken("okx", FeedState.DOWN, "closed")
    acted.run(1)
    acted.view.live.ever_usable = True
    lines = [line.rstrip() for line in texts(small.draw(acted.view, width, 9))]
    assert said in lines


def test_a_small_screen_shows_every_symbol_and_whose_a_signal_is(stage, screen):
    acted = stage()
    acted.several()
    for size in ((40, 10), (60, 15)):
        text = screen(acted, *size)
        assert "▸BTC −13.1  ETH ◆+13.7  SOL −25.4" in text
        assert "BTC BINANCE▸OKX" in text.split("────")[-1]  # the asset stands before a signal's route
        assert "LIVE 7.9" in text


def test_a_frozen_view_counts_what_it_misses_and_an_outage_how_long_it_is(stage, screen):
    acted = stage()
    acted.lively()
    move(acted.view, "freeze")
    used = acted.view.board.rates.used
    board = acted.market.step(acted.now_ns + 1)[-1]
    acted.give(replace(board, rates=replace(board.rates, used=used + 34_912)))
    assert "+34,912 ticks" in screen(acted)
    live = stage(feed="live")
    live.all_down()
    assert "✖ OFFLINE 03:04" in screen(live)
    assert "✖ OFFLINE 03:04" in screen(live, 40, 10)


def test_one_row_never_looks_live_while_it_is_not(stage, texts):
    def shown(width):
        return texts(small.line(acted.view, width, 4))[0].rstrip()

    acted = stage(feed="live")
    acted.lively()
    assert re.fullmatch(r"live 5/5 \+\d+\.\d .+", shown(40))
    move(acted.view, "freeze")
    acted.run(30, {"okx": 60.0})
    acted.pass_time(6_000_000_000)
    assert re.fullmatch(r"▐▐ 00:06 5/5 \+\d+\.\d .*", shown(20))
    assert {ink for _, ink in small.line(acted.view, 20, 4)[0]} <= {"pause", "text"}
    move(acted.view, "freeze")
    assert shown(20) == "✖ silent 6.0 s 0/5"
    assert shown(40) == "✖ engine silent 6.0 s 0/5"
    acted = stage(feed="live")
    acted.all_down()
    assert shown(20) == "live 0/5 offline"


def test_one_row_of_a_replay_that_stands_still_says_so(stage, texts):
    for paused, mark in ((False, "◀◀"), (True, "▐▐")):
        acted = stage()
        acted.replay(paused=paused)
        assert texts(small.line(acted.view, 20, 4))[0].startswith(f"{mark} replay 5/5")


def test_a_small_screen_tells_the_quotes_of_one_coin_apart(stage, screen):
    acted = stage()
    acted.believed()
    assert "▸USDT ◆+3.2  USD ··" in screen(acted, 40, 10)

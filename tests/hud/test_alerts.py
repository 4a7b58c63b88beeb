# mypy: disable-error-code="no-untyped-call,no-untyped-def"
"""Bell, notification and title: quiet until asked for, seldom, never an old number, never an escape."""

import re

import pytest
from msgspec.structs import replace

from kairos_tui.hud import sequences
from kairos_tui.hud.alerts import EVERY_NS, Alerts, title_of
from kairos_tui.hud.moves import move
from kairos_tui.market import Asset, Venue

HOSTILE = "x\x1b]0;PWNED\x07\x1b\\\x9b2J\x9c\u202eevil\r\n;9;4;1"
OSC = re.compile(r"\x1b\](?:2|9|777|52);[^\x00-\x1f\x7f-\x9f]*\x07")


def inert(sequence):
    """Whole sequences of ours, and nothing else a terminal acts on."""
    left = OSC.sub("", sequence)
    return left.replace("\x07", "").replace(sequences.KEEP_TITLE, "").replace(sequences.GIVE_TITLE_BACK, "")


def opened(acted):
    signals = [card.signal for card in acted.view.live.deck.live()]
    assert signals
    return replace(signals[0], event="open")


@pytest.fixture
def live(stage):
    acted = stage()
    acted.lively()
    return acted


def test_nothing_rings_until_it_is_asked_for(live):
    alerts = Alerts(("title",), {})
    alerts.on_signal(opened(live))
    assert (alerts.are_on, alerts.due("sim", live.now_ns)) == (False, "")
    assert alerts.toggle().startswith("alerts on: bell and desktop notification")
    alerts.on_signal(opened(live))
    rung = alerts.due("sim", live.now_ns)
    assert rung.endswith(sequences.BELL)
    assert "\x1b]9;Kairos: ◆ +" in rung
    assert " · sim" in rung
    alerts.on_signal(opened(live))
    assert alerts.toggle().startswith("alerts off")
    assert alerts.due("sim", live.now_ns + 2 * EVERY_NS) == ""


def test_the_settings_choose_which_and_the_key_brings_back_those(live):
    alerts = Alerts(("bell",), {})
    alerts.on_signal(opened(live))
    assert alerts.due("sim", live.now_ns) == sequences.BELL
    alerts.toggle()
    assert "notification" not in alerts.toggle()
    assert alerts.title(live.view) == ""  # no title among the wanted


def test_one_in_five_seconds_and_what_waited_is_counted(live):
    alerts = Alerts(("notify",), {})
    first = opened(live)
    alerts.on_signal(first)
    assert alerts.due("sim", live.now_ns)
    best = replace(first, opportunity=replace(first.opportunity, net_bps=99.0))
    for signal in (first, best, first):
        alerts.on_signal(signal)
    assert alerts.due("sim", live.now_ns + EVERY_NS - 1) == ""
    later = alerts.due("sim", live.now_ns + EVERY_NS)
    assert "+99.0 bps" in later
    assert later.endswith("· 2 more\x07")
    assert alerts.due("sim", live.now_ns + 3 * EVERY_NS) == ""


def test_where_there_is_only_ascii_title_and_notification_are_too(live):
    alerts = Alerts(("title", "notify"), {}, ascii_only=True)
    alerts.on_signal(opened(live))
    assert alerts.due("sim", live.now_ns).isascii()
    assert alerts.title(live.view).isascii()


def test_updates_and_closes_are_no_news(live):
    alerts = Alerts(("bell", "notify"), {})
    for event in ("update", "close"):
        alerts.on_signal(replace(opened(live), event=event))
    assert alerts.due("sim", live.now_ns) == ""


@pytest.mark.parametrize("environ", [{}, {"TERM": "rxvt-unicode"}, {"VTE_VERSION": "7600"}])
def test_hostile_names_end_no_sequence(live, environ):
    alerts = Alerts(("bell", "notify"), environ)
    signal = opened(live)
    route = replace(signal.opportunity.route, buy_venue=Venue(HOSTILE), symbol=HOSTILE)
    found = replace(signal.opportunity, route=route, asset=Asset(HOSTILE))
    alerts.on_signal(replace(signal, opportunity=found))
    rung = alerts.due("live", live.now_ns)
    assert inert(rung) == ""
    assert rung.count("\x07") == 2  # the end of the notification, and the bell
    assert rung.count(";") == (3 if environ else 1)
    named = sequences.title(HOSTILE)
    assert (inert(named), named.count("\x1b")) == ("", 1)


def test_tmux_is_asked_to_let_the_notification_through():
    through = sequences.notification("edge", {"TMUX": "/tmp/x,1,0", "TERM": "tmux-256color"})
    assert through == "\x1bPtmux;\x1b\x1b]9;Kairos: edge\x07\x1b\\"


def test_the_title_says_the_edge_the_feed_and_when_nothing_is_known(stage):
    acted = stage()
    assert title_of(acted.view) == "◌ BTC/USDT · sim · connecting — Kairos"
    acted.no_edge()
    assert re.fullmatch(r"−\d+\.\d \w+ → \w+ · sim — Kairos", title_of(acted.view))
    acted.lively()
    assert title_of(acted.view).startswith("◆ +")
    acted.pass_time(1_500_000_000)
    assert title_of(acted.view) == "◌ BTC/USDT · sim · silent — Kairos"
    down = stage(feed="live")
    down.all_down()
    assert title_of(down.view) == "✖ BTC/USDT · live · nothing reachable — Kairos"


def test_among_several_assets_the_title_names_that_of_the_route(stage):
    acted = stage()
    acted.view.plan = replace(acted.view.plan, symbols=("BTC/USDT", "BTC/USD"))
    acted.lively()
    assert re.fullmatch(r"◆ \+\d+\.\d \w+ → \w+ · sim — Kairos", title_of(acted.view))
    acted.view.plan = replace(acted.view.plan, symbols=("BTC/USDT", "ETH/USDT"))
    assert re.fullmatch(r"◆ \+\d+\.\d BTC \w+ → \w+ · sim — Kairos", title_of(acted.view))
    quiet = stage()
    quiet.view.plan = acted.view.plan
    quiet.no_edge()
    assert re.fullmatch(r"−\d+\.\d BTC \w+ → \w+ · sim — Kairos", title_of(quiet.view))


async def test_the_window_is_named_once_and_gets_its_own_title_back(stage):
    acted = stage()
    app = acted.new_app()
    written: list[str] = []
    async with app.run_test(size=(120, 30)) as pilot:
        await pilot.pause()
        app.write = written.append
        acted.no_edge()
        app.name_window()
        app.name_window()
        assert sum("\x1b]2;" in one for one in written) == 1
        await pilot.press("exclamation_mark")
        assert app.alerts.are_on
        acted.lively()
        acted.give(opened(acted))
        assert any("\x1b]9;Kairos: ◆" in one for one in written)
        app.unname_window()
        assert written[-1] == sequences.GIVE_TITLE_BACK


def test_the_bar_of_the_taskbar_says_how_near_the_edge_is_and_is_told_once(stage):
    acted = stage()
    alerts = Alerts(("progress",), {})
    acted.run(30)
    assert alerts.progress(acted.view) == ""  # no edge, no bar
    acted.run(30, {"okx": 34.0})
    assert alerts.progress(acted.view) == "\x1b]9;4;1;100\x07"
    assert alerts.progress(acted.view) == ""
    one = acted.view.symbol_board
    near = replace(one.best, net_bps=0.5)
    acted.dress = lambda board: replace(board, symbols=(replace(board.symbols[0], best=near, converted=()),))
    acted.run(1)
    assert alerts.progress(acted.view) == "\x1b]9;4;1;25\x07"
    move(acted.view, "freeze")
    assert alerts.progress(acted.view) == "\x1b]9;4;4;25\x07"
    acted.pass_time(2_000_000_000)
    assert alerts.progress(acted.view) == "\x1b]9;4;2;100\x07"
    assert alerts.unprogress() == "\x1b]9;4;0;0\x07"
    assert alerts.unprogress() == ""


def test_no_bar_is_shown_unless_it_is_wanted(live):
    alerts = Alerts(("title", "bell", "notify"), {})
    assert alerts.progress(live.view) + alerts.unprogress() == ""

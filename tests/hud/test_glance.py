# mypy: disable-error-code="no-untyped-call,no-untyped-def"
"""Three lines, or one, that answer the same questions as the screen, and never with a number that is old."""

import re

import pytest
from msgspec.structs import replace

from kairos_tui.hud import Theme, glance
from kairos_tui.hud.reach import Reach
from kairos_tui.hud.segments import cells
from kairos_tui.market import FeedState

PLAIN = glance.Brush(Theme(), Reach())


def three(acted):
    return [PLAIN.plain(row) for row in glance.board_rows(acted.view)]


def one(acted):
    return PLAIN.plain(glance.board_row(acted.view))


def test_a_standing_edge_is_named_with_its_size_and_money(stage):
    acted = stage()
    acted.lively()
    alive, edge, signals = three(acted)
    assert re.fullmatch(r"KAIROS BTC/USDT  SIM lively  ● 5/5 venues · 1,\d{3} t/s · [\d:]{8}Z", alive)
    assert re.fullmatch(r"◆ \+\d+\.\d bps net  \w+ → \w+ · edge · [\d.]+ BTC · \+[\d.]+ USDT", edge)
    assert re.fullmatch(r"◆ \d signals? open, best \+\d+\.\d bps · \d since start · from \+2\.0 bps", signals)
    assert re.fullmatch(r"sim BTC/USDT ◆ \+\d+\.\d bps \w+ → \w+ 5/5", one(acted))


def test_without_an_edge_it_says_how_far_and_what_eats_it(stage):
    acted = stage()
    acted.no_edge()
    _, edge, signals = three(acted)
    assert re.fullmatch(
        r"○ −\d+\.\d bps net  \w+ → \w+ · no edge · needs \+\d+\.\d · gross .+ eats most", edge
    )
    assert signals.startswith("no signal yet · 0 since start")


@pytest.mark.parametrize(
    ("act", "feed", "said"),
    [
        ("connecting", "sim", "0 of 5 live: loading markets ×4"),
        ("all_down", "live", "0 of 5 live: network unreachable ×4"),
        ("silent", "sim", "silent for 1.4 s: nothing is known to be true now"),
    ],
)
def test_what_is_not_live_has_no_number(stage, act, feed, said):
    acted = stage(feed=feed)
    getattr(acted, act)()
    alive, edge, signals = three(acted)
    assert (edge, glance.is_live(acted.view)) == (f"◌ {said}", False)
    assert one(acted) == f"{feed} BTC/USDT {said}"
    assert "✖ 0/5 venues" in alive
    assert "bps" not in edge
    assert signals in ("signals: not known", "no signal yet · 0 since start · from +2.0 bps")


@pytest.mark.parametrize(
    ("act", "said"),
    [
        ("lively", r"◆ \+\d+\.\d bps net  \w+ → \w+ · edge.*"),
        ("no_edge", r"○ −\d+\.\d bps net  \w+ → \w+ · no.*"),
        ("believed", r"[▲◆] \+\d\.\d bps net  BINANCE USDT → OKX USD.*"),
        ("all_down", r"◌ 0 of 5 live: network unreachable ×4"),
    ],
)
def test_forty_columns_hold_the_figure_and_the_route_or_how_many_and_why(stage, act, said):
    acted = stage(feed="live" if act == "all_down" else "sim")
    getattr(acted, act)()
    assert re.fullmatch(said, PLAIN.plain(glance.board_rows(acted.view)[1], 39))
    assert "bps" in PLAIN.plain(glance.board_row(acted.view), 39) or act == "all_down"


def test_one_cause_at_each_one_s_own_address_is_one_cause(stage):
    acted = stage(feed="live")
    for port, name in enumerate(acted.market.fees):
        acted.sicken(name, FeedState.DOWN, f"connection refused at 127.0.0.1:{port}", bid=None, ask=None)
    acted.run(3)
    assert three(acted)[1] == "◌ 0 of 5 live: connection refused"
    acted.sicken("okx", FeedState.LIVE, None, usable=True)
    acted.run(1)
    assert three(acted)[1] == "◌ 1 of 5 live: two make a route"


def test_before_the_first_board_it_connects(stage):
    assert three(stage())[1] == "◌ connecting"


def test_a_sale_in_another_quote_says_how_it_ends(stage):
    acted = stage()
    acted.believed()
    assert re.search(r"\+\d\.\d bps net  BINANCE USDT → OKX USD  closed · ", three(acted)[1])


@pytest.mark.parametrize("depth", ["truecolor", "256", "16", "none"])
def test_colours_change_no_text_and_are_no_more_than_the_terminal_has(stage, depth):
    acted = stage()
    acted.lively()
    brush = glance.Brush(acted.plan.theme, Reach(depth))
    for row in (*glance.board_rows(acted.view), glance.board_row(acted.view)):
        drawn = brush.coloured(row, 200)
        assert re.sub(r"\x1b\[[\d;]*m", "", drawn).rstrip() == PLAIN.plain(row)
        assert ("8;2;" in drawn) == (depth == "truecolor")
        assert ("8;5;" in drawn) == (depth == "256")
        if depth == "none":
            assert not re.search(r"[\[;](?:[349]|10)\d", drawn)
        narrow = re.sub(r"\x1b\[[\d;]*m", "", brush.coloured(row, 40))
        assert cells(narrow) <= 40


def test_where_there_is_only_ascii_its_twins_are_drawn(stage):
    acted = stage()
    acted.lively()
    brush = glance.Brush(acted.plan.theme, Reach(glyphs="ascii"))
    for row in glance.board_rows(acted.view):
        assert brush.plain(row).isascii()
        assert len(brush.plain(row)) == cells(PLAIN.plain(row))


def test_hostile_text_is_inert(stage):
    acted = stage()
    acted.all_down()
    view, hostile = acted.view, "\x1b]0;PWNED\x07\x9b2J\r\n\u202e#[fg=red]"
    board = view.board
    (shown,) = board.symbols
    sick = tuple(replace(venue, reason=hostile) for venue in shown.venues)
    view.live.board = replace(board, symbols=(replace(shown, symbol=hostile, venues=sick),))
    for row in (*glance.board_rows(view), glance.board_row(view)):
        assert PLAIN.plain(row).isprintable()

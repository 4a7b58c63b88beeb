# mypy: disable-error-code="no-untyped-call,arg-type,union-attr,type-var"
"""How panels can be set: the matrix's figure, the venues' order, how far plots look back, which symbol."""

from itertools import pairwise

from msgspec.structs import replace

from kairos_tui.hud.moves import move
from kairos_tui.hud.ranking import Ranking
from kairos_tui.hud.trail import Trail
from kairos_tui.market import FeedState, RouteView, Symbol, SymbolBoard, Venue, VenueView

SECOND = 1_000_000_000


def board(**asks):
    rows = tuple(
        VenueView(Venue(name), FeedState.LIVE, usable=ask is not None, ask=ask, bid=99.0, bid_size=1.0)
        for name, ask in asks.items()
    )
    return SymbolBoard(Symbol("BTC/USDT"), rows, ())


def names(rows):
    return [row.venue for row in rows]


def test_rows_move_at_most_once_a_second() -> None:
    ranking = Ranking()
    assert names(ranking.of(board(a=103.0, b=101.0, c=102.0), "ask", 0)) == ["b", "c", "a"]
    assert names(ranking.of(board(a=100.0, b=101.0, c=102.0), "ask", SECOND // 2)) == ["b", "c", "a"]
    assert names(ranking.of(board(a=100.0, b=101.0, c=102.0), "ask", SECOND)) == ["a", "b", "c"]
    assert names(ranking.of(board(a=103.0, b=101.0, c=102.0), "ask", SECOND + 1)) == ["a", "b", "c"]
    moved = [
        names(ranking.of(board(a=100.0 + at % 7, b=103.0), "ask", at * SECOND // 30)) for at in range(300)
    ]
    changes = sum(before != after for before, after in pairwise(moved))
    assert 3 <= changes <= 10


def test_another_order_stands_at_once_and_what_cannot_be_traded_on_comes_last() -> None:
    ranking = Ranking()
    one = board(a=103.0, b=None, c=102.0)
    assert names(ranking.of(one, "given", 0)) == ["a", "b", "c"]
    assert names(ranking.of(one, "ask", 1)) == ["c", "a", "b"]
    assert names(ranking.of(one, "ask", 2, reverse=True)) == ["a", "c", "b"]
    assert names(ranking.of(one, "given", 3, reverse=True)) == ["c", "b", "a"]


def test_the_order_by_edge_is_that_of_the_best_route_a_venue_has_a_part_in() -> None:
    routes = (
        RouteView("a", "b", net_bps=-3.0),
        RouteView("b", "c", net_bps=4.0),
        RouteView("c", "a", net_bps=-9.0),
    )
    one = replace(board(a=1.0, b=1.0, c=1.0), routes=routes)
    assert names(Ranking().of(one, "edge", 0)) == ["b", "c", "a"]


def test_the_cursor_stays_on_its_venue_when_rows_move(stage, screen) -> None:
    acted = stage()
    acted.lively()
    move(acted.view, "panel_venues")
    move(acted.view, "cursor_down")
    assert acted.view.ranked[acted.view.row].venue == "coinbase"
    move(acted.view, "sort_next")
    assert acted.view.look.order == "edge"
    assert acted.view.row == names(acted.view.ranked).index("coinbase") > 1
    acted.view.message = None
    text = screen(acted)
    assert "by edge ▾" in text
    assert [line for line in text.splitlines() if "▸ COINBASE" in line]
    move(acted.view, "inspect")
    assert acted.view.inspected.buy == "coinbase"
    move(acted.view, "sort_reverse")
    assert "by edge ▴" in screen(acted)


def test_the_matrix_shows_the_figure_that_is_asked_for_and_none_of_a_dead_leg(stage, screen) -> None:
    acted = stage()
    acted.sick()
    route = acted.view.route(Venue("binance"), Venue("okx"))
    said = {}
    words_of = {"gross": "gross bps before fees", "size": "BTC at the top of both books", "age": "age of the"}
    for figure, words in words_of.items():
        move(acted.view, "figure_next")
        assert acted.view.look.figure == figure
        text = screen(acted)
        assert words in text
        line = next(line for line in text.splitlines() if line.startswith("│ BINANCE  ") and "··" in line)
        said[figure] = line
        assert line.count("××") == 1
        assert line.count("··") == 1
    assert f"{route.gross_bps:+.1f}" in said["gross"]
    assert f"{route.top_size:.3f}" in said["size"]
    assert "ms" in said["age"]
    move(acted.view, "figure_next")
    assert "net bps after fees" in screen(acted)
    move(acted.view, "figure_previous")
    assert acted.view.look.figure == "age"


def test_a_long_trail_knows_an_hour_and_forgets_no_peak() -> None:
    trail = Trail(keep_highest=True, long=True)
    for quarter in range(4 * 3600):
        trail.add(50.0 if quarter == 400 else 1.0, quarter * SECOND // 4)
    now_ns = 3600 * SECOND - 1
    assert max(value for value in trail.sample(now_ns, 120, 3600 * SECOND)) == 50.0
    assert None not in trail.sample(now_ns, 120, 3600 * SECOND)[1:]
    assert max(value for value in trail.sample(now_ns, 200, 900 * SECOND)[1:]) == 1.0
    gone = Trail(long=True)
    gone.add(1.0, 0)
    assert set(gone.sample(5000 * SECOND, 90, 3600 * SECOND)) == {None}


def test_the_plot_looks_back_as_far_as_is_asked_for(stage, screen) -> None:
    acted = stage()
    acted.lively()
    assert "best net bps · 60 s" in screen(acted)
    move(acted.view, "span_longer")
    text = screen(acted)
    assert "best net bps · 5 min" in text
    assert "−4m" in text
    for _ in range(5):
        move(acted.view, "span_longer")
    assert "best net bps · 1 h" in screen(acted)
    for _ in range(9):
        move(acted.view, "span_shorter")
    text = screen(acted)
    assert "best net bps · 30 s" in text
    assert "−25s" in text


def test_all_symbols_stand_in_a_row_each_and_the_cursor_is_the_symbol_shown(stage, screen) -> None:
    acted = stage()
    acted.several()
    text = screen(acted)
    rows = [line for line in text.splitlines() if "/USDT " in line and line.startswith("│")]
    assert len(rows) == 3
    assert "◆+13.7  BINANCE▸OKX" in rows[1]
    assert "4/5" in rows[2]
    move(acted.view, "panel_markets")
    move(acted.view, "cursor_down")
    assert acted.view.symbol == "ETH/USDT"
    assert "▌ETH/USDT▐ 2/3" in screen(acted)
    move(acted.view, "inspect")
    assert acted.view.focus == "matrix"
    move(acted.view, "panel_markets")
    move(acted.view, "cursor_down")
    move(acted.view, "cursor_down")
    assert acted.view.symbol == "SOL/USDT"
    acted.pass_time(2_000_000_000)
    text = screen(acted)
    assert "nothing is heard" in text
    assert "+13.7" not in text.split("SPREAD MATRIX")[0]

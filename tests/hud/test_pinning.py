# mypy: disable-error-code="no-untyped-call,arg-type,union-attr"
"""A route pinned to the plot: its own past, its own signals, its own verdict, and no other's."""

from msgspec.structs import replace
from tests.hud.keyed import row_text

from kairos_tui.hud.chosen import chosen
from kairos_tui.hud.followed import Followed
from kairos_tui.hud.kept import Keeper
from kairos_tui.hud.moves import move
from kairos_tui.hud.panels.explain.subjects import subjects
from kairos_tui.hud.pinning import pinned_route, plotted
from kairos_tui.hud.view_state import View
from kairos_tui.market import FeedState


def edge_of(app):
    rows = [row_text(app, y) for y in range(45)]
    first = next(y for y, row in enumerate(rows) if "EDGE" in row and "╭" in row)
    return rows[first:]


def pinned_stage(stage, cell=(4, 3)):
    acted = stage()
    acted.lively()
    acted.view.cell = cell
    move(acted.view, "pin")
    return acted


async def test_p_pins_the_cell_to_the_plot_and_p_again_gives_it_back_to_the_best(stage) -> None:
    acted = stage()
    app = acted.new_app()
    async with app.run_test(size=(160, 45)) as pilot:
        await pilot.pause()
        acted.lively()
        assert "3 EDGE  best net bps" in edge_of(app)[0]
        await pilot.press("left", "p")
        assert "3 EDGE  ★ BINANCE → KRAKEN net bps · 60 s" in edge_of(app)[0]
        assert "○ NO EDGE  BINANCE → KRAKEN" in edge_of(app)[1]
        assert "▼" not in "".join(edge_of(app)[1:20])  # no signal was ever on that route
        await pilot.press("3", "p")
        assert "3 EDGE  best net bps" in edge_of(app)[0]
        assert chosen(app.view).opportunity.route.sell_venue == "okx"  # of the best route, its signal
        await pilot.press("2", "p", "3")
        assert (chosen(app.view).buy_venue, chosen(app.view).sell_venue) == ("binance", "kraken")
        await pilot.press("p", "p")
        assert "3 EDGE  ★ BINANCE → OKX net bps" in edge_of(app)[0]
        assert "▼" in "".join(edge_of(app)[1:])


def test_the_line_of_a_pinned_route_begins_with_its_last_minute_and_is_that_of_its_boards(stage) -> None:
    acted = pinned_stage(stage)
    trail = acted.view.tape.followed.trail("BTC/USDT")
    before = [value for value in trail.sample(acted.now_ns, 240) if value is not None]
    assert len(before) > 60
    acted.run(60)
    route = acted.view.route("bybit", "okx")
    assert trail.sample(acted.now_ns, 240)[-1] >= route.net_bps
    best = acted.view.tape.edges["BTC/USDT"].sample(acted.now_ns, 240)
    pairs = zip(trail.sample(acted.now_ns, 240), best, strict=True)
    assert all(mine <= highest + 1e-9 for mine, highest in pairs if mine is not None)


def test_a_pinned_route_that_cannot_be_priced_says_why_and_leaves_a_gap(stage, screen) -> None:
    acted = pinned_stage(stage)
    acted.sicken("okx", FeedState.STALE, "no update for 2.4 s")
    acted.run(40)
    assert plotted(acted.view).kind == "none"
    assert "◌ NOT PRICED  BYBIT → OKX  okx is stale" in screen(acted)
    assert acted.view.tape.followed.trail("BTC/USDT").sample(acted.now_ns, 240)[-1] is None
    move(acted.view, "panel_edge")
    move(acted.view, "explain")
    (told,) = subjects(acted.view)
    assert "okx is stale" in told.what
    move(acted.view, "inspect")
    assert (acted.view.inspected.buy, acted.view.inspected.sell) == ("bybit", "okx")


def test_it_is_pinned_in_the_frozen_view_and_in_the_live_one(stage) -> None:
    acted = stage()
    acted.lively()
    move(acted.view, "freeze")
    acted.view.cell = (1, 2)
    move(acted.view, "pin")
    assert pinned_route(acted.view) == ("coinbase", "kraken")
    acted.run(5)
    move(acted.view, "freeze")
    assert pinned_route(acted.view) == ("coinbase", "kraken")


def test_what_is_inspected_is_pinned_and_the_feed_s_p_is_the_card_s(stage) -> None:
    acted = stage()
    acted.lively()
    move(acted.view, "panel_feed")
    move(acted.view, "pin")
    assert (acted.view.tape.deck.pinned, pinned_route(acted.view)) == (1, None)
    move(acted.view, "panel_matrix")
    move(acted.view, "inspect")
    move(acted.view, "pin")
    assert pinned_route(acted.view) == ("binance", "okx")


def test_pins_of_routes_and_the_filter_are_kept_for_these_symbols(stage, tmp_path) -> None:
    acted = pinned_stage(stage)
    plan = replace(acted.plan, kept_in=tmp_path)
    acted.view.plan = plan
    from kairos_tui.hud.finding import filter_by

    filter_by(acted.view, "net>2 !kraken")
    Keeper(plan).save(acted.view)
    view, keeper = View(plan), Keeper(plan)
    keeper.restore(view)
    assert keeper.trouble == ""
    assert (view.filter.text, view.live.followed.all()) == ("net>2 !kraken", {"BTC/USDT": ("bybit", "okx")})
    other, keeper = View(replace(plan, symbols=("ETH/USDT",))), Keeper(replace(plan, symbols=("ETH/USDT",)))
    keeper.restore(other)
    assert (other.filter, other.live.followed.all()) == (None, {})


def test_another_run_keeps_the_pin_and_forgets_its_past(stage) -> None:
    acted = pinned_stage(stage)
    acted.dress = lambda board: replace(board, run="next")
    acted.run(1)
    assert pinned_route(acted.view) == ("bybit", "okx")
    values = acted.view.tape.followed.trail("BTC/USDT").sample(acted.now_ns, 240)
    assert sum(value is not None for value in values) <= 1


def test_a_minute_of_many_routes_takes_little_room_and_forgets_what_is_older(stage) -> None:
    followed = Followed()
    acted = stage()
    for second in range(200):
        acted.run(1)
        followed.on_board(acted.view.symbol_board, second * 1_000_000_000)
    followed.follow("BTC/USDT", ("binance", "okx"))
    (minute,) = followed._minutes.values()
    assert len(minute._rows) == 200
    assert sum(len(row.tobytes()) for _, row in minute._rows) == 200 * 20 * 8

# mypy: disable-error-code="no-untyped-call,union-attr"
"""`b`: prices of another quote in the first one, by the live conversion, marked as what they are: valued."""

from msgspec.structs import replace
from tests.hud.keyed import row_text

from kairos_tui.hud.moves import move
from kairos_tui.hud.panels.explain.subjects import subjects
from kairos_tui.market import FeedState

RATE = 1 / 0.9997


async def test_b_values_prices_in_the_first_quote_and_marks_each_of_them(stage, tmp_path):
    acted = stage()
    acted.plan = replace(acted.plan, kept_in=tmp_path)
    app = acted.new_app()
    async with app.run_test(size=(160, 45)) as pilot:
        await pilot.pause()
        acted.believed()
        await pilot.press("b")
        assert "BTC/USDT is in the first quote already" in row_text(app)
        assert "≈" not in row_text(app, 1)
        await pilot.press(")", "1")
        assert "≈ USDT by USDT/USD KRAKEN" in row_text(app, 1)
        binance = app.view.symbol_board.venues[0]
        assert f"≈{binance.bid * RATE:,.2f}" in row_text(app, 3)
        assert f"≈{binance.ask * RATE:,.2f}" in row_text(app, 3)
        await pilot.press("f1", "right")
        told = subjects(app.view)[1]
        assert (told.name, told.here) == (
            "BID",
            f"{binance.bid:,.2f} × {RATE:.6f} = {binance.bid * RATE:,.2f}",
        )
        await pilot.press("escape", "alt+3", "5")
        shown = "\n".join(row_text(app, y) for y in range(45))
        assert "5 DEPTH  all venues, net of fees  ≈ USDT" in shown
        await pilot.press("b")
        assert "≈" not in row_text(app, 1)


def test_nothing_is_valued_by_a_conversion_that_may_not_be_used(stage, screen):
    acted = stage()
    acted.believed()
    usual = acted.dress
    acted.dress = lambda board: replace(usual(board), conversions=usual(board).conversions[1:])
    acted.run(3)
    acted.view.symbol_index = 1
    move(acted.view, "common_quote")
    assert "nothing may convert into USDT now" in acted.view.message[0]
    assert "≈" not in screen(acted)


def test_what_is_silent_is_not_valued(stage, screen):
    acted = stage()
    acted.believed()
    acted.view.symbol_index = 1
    move(acted.view, "common_quote")
    assert "≈" in screen(acted)
    acted.pass_time(2_000_000_000)
    assert "≈" not in screen(acted).split("\n", 1)[1].rsplit("\n", 1)[0]


def test_a_market_the_other_way_round_converts_too(stage, screen):
    acted = stage()
    acted.believed()
    usual = acted.dress
    turned = replace(usual(acted.view.board).conversions[0], symbol="USD/USDT", bid=1.0002, ask=1.0004)
    acted.dress = lambda board: replace(usual(board), conversions=(turned,))
    acted.run(1)
    acted.view.symbol_index = 1
    move(acted.view, "common_quote")
    bid = acted.view.symbol_board.venues[0].bid
    assert acted.view.symbol_board.venues[0].state is FeedState.QUIET
    assert f"≈{bid * 1.0003:,.2f}" in screen(acted)

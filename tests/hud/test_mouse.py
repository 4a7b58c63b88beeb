# mypy: disable-error-code="no-untyped-call,union-attr"
"""The mouse: a click goes to what it is on, a heading sorts, the wheel steps, hovering tries a theme on."""

from tests.hud.keyed import row_text
from textual.events import MouseScrollDown, MouseScrollUp

from kairos_tui.hud.canvas import Canvas


def at(app, text, row=None):
    """Where a text stands on the screen, the middle of it."""
    for y in range(app.size.height) if row is None else (row,):
        x = row_text(app, y).find(text)
        if x >= 0:
            return x + len(text) // 2, y
    raise AssertionError(f"{text} is not on the screen")


async def test_a_click_on_a_heading_sorts_and_again_turns_it_round(stage):
    acted = stage()
    app = acted.new_app()
    async with app.run_test(size=(160, 45)) as pilot:
        await pilot.pause()
        acted.lively()
        for name, order in (
            ("BID × SIZE", "bid"), ("ASK × SIZE", "ask"), ("SPRD", "spread"), ("LATENCY", "latency"),
            ("T/S", "ticks"), ("AGE", "age"), ("VENUE ", "given"),
        ):  # fmt: skip
            await pilot.click(offset=at(app, name, row=2))
            assert (app.view.look.order, app.view.look.reversed) == (order, False), name
        assert "venues by the order given" in row_text(app)
        await pilot.click(offset=at(app, "AGE", row=2))
        await pilot.click(offset=at(app, "AGE", row=2))
        assert (app.view.look.order, app.view.look.reversed) == ("age", True)
        await pilot.click(offset=at(app, "FEE", row=2))  # it cannot be sorted by
        assert app.view.look.order == "age"


async def test_a_click_puts_the_cursor_where_it_is(stage):
    acted = stage()
    app = acted.new_app()
    async with app.run_test(size=(160, 45)) as pilot:
        await pilot.pause()
        acted.lively()
        row = next(y for y in range(45) if row_text(app, y).startswith("│ KRAKEN "))
        column, _ = at(app, "COINBASE", row=row - 3)
        await pilot.click(offset=(column, row))
        assert (app.view.focus, app.view.cell) == ("matrix", (2, 1))
        await pilot.click(offset=at(app, "OKX      ● LIVE"))
        assert (app.view.focus, app.view.venue) == ("venues", "okx")
        await pilot.click(offset=at(app, "k7f3-8"))
        assert (app.view.focus, app.view.card) == ("feed", "k7f3-8")
        await pilot.click(offset=(0, 0))
        assert app.view.focus == "feed"


async def test_the_wheel_steps_through_the_panel_under_it(stage):
    acted = stage()
    app = acted.new_app()
    async with app.run_test(size=(160, 45)) as pilot:
        await pilot.pause()
        acted.lively()
        for kind, venue in (
            (MouseScrollDown, "coinbase"),
            (MouseScrollDown, "kraken"),
            (MouseScrollUp, "coinbase"),
        ):
            await pilot._post_mouse_events([kind], Canvas, (10, 4))
            assert (app.view.focus, app.view.venue) == ("venues", venue)


async def test_hovering_over_the_picker_tries_a_theme_on_and_a_click_keeps_it(stage):
    acted = stage()
    app = acted.new_app()
    async with app.run_test(size=(160, 45)) as pilot:
        await pilot.pause()
        acted.run(3)
        await pilot.press("T")
        await pilot.hover(offset=at(app, "clarity"))
        assert (app.view.wardrobe.worn.title, app.view.wardrobe.before.title) == ("clarity", "neon")
        await pilot.hover(offset=at(app, "ember"))
        assert app.view.wardrobe.worn.title == "ember"
        await pilot.press("escape")
        assert app.view.wardrobe.worn.title == "neon"
        await pilot.hover(offset=(150, 5))
        assert app.view.wardrobe.worn.title == "neon"
        await pilot.press("T")
        await pilot.click(offset=at(app, "clarity"))
        assert (app.view.wardrobe.worn.title, app.view.wardrobe.before) == ("clarity", None)


async def test_a_click_on_a_symbol_shows_it(stage):
    acted = stage()
    app = acted.new_app()
    async with app.run_test(size=(160, 45)) as pilot:
        await pilot.pause()
        acted.several()
        await pilot.press("alt+2")
        wanted = app.view.board.symbols[2].symbol
        await pilot.click(offset=at(app, f"  {wanted}"))
        assert (app.view.focus, app.view.symbol) == ("markets", wanted)

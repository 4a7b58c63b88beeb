# mypy: disable-error-code="no-untyped-call,union-attr"
"""The mouse: a click goes to what it is on, a heading sorts, the wheel steps, hovering tries a theme on."""

from msgspec.structs import replace
from tests.hud.keyed import row_text
from textual.events import MouseScrollDown, MouseScrollUp

from kairos_tui.hud.canvas import Canvas
from kairos_tui.hud.keymap import build_keymap


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


async def test_a_click_on_a_key_that_is_written_or_on_its_words_presses_it(stage):
    acted = stage()
    app = acted.new_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        acted.several()
        await pilot.click(offset=at(app, "zoom", row=23))
        assert app.view.zoomed
        await pilot.click(offset=(at(app, "z zoom", row=23)[0] - 3, 23))  # its z
        assert not app.view.zoomed
        await pilot.click(offset=at(app, "freeze", row=23))
        assert app.view.held is not None
        await pilot.click(offset=at(app, "resume", row=23))
        assert app.view.held is None
        await pilot.click(offset=at(app, ") symbol", row=23))
        assert app.view.symbol == "ETH/USDT"
        x, _ = at(app, "hjkl", row=23)
        row, column = app.view.cell = (2, 1)
        await pilot.click(offset=(x - 2, 23))  # its h
        await pilot.click(offset=(x - 1, 23))  # its j
        assert app.view.cell == (row + 1, column - 1)
        await pilot.click(offset=at(app, "( ) or", row=1))  # the blank between them is neither key
        assert (app.view.focus, app.view.symbol) == ("markets", "ETH/USDT")
        await pilot.click(offset=(at(app, "( ) or", row=1)[0] - 3, 1))
        assert app.view.symbol == "BTC/USDT"
        await pilot.click(offset=at(app, "its matrix", row=1))
        assert app.view.focus == "matrix"
        await pilot.click(offset=at(app, "quit", row=23))
    assert app.return_code == 0


async def test_the_inspector_s_keys_are_clicked(stage):
    acted = stage()
    app = acted.new_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        acted.lively()
        await pilot.press("enter")
        x, y = at(app, "^D ^U")
        await pilot.click(offset=(x - 2, y))
        assert "page 2 of 2" in row_text(app, y)
        await pilot.click(offset=(x + 1, y))
        assert "page 1 of 2" in row_text(app, y)
        await pilot.click(offset=at(app, "esc close"))
        assert app.view.inspected is None


async def test_keys_of_ones_own_and_keys_in_words_are_clicked_too(stage):
    own = replace(build_keymap("default", {"zoom": ("f7",), "theme_next": ("x",)}), spelled=True)
    acted = stage(keymap=own)
    app = acted.new_app()
    async with app.run_test(size=(120, 30)) as pilot:
        await pilot.pause()
        acted.lively()
        worn = app.view.wardrobe.worn
        await pilot.click(offset=at(app, "x theme", row=29))
        assert app.view.wardrobe.worn != worn
        acted.pass_time(5_000_000_000)  # until what is said of it has gone
        app.tick()
        await pilot.click(offset=at(app, "enter inspect", row=29))
        assert app.view.inspected is not None
        await pilot.press("escape")
        await pilot.click(offset=at(app, "F7", row=29))
        assert app.view.zoomed
        await pilot.press("question_mark")
        await pilot.click(offset=at(app, "panel in focus"))  # of the help itself
        assert not app.view.zoomed

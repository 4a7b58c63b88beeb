# mypy: disable-error-code="no-untyped-call,arg-type,union-attr,no-untyped-def"
"""`H`, `alt+m`, `L`: the cursor goes to the first, the middle, the last row that is on the screen."""

import pytest

from kairos_tui.hud.moves import move


@pytest.mark.parametrize("size", [(160, 45), (120, 30), (80, 24)])
async def test_of_the_venues_and_of_the_matrix(stage, size) -> None:
    acted = stage()
    app = acted.new_app()
    async with app.run_test(size=size) as pilot:
        acted.run(12)
        names = [venue.venue for venue in app.view.venues]
        await pilot.press("1", "L")
        assert app.view.venue == names[-1]
        await pilot.press("alt+m")
        assert app.view.venue == names[2]
        await pilot.press("H")
        assert app.view.venue == names[0]
        await pilot.press("2")
        app.view.cell = (1, 0)
        await pilot.press("L")
        assert app.view.cell == (4, 0)
        await pilot.press("H")
        assert app.view.cell == (0, 1)  # not where a venue meets itself
        app.view.cell = (0, 4)
        await pilot.press("enter", "L")
        assert app.view.cell == (4, 3)
        assert app.view.inspected.buy == names[4]


async def test_of_signals_those_on_the_screen(stage) -> None:
    acted = stage()
    app = acted.new_app()
    async with app.run_test(size=(160, 45)) as pilot:
        acted.lively()
        await pilot.press("4")
        keys = [entry.key for entry in app.view.tape.deck.entries]
        assert len(keys) > 8
        await pilot.press("L")
        last = keys.index(app.view.card)
        assert 2 < last < len(keys) - 1
        await pilot.press("escape", "alt+m")
        assert 0 < keys.index(app.view.card) < last
        await pilot.press("escape", "H")
        assert app.view.card == keys[0]


async def test_of_all_symbols_and_where_there_are_no_rows_it_is_said(stage) -> None:
    acted = stage()
    app = acted.new_app()
    async with app.run_test(size=(160, 45)) as pilot:
        acted.several()
        await pilot.press("0", "L")
        assert app.view.symbol_index == app.view.symbol_places[-1]
        await pilot.press("H")
        assert app.view.symbol_index == app.view.symbol_places[0]
        move(app.view, "panel_edge")
        await pilot.press("H")
        assert "no rows" in app.view.message[0]

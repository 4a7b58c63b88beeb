# mypy: disable-error-code="no-untyped-call,union-attr,arg-type"
"""The inspector has of a signal what it has of a route, and at every size all of it: in pages."""

import pytest
from msgspec.structs import replace
from tests.hud.keyed import screen_text
from textual.events import MouseScrollDown

from kairos_tui.hud.canvas import Canvas
from kairos_tui.hud.cards import Card
from kairos_tui.hud.curve import Pair, curve_of, taken_by, with_lower_fees
from kairos_tui.hud.ladder import Book
from kairos_tui.hud.moves import move
from kairos_tui.hud.panels import inspect
from kairos_tui.hud.panels.inspect_depth import _books
from kairos_tui.hud.segments import fold, row_cells
from kairos_tui.market import Fees, Venue

SIZES = [(160, 45), (120, 30), (80, 24), (60, 15), (40, 10)]
OF_ALL = (
    "gross",
    "buy fee",
    "eats most",
    "net",
    "size",
    "asynchrony",
    "lower fees",
    "lifetime",
    "profit USDT",
)


def of_life(view, life):
    view.focus = "feed"
    view.card = next(each.key for each in view.tape.deck.entries if getattr(each, "life", "") == life)
    move(view, "inspect")


def pages(acted, screen, size):
    """All that its pages say; after the last one comes the first again."""
    first, said = screen(acted, *size), ""
    while not said or screen(acted, *size) != first:
        said += screen(acted, *size)
        acted.view.inspect_page += 1
    return said


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("life", ["route", "live", "closed"])
def test_it_has_all_of_a_signal_and_of_a_route_at_every_size(stage, screen, size, life) -> None:
    acted = stage()
    acted.lively()
    if life == "route":
        move(acted.view, "inspect")
    else:
        of_life(acted.view, life)
    shown = pages(acted, screen, size)

    for word in OF_ALL:
        assert word in shown, word
    assert " ask " in shown.replace("│", " ")
    assert " bid " in shown.replace("│", " ")
    assert ("now: profit" in shown) == (life == "live")
    assert ("last priced: profit" in shown) == (life == "closed")


def test_where_all_of_it_fits_there_are_no_pages(stage, screen) -> None:
    acted = stage()
    acted.lively()
    of_life(acted.view, "closed")
    assert "page 1 of" not in screen(acted)
    assert "page 1 of 3 · ^D ^U" in screen(acted, 80, 24)


async def test_its_pages_are_turned_by_keys_and_end_with_the_last(stage) -> None:
    acted = stage()
    app = acted.new_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        acted.lively()
        of_life(app.view, "closed")
        card = app.view.card
        app.show()
        for key, page in (("ctrl+d", 2), ("pagedown", 3), ("ctrl+d", 3), ("ctrl+u", 2), ("ctrl+u", 1)):
            await pilot.press(key)
            await pilot.pause()
            assert f"page {page} of 3" in screen_text(app), key
            assert app.view.card == card
        await pilot.press("ctrl+d", "escape", "enter")
        assert "page 1 of 3" in screen_text(app)


async def test_the_wheel_turns_them_where_it_stands_and_moves_the_cursor_elsewhere(stage) -> None:
    acted = stage()
    app = acted.new_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        acted.lively()
        of_life(app.view, "closed")
        card = app.view.card
        app.show()
        here = next(place for place in app.places if place.slot == "inspect")
        await pilot._post_mouse_events([MouseScrollDown], Canvas, (4, here.y + 2))
        assert "page 2 of 3" in screen_text(app)
        assert app.view.card == card
        await pilot._post_mouse_events([MouseScrollDown], Canvas, (4, 3))
        assert app.view.card != card


def test_keys_are_the_list_s_where_there_is_one_page(stage, screen) -> None:
    acted = stage()
    acted.lively()
    view = acted.view
    of_life(view, "closed")
    assert not inspect.turns_page(view, 1, 114, 40)
    assert inspect.turns_page(view, 1, 80, 12)


def test_the_curve_of_what_was_taken_ends_in_its_size_and_its_profit(stage) -> None:
    acted, sold_for_usd = stage(), stage()
    acted.lively()
    sold_for_usd.believed()
    plain = next(each for each in acted.view.tape.deck.entries if each.life == "closed").signal.opportunity
    cards = (each for each in sold_for_usd.view.tape.deck.entries if isinstance(each, Card))
    converted = [each.signal.opportunity for each in cards if each.route.sell_symbol is not None]
    assert {found.mode for found in converted} == {"closed", "inventory"}
    for found in (plain, *converted):  # their vwaps are of books that their levels do not show
        curve = curve_of(taken_by(found))
        assert curve.depth == pytest.approx(found.size)
        assert curve.profit == pytest.approx(found.profit, rel=5e-2)
        assert with_lower_fees(taken_by(found))[0].profit > found.profit


def test_a_panel_too_low_for_a_plot_has_its_rows(stage, texts) -> None:
    acted = stage()
    acted.lively()
    of_life(acted.view, "closed")
    for height in range(1, 9):
        assert len(texts(inspect.draw(acted.view, 80, height))) == height


def test_each_side_has_the_decimals_of_its_own_prices() -> None:
    asks, bids = ((3000.0, 1.0), (3000.5, 2.0)), ((0.03123, 1.0), (0.03120, 2.0))
    pair = Pair(Book(Venue("a"), asks=asks), Book(Venue("b"), bids=bids), *[Fees(0.001, "config", 0)] * 2)
    rows = ["".join(text for text, _ in row) for row in _books(pair, 90)]
    assert "3,000.00" in rows[1]
    assert "0.03123" in rows[1]
    assert "0.03120" in rows[2]


def test_a_signal_that_took_nothing_has_no_curve(stage, screen) -> None:
    acted = stage()
    acted.lively()
    of_life(acted.view, "closed")
    deck = acted.view.tape.deck
    place = next(at for at, each in enumerate(deck.entries) if each.key == acted.view.card)
    card = deck.entries[place]
    found = card.signal.opportunity
    empty = replace(found, buy=replace(found.buy, levels=()))
    deck.entries[place] = replace(card, signal=replace(card.signal, opportunity=empty))
    text = screen(acted)
    assert "lifetime" in text
    assert "against size" not in text


def test_a_row_is_broken_between_words_and_loses_none() -> None:
    row = (("   label      ", "muted"), ("one two three", "text"), ("  four five", "buy"))
    for width in range(20, 60):
        lines = fold(row, width, 14)
        assert all(row_cells(line) <= width or len(line) <= 2 for line in lines)
        words = " ".join("".join(text for text, _ in line) for line in lines).split()
        assert words == ["label", "one", "two", "three", "four", "five"]
        assert all("".join(text for text, _ in line).startswith(" " * 14) for line in lines[1:])

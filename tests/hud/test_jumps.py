# mypy: disable-error-code="no-untyped-call,union-attr"
"""Jump hints: a letter for a panel, letters for what is in it, shown where they are pressed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.hud.keyed import row_text

from kairos_tui.hud.actions import BY_ID
from kairos_tui.hud.jumps import PANEL_NAMES, STAGES, cards_shown, lettered, stops, walked
from kairos_tui.hud.layouts import PANELS
from kairos_tui.hud.panels.jump import INK
from kairos_tui.hud.prompt import Jump
from kairos_tui.hud.scene import Scene
from kairos_tui.market import FeedState

names = st.lists(st.text(alphabet="abcdefgXYZ0129 é", max_size=6), max_size=40)


@given(names)
def test_letters_are_each_given_once_and_to_as_many_as_there_are(some):
    given_letters = [stop.letter for stop in lettered((name, name) for name in some)]
    assert len(set(given_letters)) == len(given_letters) == min(len(some), 36)


def test_names_keep_their_first_letter_where_it_is_free():
    stops_ = lettered((name, name) for name in ("BINANCE", "BYBIT", "BITGET", "OKX"))
    assert [stop.letter for stop in stops_] == ["b", "y", "i", "o"]


def test_every_panel_that_can_be_gone_to_is_a_panel_of_the_layout():
    assert {f"panel_{name}" for name in PANEL_NAMES} <= BY_ID.keys()
    assert set(PANEL_NAMES) == set(PANELS)
    assert STAGES.keys() <= set(PANEL_NAMES)


def lit(scene):
    """The letters that are shown to be pressed, by row, without the last row."""
    return ["".join(text for text, ink in row if ink == INK) for row in scene.rows[:-1]]


async def test_o_m_k_o_is_kraken_to_okx_in_the_matrix(stage):
    acted = stage()
    app = acted.new_app()
    async with app.run_test(size=(160, 45)) as pilot:
        await pilot.pause()
        acted.run(3)
        await pilot.press("1", "o")
        scene = app.canvas.scene
        assert "".join(lit(scene)) == "vfme"
        assert "v venues  m matrix  e edge  f feed  d depth  t timeline  a markets" in row_text(app)
        await pilot.press("m")
        assert app.view.focus == "matrix"
        assert "buy on  b BINANCE  c COINBASE  k KRAKEN  o OKX  y BYBIT" in row_text(app)
        assert "".join(lit(scene)) == "bckoy"
        await pilot.press("k")
        assert "".join(lit(scene)) == "bcoy"
        assert "sell on" in row_text(app)
        await pilot.press("o")
        assert app.view.jump is None
        assert app.view.cell == (2, 3)
        await pilot.press("enter")
        assert app.view.inspected.sell == "okx"


async def test_venues_and_signals_are_jumped_to_and_a_new_signal_moves_no_letter(stage):
    acted = stage()
    app = acted.new_app()
    async with app.run_test(size=(160, 45)) as pilot:
        await pilot.pause()
        acted.lively()
        await pilot.press("o", "v", "y")
        assert (app.view.focus, app.view.venues[app.view.row].venue) == ("venues", "bybit")
        await pilot.press("o", "f")
        wanted = next(stop for stop in stops(app.view, "f") if stop.letter == "b")
        opened = app.view.live.deck.opened
        acted.run(60)
        acted.run(30, {"kraken": 60.0})
        assert app.view.live.deck.opened > opened
        await pilot.press("b")
        assert (app.view.focus, app.view.card) == ("feed", wanted.key)


@pytest.mark.parametrize("size", [(160, 45), (120, 30), (80, 24), (40, 10), (20, 3)], ids=str)
@pytest.mark.parametrize("path", ["", "m", "mk", "v", "f"])
def test_the_screen_stays_whole_during_a_jump_at_every_size(path, size, stage, texts):
    acted = stage()
    acted.lively()
    acted.view.jump = Jump(path, cards_shown(acted.view))
    scene = Scene()
    scene.paint(acted.view, *size)
    assert [len(line) for line in texts(scene.rows)] == [size[0]] * size[1]
    assert walked(acted.view, path) is not None


async def test_a_letter_that_is_no_hint_ends_the_jump_and_says_so_and_escape_ends_it(stage):
    acted = stage()
    app = acted.new_app()
    async with app.run_test(size=(120, 30)) as pilot:
        await pilot.pause()
        acted.run(3)
        await pilot.press("o", "m", "q")
        assert (app.is_running, app.view.jump) == (True, None)
        assert "no hint is called q" in row_text(app)
        await pilot.press("o", "m", "k", "k")
        assert "no hint is called k" in row_text(app)
        await pilot.press("o", "m", "backspace", "e", "enter")
        assert (app.view.jump, app.view.focus) == (None, "edge")
        await pilot.press("o", "escape", "o", "ctrl+c")
    assert app.return_code == 0


async def test_jumps_reach_rungs_incidents_symbols_and_spans(stage):
    acted = stage()
    app = acted.new_app()
    async with app.run_test(size=(160, 45)) as pilot:
        await pilot.pause()
        acted.several()
        for name, state in (
            ("kraken", FeedState.DOWN),
            ("okx", FeedState.STALE),
            ("bybit", FeedState.RESYNC),
        ):
            acted.give(acted.market.status(name, state, f"{name} went"))
        await pilot.press("alt+2", "o", "a")
        board = app.view.board
        stops_ = stops(app.view, "a")
        assert [stop.key for stop in stops_] == [one.symbol for one in board.symbols]
        assert set("".join(lit(app.canvas.scene))) == {stop.letter for stop in stops_}
        await pilot.press(stops_[2].letter)
        assert (app.view.focus, app.view.symbol) == ("markets", board.symbols[2].symbol)
        await pilot.press("o", "e", "5")
        assert (app.view.focus, app.view.look.span_s) == ("edge", 300)
        await pilot.press("alt+5", "o", "t")
        assert "".join(lit(app.canvas.scene)) == "abc"
        acted.give(acted.market.status("binance", FeedState.DOWN, "went too"))
        await pilot.press("b")
        assert (app.view.incident, "okx went" in app.view.tape.deck.notes[2].text) == (2, True)
        await pilot.press("alt+3", "0", "k", "k", "o", "d")
        letters = set("".join(lit(app.canvas.scene)))  # those of the venues whose rungs are shown
        assert {"o", "y"} <= letters <= {stop.letter for stop in stops(app.view, "d")}
        await pilot.press("y")
        assert (app.view.focus, app.view.venue) == ("depth", "bybit")
        marked = [row for row in app.canvas.scene.rows if ("▸", "focus+b") in row]
        assert marked
        assert all("BYBIT" in "".join(text for text, _ in row) for row in marked)
        await pilot.press("enter")
        assert (app.view.inspected.buy, app.view.inspected.sell) == ("bybit", None)

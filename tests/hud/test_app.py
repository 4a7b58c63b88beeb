# mypy: disable-error-code="no-untyped-call,union-attr"
"""The app around the canvas: each action has a key, no change is no paint, outside text is inert."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest
from textual.keys import _character_to_key

from kairos_tui.hud.actions import ACTIONS, hint_actions
from kairos_tui.hud.canvas import Canvas
from kairos_tui.hud.deeds import DEEDS
from kairos_tui.hud.layouts import PANELS
from kairos_tui.hud.moves import MOVES, move
from kairos_tui.hud.panels import fault
from kairos_tui.hud.panels import help as help_panel
from kairos_tui.hud.run import dressed
from kairos_tui.market import FeedState

HOSTILE = "[/foo][@click=app.bell]x[/]\x1b]0;PWNED\x07\u202egnp\u200b\ud800\x9b2J\r\n" + "A" * 400


async def test_every_action_is_reached_by_each_of_its_keys(stage):
    acted = stage()
    app = acted.new_app()
    done = []

    def perform(action_id):
        done.append(action_id)

    app.perform = perform
    async with app.run_test(size=(120, 30)) as pilot:
        for action in ACTIONS:
            for key in action.keys:
                done.clear()
                await pilot.press(_character_to_key(key) if len(key) == 1 else key)
                assert done == [action.id], key


def test_every_action_does_something_and_is_in_help(stage, texts):
    acted = stage()
    assert not MOVES.keys() & DEEDS.keys()
    assert {action.id for action in ACTIONS} == MOVES.keys() | DEEDS.keys()
    for size in ((46, 43), (42, 28), (80, 22), (40, 8)):
        shown = ""
        for acted.view.focus in PANELS:
            pages = [texts(help_panel.draw(acted.view, *size)) for acted.view.help_page in range(16)]
            shown += "\n".join(row for page in pages for row in page)
        missing = [action.id for action in ACTIONS if action.help[:20] not in shown]
        assert not missing, size


def test_help_is_of_the_panel_in_focus_and_turns_its_pages(stage, screen):
    acted = stage()
    acted.run(3)
    acted.view.focus = "edge"
    move(acted.view, "help")
    assert "newest signal" not in screen(acted, 80, 24)
    acted.view.focus = "feed"
    assert "newest signal" in screen(acted, 80, 24)
    first = screen(acted, 60, 12)
    move(acted.view, "cursor_down")
    second = screen(acted, 60, 12)
    assert "page 1 of" in first
    assert "page 2 of" in second
    move(acted.view, "cursor_up")
    assert screen(acted, 60, 12) == first


def test_every_hint_is_an_action_and_the_simulation_comes_first():
    hinted = hint_actions(many_symbols=True, offer_sim=True)
    assert {action.id for action in hinted} == {action.id for action in ACTIONS if action.hint}
    assert hinted[0].id == "start_sim"


async def test_nothing_new_paints_nothing(stage):
    acted = stage()
    app = acted.new_app()
    async with app.run_test(size=(160, 45)) as pilot:
        await pilot.pause()
        acted.run(30)
        canvas = app.query_one(Canvas)
        app.tick()
        before = canvas.painted_rows
        strips = [canvas._strip(y) for y in range(45)]
        for _ in range(5):
            app.tick()
        assert canvas.painted_rows == before
        assert all(canvas._strip(y) is strip for y, strip in enumerate(strips))
        acted.run(1)
        assert 0 < canvas.painted_rows - before < 45


async def test_a_terminal_that_is_behind_is_not_given_more(stage):
    acted = stage()
    app = acted.new_app()
    async with app.run_test(size=(120, 30)) as pilot:
        await pilot.pause()
        acted.run(5)
        canvas = app.query_one(Canvas)
        before = canvas.painted_rows
        app.backlog = lambda: 3
        acted.run(5)
        assert (canvas.painted_rows, app.meter.skipped > 0) == (before, True)
        del app.backlog
        acted.run(1)
        assert canvas.painted_rows > before


def test_textual_still_has_the_queue_that_back_pressure_reads():
    from textual.drivers._writer_thread import WriterThread
    from textual.drivers.linux_driver import LinuxDriver

    with Path(os.devnull).open("w") as nowhere:
        assert WriterThread(nowhere)._queue.qsize() == 0
    assert "_writer_thread" in LinuxDriver.__init__.__code__.co_names


async def test_hostile_text_from_outside_is_drawn_and_nothing_else(stage):
    acted = stage()
    app = acted.new_app()
    rang = []
    app.action_bell = lambda: rang.append(1)
    async with app.run_test(size=(160, 45)) as pilot:
        await pilot.pause()
        acted.run(3)
        acted.sicken("kraken", FeedState.DOWN, HOSTILE)
        acted.market.fees[HOSTILE] = 10.0
        acted.market.offsets[HOSTILE] = 0.0
        acted.market.ticks[HOSTILE] = 0
        acted.run(30, {HOSTILE: 60.0})
        acted.give(acted.market.status("kraken", FeedState.LIVE, None))
        acted.give(acted.market.status("kraken", FeedState.DOWN, HOSTILE))
        text = "".join(canvas_text(app))
        assert "[/foo]" in text
        assert "[@click=app.bell]" in text.lower()
        assert not any(ord(letter) < 32 or 127 <= ord(letter) < 160 for letter in text)
        assert not set(text) & set("\u202e\u200b\ud800")
        await pilot.click(offset=(60, 5))
        assert app.is_running
    assert not rang


def canvas_text(app):
    return [text for row in app.query_one(Canvas).scene.rows for text, _ in row]


async def test_s_asks_for_the_simulation_once_and_only_when_nothing_is_reachable(stage, play):
    acted = stage(feed="live")
    app = acted.new_app()
    async with app.run_test(size=(120, 30)) as pilot:
        await pilot.pause()
        acted.run(3)
        await pilot.press("S")
        assert acted.commands.sims == 0
        acted.all_down()
        await pilot.press("S")
        await pilot.press("S")
        assert acted.commands.sims == 1
        assert "starting the simulated exchanges" in "".join(canvas_text(app))
        acted.market = play.Market(feed="sim")
        acted.run(3)
        text = "".join(canvas_text(app))
        assert " SIM lively " in text
        assert "starting the simulated" not in text


async def test_s_asks_for_nothing_that_cannot_be_simulated(stage):
    acted = stage(feed="live", simulates=False)
    app = acted.new_app()
    async with app.run_test(size=(120, 30)) as pilot:
        await pilot.pause()
        acted.all_down()
        await pilot.press("S")
        assert acted.commands.sims == 0
        assert app.view.message[0] == "these venues or symbols have no simulated exchange"


async def test_themes_turn_and_keep_the_picture(stage):
    acted = stage()
    app = acted.new_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        acted.run(3)
        seen = [app.view.wardrobe.worn.title]
        for _ in range(4):
            await pilot.press("t")
            seen.append(app.view.wardrobe.worn.title)
        assert seen == ["neon", "ember", "clarity", "mono", "neon"]


async def test_a_click_takes_the_focus_to_the_panel_under_it(stage):
    acted = stage()
    app = acted.new_app()
    async with app.run_test(size=(160, 45)) as pilot:
        await pilot.pause()
        acted.run(3)
        await pilot.click(offset=(130, 10))
        assert app.view.focus == "feed"
        await pilot.click(offset=(20, 3))
        assert app.view.focus == "venues"


async def test_quitting_leaves_with_zero(stage):
    app = stage().new_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("q")
    assert app.return_code == 0


def test_the_environment_takes_colours_and_motion(stage):
    plan = stage().plan
    screen = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
    environ = {**screen, "NO_COLOR": "1", "TEXTUAL_ANIMATIONS": "none"}
    plain = dressed(plan, environ)
    assert (plain.theme.colours, plain.themes, plain.reduced_motion) == (False, (), True)
    assert "NO_COLOR" not in environ
    empty = {**screen, "NO_COLOR": ""}
    assert dressed(plan, empty) == plan
    assert empty == screen


def test_the_command_line_reads_keys_and_themes_without_textual():
    code = "import sys; import kairos_tui.hud; print(sorted({'textual', 'asyncio'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ast.literal_eval(done.stdout) == []


@pytest.mark.parametrize("act", ["lively", "all_down"])
async def test_a_board_a_frame_is_enough_and_signals_are_each_counted(act, stage):
    acted = stage()
    app = acted.new_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        acted.market.pull = {"okx": 38.0}
        items = []
        for _ in range(40):
            acted.pass_time(33_000_000)
            items += acted.market.step(acted.now_ns)
        acted.give(*items)
        assert app.view.board is items[-1]
        assert app.view.live.deck.opened == acted.market.signals > 0


async def test_a_panel_that_cannot_be_drawn_says_so_and_the_others_go_on(stage, caplog):
    acted = stage()
    app = acted.new_app()
    async with app.run_test(size=(160, 45)) as pilot:
        await pilot.pause()
        app.view.look.span_s = 0  # no plot can be made of no time
        acted.run(40)
        text = "".join(canvas_text(app))
        assert "edge could not be drawn: ZeroDivisionError" in text
        assert "SPREAD MATRIX" in text
        assert app.is_running
    said = [record for record in caplog.records if "could not be drawn" in record.message]
    assert len(said) == 1
    assert said[0].exc_info is not None


@pytest.mark.parametrize(("width", "height"), [(30, 1), (2, 2), (80, 5)])
def test_what_stands_in_a_panel_s_place_fits_it(width, height):
    rows = fault.draw("edge", ValueError("\x1b[2J" * 80), width, height)
    assert [sum(len(text) for text, _ in row) for row in rows] == [width] * height
    assert "\x1b" not in "".join(text for row in rows for text, _ in row)

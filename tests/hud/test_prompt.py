# mypy: disable-error-code="no-untyped-call,union-attr"
"""A line that is typed: every key edits it or is said to do nothing, commands come from the registry."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from tests.hud.keyed import row_text, typed

from kairos_tui.hud.actions import ACTIONS, BY_ID
from kairos_tui.hud.commands import choices, read_command
from kairos_tui.hud.kept import Keeper
from kairos_tui.hud.line_editor import _KEYS, MOST, Line, edit, insert, line_of
from kairos_tui.hud.moves import move
from kairos_tui.hud.panels.prompt import layers
from kairos_tui.hud.prompt import MOST_TYPED
from kairos_tui.hud.prompting import _remember
from kairos_tui.hud.segments import Layer, clip, lay, row_cells
from kairos_tui.hud.view_state import View
from kairos_tui.hud.worded import WORDED
from kairos_tui.hud.words import words

SIZES = ((160, 45), (80, 24), (40, 10), (20, 3))
lines = st.text(max_size=MOST).flatmap(
    lambda text: st.integers(0, len(text)).map(lambda place: Line(text, place))
)
rows = st.lists(st.tuples(st.text(alphabet="ab 中é◆", max_size=6), st.sampled_from(["text", "muted"]))).map(
    tuple
)


@given(lines, st.sampled_from([*_KEYS, "space", "x", "é", "中"]))
def test_an_edit_keeps_the_cursor_within_the_line(line, key):
    after = edit(line, key)

    assert 0 <= after.place <= len(after.text) <= max(MOST, len(line.text))
    assert key not in {"left", "right", "home", "end"} or after.text == line.text


@given(lines, st.text(max_size=300))
def test_what_is_pasted_goes_in_at_the_cursor_and_is_one_line_of_what_can_be_drawn(line, text):
    after = insert(line, text)

    assert after.text.startswith(line.before)
    assert after.text.endswith(line.after)
    assert after.text[len(line.before) : after.place].isprintable()


@pytest.mark.parametrize(
    ("text", "place", "key", "left"),
    [
        ("theme ember", 11, "ctrl+w", "theme |"), ("theme ember", 6, "ctrl+w", "|ember"),
        ("theme ember", 5, "ctrl+u", "| ember"), ("theme ember", 5, "ctrl+k", "theme|"),
        ("theme ember", 11, "alt+b", "theme |ember"), ("theme ember", 0, "alt+f", "theme| ember"),
        ("abc", 1, "backspace", "|bc"), ("abc", 1, "delete", "a|c"), ("abc", 0, "backspace", "|abc"),
    ],
)  # fmt: skip
def test_the_keys_of_shells_do_what_they_do_there(text, place, key, left):
    after = edit(Line(text, place), key)
    assert f"{after.before}|{after.after}" == left


def test_a_key_that_is_no_editors_changes_nothing():
    assert edit(line_of("x"), "f5") is None


@given(rows, st.integers(0, 40), st.integers(0, 40))
def test_a_clip_has_the_cells_between_its_ends(row, first, last):
    assert row_cells(clip(row, first, last)) == max(0, min(last, row_cells(row)) - first)


@given(st.lists(rows, min_size=1, max_size=3), st.integers(0, 9), st.integers(-1, 4), rows)
def test_a_layer_covers_its_own_cells_and_no_other(under, x, y, piece):
    width = 60
    filled = [(*row, (" " * (width - row_cells(row)), "text")) for row in under if row_cells(row) <= width]
    before = list(filled)
    lay(filled, Layer(x, y, (piece,)))

    for place, row in enumerate(filled):
        assert row_cells(row) == max(width, x + row_cells(piece) if place == y else 0)
        assert place == y or row == before[place]


def test_every_action_is_a_command_and_has_its_choice():
    for action in ACTIONS:
        command = read_command(action.id.replace("_", "-").upper())
        assert (command.action, command.word) == (action, "")


def test_an_action_takes_a_word_if_and_only_if_it_can_do_something_with_it():
    assert {action.id for action in ACTIONS if action.word is not None} == WORDED.keys()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("theem ember", "there is no command 'theem'; did you mean theme?"),
        ("zzzzzz", "there is no command 'zzzzzz'"),
        ("\x1b[2Jx", "there is no command '\\x1b[2jx'"),
        ("panel", "'panel' may be panel_next, panel_previous, panel_venues, panel_matrix, …"),
        ("freeze now", "freeze takes no word"),
        ("doctor", "doctor is a command of the shell: kairos doctor"),
        ("doctor --live x", "doctor is a command of the shell: kairos doctor"),
    ],
)
def test_a_line_that_is_no_command_is_said_to_be_none_with_the_nearest(text, said):
    assert read_command(text) == said


def test_the_only_command_that_begins_so_is_meant():
    assert read_command("q").action is BY_ID["quit"]
    assert read_command(" zoo   matrix ") == (BY_ID["zoom"], "matrix")


def test_choices_are_commands_first_and_then_the_words_of_one(stage):
    acted = stage()
    acted.run(3)
    view = acted.view

    assert len(choices(view, "")) == len(ACTIONS)
    assert [choice.text for choice in choices(view, "them")] == ["theme ", "theme_next", "theme_picker"]
    assert choices(view, "layout")[0].text == "layout "
    assert choices(view, "sor")[0].text == "sort "
    assert [choice.label for choice in choices(view, "theme ")] == list(words(view, "theme"))
    assert [choice.text for choice in choices(view, "theme EM")] == ["theme ember"]
    assert [choice.label for choice in choices(view, "symbol b")] == ["BTC/USDT"]
    assert choices(view, "freeze ") == choices(view, "nothing ") == ()


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("text", ["", "th", "theme ", "nothing", "x" * MOST, "中" * 90, "\x1b[2J"])
def test_the_line_fits_every_screen_and_shows_its_cursor(text, size, stage):
    acted = stage()
    acted.run(3)
    move(acted.view, "command")
    acted.view.prompt = replace(acted.view.prompt, line=line_of(text), stem=text)

    drawn = layers(acted.view, *size)

    line = drawn[-1]
    assert (line.y, row_cells(line.rows[0])) == (size[1] - 1, size[0])
    assert any(ink.endswith("+r") for _, ink in line.rows[0])
    for layer in drawn:
        assert all(layer.x + row_cells(row) <= size[0] for row in layer.rows)
        assert 0 <= layer.y <= layer.y + len(layer.rows) <= size[1]


async def test_a_command_is_typed_completed_and_done(stage):
    acted = stage()
    app = acted.new_app()
    async with app.run_test(size=(120, 30)) as pilot:
        await pilot.pause()
        acted.run(3)
        await typed(pilot, ":them")
        assert row_text(app).startswith(" :them ")
        assert "COMMANDS" in "".join(row_text(app, y) for y in range(30))
        await pilot.press("tab", "e", "tab", "enter")
        assert app.view.wardrobe.worn.title == "ember"
        assert app.view.prompt is None
        await typed(pilot, ":zoom venues")
        await pilot.press("enter")
        assert (app.view.zoomed, app.view.focus) == (True, "venues")


async def test_letters_are_no_keys_while_a_line_is_typed_and_escape_leaves_it(stage):
    acted = stage()
    app = acted.new_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        acted.run(3)
        await typed(pilot, ":qz ")
        assert app.is_running
        assert (app.view.zoomed, app.view.held) == (False, None)
        await pilot.press("escape")
        assert app.view.prompt is None
        assert "quit" in row_text(app)


async def test_what_is_wrong_is_said_and_the_line_stays_to_be_mended(stage):
    acted = stage()
    app = acted.new_app()
    async with app.run_test(size=(120, 30)) as pilot:
        await pilot.pause()
        acted.run(3)
        await typed(pilot, ":theme embr")
        await pilot.press("enter")
        assert "there is no theme 'embr'; did you mean ember?" in row_text(app)
        await pilot.press("backspace")
        assert "there is no" not in row_text(app)
        await pilot.press("e", "backspace", "backspace", "enter")
        assert app.view.wardrobe.worn.title == "ember"


async def test_to_watch_what_is_watched_is_to_show_it_and_the_rest_is_told_how(stage):
    acted = stage()
    app = acted.new_app()
    async with app.run_test(size=(120, 30)) as pilot:
        await pilot.pause()
        acted.run(3)
        await typed(pilot, ":watch btc")
        await pilot.press("enter")
        assert (app.view.prompt, app.view.symbol) == (None, "BTC/USDT")
        await typed(pilot, ":watch XRP/EUR")
        await pilot.press("enter")
        assert "'XRP/EUR' is not watched; for others start kairos watch anew" in row_text(app)
        await pilot.press("ctrl+u")
        await typed(pilot, "watch BTC/EUR")
        await pilot.press("enter")
        assert "'BTC/EUR' is not watched; did you mean BTC/USDT?" in row_text(app)


async def test_a_live_hud_has_nowhere_to_seek_and_says_so_at_once(stage):
    acted = stage()
    app = acted.new_app()
    async with app.run_test(size=(120, 30)) as pilot:
        await pilot.pause()
        acted.run(3)
        await pilot.press("@")
        assert app.view.prompt is None
        assert "nothing is replayed; kairos replay PATH shows a recording" in row_text(app)


async def test_a_command_without_its_word_asks_for_it(stage):
    acted = stage()
    app = acted.new_app()
    async with app.run_test(size=(120, 30)) as pilot:
        await pilot.pause()
        acted.run(3)
        await typed(pilot, ":symbol")
        await pilot.press("enter")
        assert app.view.prompt.line.text == "symbol "
        assert "BTC/USDT" in "".join(row_text(app, y) for y in range(20, 30))


async def test_pasted_text_goes_into_the_line_and_nowhere_else(stage):
    from textual.events import Paste

    acted = stage()
    app = acted.new_app()
    async with app.run_test(size=(120, 30)) as pilot:
        await pilot.pause()
        await app.on_event(Paste("q"))
        assert app.is_running
        await typed(pilot, ":")
        await app.on_event(Paste("theme ember\nrm -rf /"))
        assert app.view.prompt.line.text == "theme ember"


async def test_ctrl_c_quits_while_a_line_is_typed(stage):
    app = stage().new_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await typed(pilot, ":the")
        await pilot.press("ctrl+c")
    assert app.return_code == 0


async def test_up_brings_back_what_was_typed_and_down_the_new_line(stage, tmp_path):
    acted = stage()
    acted.plan = replace(acted.plan, kept_in=tmp_path)
    app = acted.new_app()
    async with app.run_test(size=(160, 45)) as pilot:
        await pilot.pause()
        acted.run(3)
        for text in (":span 5m", ":fps 10", ":span 5m", ":mode nothing"):
            await typed(pilot, text)
            await pilot.press("enter", "escape")
        assert app.view.look.span_s == 300
        assert app.view.typed == ["fps 10", "span 5m", "mode nothing"]
        await pilot.press("colon", "up", "up", "up", "up")
        assert ":fps 10" in row_text(app)
        await pilot.press("down")
        assert ":span 5m" in row_text(app)
        await pilot.press("down", "down")
        assert app.view.prompt.line.text == ""
        await pilot.press("down")  # on a new line it chooses among the commands
        assert app.view.prompt.line.text == "help"
        await pilot.press("escape", "colon", "up", "up", "up", "x", "up")
        assert app.view.prompt.past == 0
        await pilot.press("escape")
    keeper, view = Keeper(acted.plan), View(acted.plan)
    keeper.restore(view)
    assert view.typed == ["fps 10", "span 5m", "mode nothing"]


def test_what_is_remembered_has_an_end(stage):
    view = stage().view
    for number in range(MOST_TYPED + 9):
        _remember(view, f"fps {number}")
    assert (len(view.typed), view.typed[-1]) == (MOST_TYPED, f"fps {MOST_TYPED + 8}")


async def test_a_threshold_is_asked_of_the_engine_within_what_can_be(stage):
    acted = stage()
    app = acted.new_app()
    async with app.run_test(size=(160, 45)) as pilot:
        await pilot.pause()
        acted.run(3)
        for text, said in (
            ("6", "signals open at +6.0 bps from now on"),
            ("0.2", "'0.2' is no net from 0.5, at which signals close, to 10000 bps"),
            ("nan", "'nan' is no net"), ("1e9", "'1e9' is no net"), ("six", "'six' is no net"),
        ):  # fmt: skip
            await typed(pilot, f":threshold {text}")
            await pilot.press("enter")
            assert said in row_text(app)
            await pilot.press("escape")
    assert acted.commands.thresholds == [6.0]


async def test_who_looks_on_or_replays_decides_on_no_threshold(stage):
    for how in ({"remote": True}, {"feed": "replay"}):
        acted = stage()
        acted.plan = replace(acted.plan, **how)
        app = acted.new_app()
        async with app.run_test(size=(160, 45)) as pilot:
            await typed(pilot, ":threshold 6")
            await pilot.press("enter")
            assert "decided where Kairos watches" in row_text(app)
        assert acted.commands.thresholds == []

# mypy: disable-error-code="no-untyped-call"
"""The keymap: presets without a clash, the user's own keys over them, one clear line for what cannot be."""

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kairos_tui.errors import SettingsInvalid
from kairos_tui.hud.actions import ACTIONS, BY_ID, GROUPS
from kairos_tui.hud.key_names import label, pressed, read_key
from kairos_tui.hud.key_table import key_markdown, key_rows
from kairos_tui.hud.keymap import DEFAULT_KEYMAP, build_keymap
from kairos_tui.hud.panels import help as help_panel
from kairos_tui.hud.panels import hints
from kairos_tui.hud.presets import PRESETS

README = Path(__file__).parents[2] / "README.md"


@pytest.mark.parametrize("preset", PRESETS)
def test_no_preset_has_a_key_twice_or_an_action_without_one(preset):
    keymap = build_keymap(preset)

    keys = [key for bound in keymap.bound.values() for key in bound.keys]
    assert len(keys) == len(set(keys))
    assert set(PRESETS[preset]) <= BY_ID.keys()
    assert all(keymap.keys_of(action.id) for action in ACTIONS if action.keys)
    assert not keymap.clashes
    assert keymap.action_of("ctrl+c") == "quit"


def test_each_registered_key_is_written_as_a_keymap_writes_it():
    for bound in DEFAULT_KEYMAP.bound.values():
        assert all(read_key(key) == key for key in bound.keys)


def test_every_action_is_once_in_the_registry_and_of_a_known_group():
    assert len(BY_ID) == len(ACTIONS)
    assert {action.group for action in ACTIONS} <= set(GROUPS)
    assert all(action.help and len(action.help) <= 36 for action in ACTIONS)


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("?", "?"), ("question_mark", "?"), ("Ctrl+R", "ctrl+r"), ("F5", "f5"), ("esc", "escape"),
        (" ", "space"), ("shift+t", "T"), ("Shift+Alt+Up", "alt+shift+up"), ("shift+Tab", "shift+tab"),
        ("+", "+"), ("ctrl++", "ctrl++"), ("left_square_bracket", "["), ("alt+H", "alt+h"),
        ("hyper+x", None), ("ctrl+", None), ("", None), ("zz", None), ("f99", None), ("\x1b", None),
        ("ctrl+\u202e", None),
    ],
)  # fmt: skip
def test_a_key_is_read_in_any_case_and_order(written, key):
    assert read_key(written) == key


@given(st.text(max_size=20))
def test_whatever_is_written_is_a_key_or_is_none_and_reads_back(text):
    key = read_key(text)

    assert key is None or (read_key(key) == key and label(key))


@pytest.mark.parametrize(
    ("event", "character", "key"),
    [
        ("question_mark", "?", "?"), ("T", "T", "T"), ("shift+t", "T", "T"), ("space", " ", "space"),
        ("f12", None, "f12"), ("ctrl+c", "\x03", "ctrl+c"), ("enter", "\r", "enter"), ("plus", "+", "+"),
        ("alt+h", "h", "alt+h"), ("ctrl+shift+up", None, "ctrl+shift+up"), ("tab", "\t", "tab"),
        ("alt+left_square_bracket", "[", "alt+["),
        ("ctrl+j", "\n", "enter"), ("ctrl+h", "\x08", "backspace"),
    ],
)  # fmt: skip
def test_what_the_terminal_sends_is_named_as_the_keymap_names_it(event, character, key):
    assert pressed(event, character) == key


def test_own_keys_win_over_the_preset_and_the_clash_is_told():
    keymap = build_keymap("default", {"perf": ("z", "F5")}, {"perf": "kairos.toml:3"})

    assert keymap.keys_of("perf") == ("z", "f5")
    assert keymap.action_of("z") == "perf"
    assert keymap.keys_of("zoom") == ()
    assert keymap.bound["perf"].origin == "kairos.toml:3"
    assert keymap.clashes == (
        "z is perf now (kairos.toml:3), no longer zoom; it has no key left: palette and `:` reach it",
    )


def test_an_action_can_lose_all_its_keys_but_ctrl_c_quits_whatever_is_said():
    keymap = build_keymap("vim", {"quit": (), "freeze": ()})

    assert keymap.keys_of("freeze") == ()
    assert keymap.keys_of("quit") == ("ctrl+c",)
    assert keymap.action_of("space") is None


@pytest.mark.parametrize(
    ("own", "said"),
    [
        ({"zom": ("f5",)}, "kairos.toml:9: keys.zom: there is no such action (did you mean zoom?)"),
        (
            {"\x1b[2J": ("f5",)},
            "kairos.toml:9: keys.\x1b[2J: there is no such action; `kairos keys` lists them",
        ),
        ({"zoom": ("ctrl+banana",)}, "kairos.toml:9: keys.zoom: 'ctrl+banana' is not a key like t"),
        ({"zoom": ("ctrl+i",)}, "kairos.toml:9: keys.zoom: terminals send tab for ctrl+i: choose another"),
        ({"zoom": ("ctrl+c",)}, "kairos.toml:9: keys.zoom: ctrl+c always quits: choose another"),
        ({"zoom": ("f5",), "perf": ("F5",)}, "keys.perf: f5 is keys.zoom already (kairos.toml:9): keep one"),
    ],
)
def test_what_cannot_be_is_said_in_one_line_with_its_place(own, said):
    with pytest.raises(SettingsInvalid) as refused:
        build_keymap("default", own, dict.fromkeys(own, "kairos.toml:9"))

    assert said in str(refused.value)


def test_help_and_hints_show_the_keys_in_force(stage, texts):
    acted = stage(keymap=build_keymap("default", {"zoom": ("f5",), "cursor_left": ("a",)}))

    shown = "\n".join(texts(help_panel.draw(acted.view, 120, 43)))
    assert "F5   zoom the panel in focus" in shown
    assert "a    one column left" in shown
    hinted = {word: key for key, word in hints.shown_hints(acted.view)}
    assert (hinted["zoom"], hinted["move"]) == ("F5", "ajkl")


async def test_a_remapped_key_does_what_it_is_mapped_to_and_the_old_one_nothing(stage):
    acted = stage(keymap=build_keymap("default", {"zoom": ("f5",)}))
    app = acted.new_app()
    async with app.run_test(size=(120, 30)) as pilot:
        await pilot.press("z")
        assert not app.view.zoomed
        await pilot.press("f5")
        assert app.view.zoomed


def test_the_readme_has_the_keys_of_the_registry():
    assert f"\n\n{key_markdown(DEFAULT_KEYMAP)}\n\n" in README.read_text("utf-8")


def test_every_action_has_a_row_with_who_gave_its_keys():
    rows = {
        row.action: row for row in key_rows(build_keymap("vim", {"zoom": ("f5",)}, {"zoom": "kairos.toml:3"}))
    }

    assert rows.keys() == BY_ID.keys()
    assert rows["zoom"].origin == "kairos.toml:3"
    assert rows["back"].origin == "preset vim"
    assert rows["freeze"].origin == "default"


def test_the_keymap_loads_no_textual():
    code = "import sys, kairos_tui.hud.key_table; sys.exit('textual' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

# mypy: disable-error-code="no-untyped-call,union-attr"
"""Keys are chosen in the HUD: they work at once and at the next start, and nobody's own file is touched."""

import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from tests.hud.keyed import row_text, typed

from kairos_tui.errors import SettingsInvalid
from kairos_tui.hud.key_file import read_keys, write_keys
from kairos_tui.hud.keymap import build_keymap
from kairos_tui.settings import keys_path, load_settings


@pytest.fixture
def place(tmp_path):
    """An XDG configuration folder with a file of the user's."""
    env = {"XDG_CONFIG_HOME": str(tmp_path)}
    own = tmp_path / "kairos" / "config.toml"
    own.parent.mkdir()
    own.write_text('keymap = "vim"\n[keys]\nperf = "f5"\n')
    return env, own


def edited(stage, env, *, own=None):
    acted = stage(keymap=build_keymap("vim", own or {"perf": ("f5",)}, {"perf": "config.toml:3"}))
    acted.plan = replace(acted.plan, keys_path=keys_path(env))
    return acted


def loaded(env, folder):
    return load_settings(flags={}, env=env, cwd=folder, config=None)


async def test_a_key_is_chosen_works_at_once_and_at_the_next_start(stage, place, tmp_path):
    env, own = place
    before = own.read_bytes()
    app = edited(stage, env).new_app()
    async with app.run_test(size=(160, 45)) as pilot:
        await pilot.pause()
        await typed(pilot, ":keys")
        await pilot.press("enter")
        shown = "\n".join(row_text(app, y) for y in range(45))
        assert ": KEYS" in shown
        await typed(pilot, "zoom")
        await pilot.press("enter")
        assert app.view.prompt.said == "press the key for zoom; esc: none"
        await pilot.press("f6")
        assert app.view.prompt.said == "F6 is zoom now"
        await pilot.press("escape", "f6")
        assert app.view.zoomed
        await pilot.press("z")
        assert app.view.zoomed
    assert own.read_bytes() == before
    settings = loaded(env, tmp_path)
    assert settings.settings.keys == {"perf": ("f5",), "zoom": ("f6",)}
    assert settings.origins["keys.zoom"].startswith(str(keys_path(env)))
    assert build_keymap("vim", settings.settings.keys).keys_of("zoom") == ("f6",)


async def test_a_key_of_another_action_is_taken_only_when_it_is_pressed_twice(stage, place, tmp_path):
    env, _ = place
    app = edited(stage, env).new_app()
    async with app.run_test(size=(160, 45)) as pilot:
        await pilot.pause()
        await typed(pilot, ":keys")
        await pilot.press("enter", *"zoom", "enter", "f5")
        assert app.view.prompt.said == "F5 is perf's: once more takes it over"
        assert not keys_path(env).exists()
        await pilot.press("t")
        assert app.view.prompt.said == "t is theme_next's: once more takes it over"
        await pilot.press("f5", "f5")
        assert app.view.prompt.said == "F5 is zoom now, no longer perf"
        keymap = app.view.plan.keymap
        assert (keymap.keys_of("zoom"), keymap.keys_of("perf")) == (("f5",), ())
        build_keymap("vim", loaded(env, tmp_path).settings.keys)  # no clash is left for the next start
        await pilot.press("delete")
        assert app.view.prompt.said == "zoom has its usual keys again"
        assert app.view.plan.keymap.keys_of("zoom") == ("z",)
        await pilot.press("delete")
        assert app.view.prompt.said == "zoom has no key that was chosen here"
        await pilot.press("enter", "escape")
        assert (app.view.prompt.binding, app.view.prompt.said) == ("", "")
        await pilot.press("enter", "ctrl+c")
    assert app.return_code == 0


@pytest.mark.parametrize(
    ("text", "said"),
    [("[keys", "keys.toml: "), ("[keys]\nzoom = 3", "keys.zoom is no key and no list of keys")],
)
async def test_a_broken_file_is_one_line_and_is_not_written_over(text, said, stage, place):
    env, _ = place
    path = keys_path(env)
    path.write_text(text)
    app = edited(stage, env).new_app()
    async with app.run_test(size=(120, 30)) as pilot:
        await pilot.pause()
        await typed(pilot, ":keys")
        await pilot.press("enter", *"zoom", "enter", "f6")
        assert said in app.view.prompt.said
    assert path.read_text() == text


async def test_where_it_cannot_be_kept_nothing_changes(stage, tmp_path):
    app = edited(stage, {"XDG_CONFIG_HOME": str(tmp_path / "file")}).new_app()
    (tmp_path / "file").write_text("")
    async with app.run_test(size=(120, 30)) as pilot:
        await pilot.pause()
        await typed(pilot, ":keys")
        await pilot.press("enter", *"zoom", "enter", "f6")
        assert "keys.toml" in app.view.prompt.said
        assert app.view.plan.keymap.keys_of("zoom") == ("z",)


def test_other_settings_in_that_file_are_refused_with_their_place(place, tmp_path):
    env, _ = place
    keys_path(env).write_text("fps = 10\n")
    with pytest.raises(SettingsInvalid, match=r"keys\.toml:1: only \[keys\] stands in this file"):
        loaded(env, tmp_path)


KEYS = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1)


@given(st.dictionaries(st.sampled_from(["zoom", "perf", "help"]), st.lists(KEYS).map(tuple)))
def test_what_is_written_is_read_back(tmp_path_factory, own):
    path = Path(tmp_path_factory.mktemp("k") / "kairos" / "keys.toml")
    write_keys(path, own)
    assert read_keys(path) == own
    assert path.exists() == bool(own)


def test_the_file_is_written_whole_and_leaves_nothing_beside_it(tmp_path):
    path = tmp_path / "keys.toml"
    write_keys(path, {"zoom": ("f6",)})
    assert list(tmp_path.iterdir()) == [path]
    assert stat.S_ISREG(path.stat().st_mode)

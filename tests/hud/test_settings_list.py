# mypy: disable-error-code="no-untyped-call,union-attr"
"""`:settings` lists what the HUD runs with: each value, who gave it, and what was changed meanwhile."""

import pytest
from msgspec.structs import replace
from tests.hud.keyed import row_text, typed

from kairos_tui.hud import Knob
from kairos_tui.runtime.in_force import HIDDEN, in_force
from kairos_tui.settings import load_settings, settings_rows
from kairos_tui.settings.settings import Settings

CONFIG = """
theme = "ember"
sinks = ["redis://user:opensesame@127.0.0.1:6379/0"]
mirror_token = "opensesame"
fleet = "redis://:opensesame@h"
[keys]
zoom = "f5"
[venue.kraken]
taker_bps = 16.0
"""


@pytest.fixture
def loaded(tmp_path):
    env = {"XDG_CONFIG_HOME": str(tmp_path), "KAIROS_FPS": "20"}
    own = tmp_path / "kairos" / "config.toml"
    own.parent.mkdir()
    own.write_text(CONFIG)
    return load_settings(flags={"min_net_bps": 1.5}, env=env, cwd=tmp_path, config=None), env, own


def told(loaded, **how):
    got, env, _ = loaded
    return {key: (value, origin) for key, value, origin, _ in in_force(got, env, **how).knobs}


def test_every_setting_is_there_with_its_origin(loaded):
    _, _, own = loaded
    rows = told(loaded)
    assert set(Settings.__struct_fields__) - {"keys", "venue"} < rows.keys()
    assert rows["min_net_bps"] == ("1.5", "--min-net-bps")
    assert rows["fps"] == ("20", "KAIROS_FPS")
    assert rows["theme"] == ('"ember"', f"{own}:2")
    assert rows["keys.zoom"] == ('["f5"]', f"{own}:7")
    assert rows["venue.kraken.taker_bps"] == ("16.0", f"{own}:9")
    assert rows["seed"] == ("1", "default")


def test_secrets_are_hidden_and_the_file_to_edit_is_named(loaded, tmp_path):
    got, env, own = loaded
    shown = in_force(got, env)
    assert "opensesame" not in repr(shown)
    assert told(loaded)["mirror_token"][0] == f'"{HIDDEN}"'
    assert told(loaded)["fleet"][0] == '"redis://***@h"'
    assert shown.file == str(own)
    own.unlink()
    bare = load_settings(flags={}, env=env, cwd=tmp_path, config=None)
    assert in_force(bare, env).file == str(own)


def test_a_hud_that_looks_on_lists_only_what_is_its_own(loaded):
    rows = told(loaded, decides=False)
    assert {"theme", "fps", "keys.zoom", "min_net_bps"} <= rows.keys()
    assert rows.keys().isdisjoint({"venues", "seed", "sinks", "mirror_token", "venue.kraken.taker_bps"})


def test_each_has_the_sentence_of_the_configuration_file():
    rows = settings_rows(Settings(), {})
    assert all(meaning for _, _, _, meaning in rows)
    assert {origin for _, _, origin, _ in rows} == {"default"}


@pytest.fixture
def opened(stage, loaded):
    got, env, _ = loaded

    def open_app(feed="sim"):
        acted = stage(feed=feed)
        shown = in_force(got, env)
        knobs = tuple(Knob(*each) for each in shown.knobs)
        acted.plan = replace(acted.plan, settings=knobs, settings_file=shown.file, fps=20)
        return acted

    return open_app


def screen(app):
    return "\n".join(row_text(app, y) for y in range(app.size.height))


@pytest.mark.parametrize("size", [(160, 45), (80, 24), (40, 10)])
async def test_it_is_found_by_its_words_at_every_size(opened, size):
    app = opened().new_app()
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        await typed(pilot, ":settings")
        await pilot.press("enter")
        assert ": SETTINGS" in screen(app)
        await typed(pilot, "frames per second")
        assert "▸ fps" in screen(app)
        assert "KAIROS_FPS" in screen(app) or size[0] < 80
        await pilot.press("escape")
        assert app.view.prompt is None


async def test_what_was_changed_meanwhile_is_said_as_it_holds_now(opened):
    acted = opened()
    app = acted.new_app()
    async with app.run_test(size=(160, 45)) as pilot:
        await pilot.pause()
        acted.run(2)
        await typed(pilot, ":fps 10")
        await pilot.press("enter")
        app.view.wardrobe.wear("mono")
        await typed(pilot, ":settings")
        await pilot.press("enter")
        rows = [row_text(app, y)[26:134] for y in range(45)]
        listed = {words[0]: words for words in (row.strip(" ▸").split() for row in rows) if words}
    assert listed["fps"][1:] == ["10", "this", "HUD,", "for", "now"]
    assert listed["theme"][1] == '"mono"'
    assert listed["min_net_bps"][1] == repr(acted.play.THRESHOLDS.min_net_bps)  # the engine's word
    assert listed["seed"][-1] == "default"


async def test_enter_copies_the_line_that_sets_it(opened, monkeypatch):
    for name in ("TMUX", "STY"):
        monkeypatch.delenv(name, raising=False)
    app = opened().new_app()
    async with app.run_test(size=(160, 45)) as pilot:
        await pilot.pause()
        await typed(pilot, ":settings")
        await pilot.press("enter")
        await typed(pilot, "fps")
        await pilot.press("enter")
        await app.workers.wait_for_complete()
        assert app.view.message[0].startswith("copied the line of that setting, 8 bytes")
    assert app.view.prompt is None

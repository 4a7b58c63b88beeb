"""What the settings say of looks reaches HUD and browser; a theme that broke meanwhile stops neither."""

import logging
import os
import re
from pathlib import Path

import pytest

from kairos_tui.hud import theme_folders
from kairos_tui.hud.theme import TOP, VARIABLES
from kairos_tui.market import Symbol
from kairos_tui.runtime.mirror_themes import MirrorThemes
from kairos_tui.runtime.outlet_plans import MirrorRolePlan
from kairos_tui.runtime.plans import HudLook, hud_look
from kairos_tui.runtime.run_hud import find_theme
from kairos_tui.runtime.run_mirror import mirror_plan
from kairos_tui.settings import Settings


def test_the_hud_is_told_how_to_look() -> None:
    told = hud_look(Settings(theme="paper", colours="16", glyphs="ascii", reduced_motion=True))
    assert told == HudLook("paper", "16", "ascii", reduced_motion=True)


def test_a_theme_that_broke_since_it_was_checked_leaves_the_usual_one_and_the_reason(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text("primary = \n")
    theme, problem = find_theme("mine", (tmp_path,))
    assert theme.title == "neon"
    assert problem.startswith(f"{path}:1: not TOML")


def test_a_browser_is_given_every_theme_in_colours_it_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", "/nonexistent")
    plan = mirror_plan(
        MirrorRolePlan(
            run="k7f3",
            feed="sim",
            signals=("ipc:///nowhere",),
            settings=Settings(theme="ansi"),
            symbols=(Symbol("BTC/USDT"),),
            mirror="127.0.0.1:0",
            metrics="",
            log_path="",
            log_level=logging.WARNING,
        ),
        MirrorThemes("ansi", theme_folders(os.environ)).themes,
    )
    assert plan.themes.first == "ansi"
    assert set(plan.themes.by_name) == {"ansi", "clarity", "ember", "matrix", "mono", "neon", "paper"}
    for told in plan.themes.by_name.values():
        for token in (*TOP, *VARIABLES.values()):
            assert re.fullmatch("#[0-9a-f]{6}", told[token]), (told["name"], token)


OWN = 'inherits = "neon"\nname = "mine"\nprimary = "{}"\n'


def test_a_theme_file_that_changes_is_what_browsers_are_told_next(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(OWN.format("#112233"))
    themes = MirrorThemes("mine", (tmp_path, *theme_folders({"HOME": "/nonexistent"})))
    assert themes.themes.by_name["mine"]["primary"] == "#112233"
    assert themes.look() is None
    path.write_text(OWN.format("#445566"))
    assert themes.look() is None  # it may be half of one: it is read once it looks the same twice
    told = themes.look()
    assert told is not None
    assert (told.first, told.by_name["mine"]["primary"]) == ("mine", "#445566")
    assert themes.look() is None


def test_a_broken_theme_file_changes_nothing_and_a_new_one_is_offered(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(OWN.format("#112233"))
    themes = MirrorThemes("mine", (tmp_path, *theme_folders({"HOME": "/nonexistent"})))
    path.write_text("primary = ")
    assert [themes.look(), themes.look(), themes.look()] == [None] * 3
    (tmp_path / "other.toml").write_text(OWN.format("#778899").replace("mine", "other"))
    themes.look()
    told = themes.look()
    assert told is not None
    assert told.by_name["other"]["primary"] == "#778899"
    assert told.by_name["mine"]["primary"] == "#112233"

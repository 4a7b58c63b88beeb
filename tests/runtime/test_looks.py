"""What the settings say of looks reaches HUD and browser; a theme that broke meanwhile stops neither."""

import logging
import re
from pathlib import Path

import pytest

from kairos_tui.hud.theme import TOP, VARIABLES
from kairos_tui.market import Symbol
from kairos_tui.runtime.plans import HudLook, MirrorRolePlan, hud_look
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
        )
    )
    assert plan.theme == "ansi"
    assert set(plan.themes) == {"ansi", "clarity", "ember", "matrix", "mono", "neon", "paper"}
    for told in plan.themes.values():
        for token in (*TOP, *VARIABLES.values()):
            assert re.fullmatch("#[0-9a-f]{6}", told[token]), (told["name"], token)

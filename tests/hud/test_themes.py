"""Themes are readable by everyone, found in the promised order, and a mistake in one is named."""

from pathlib import Path

import pytest

from kairos_tui.errors import ThemeInvalid
from kairos_tui.hud import Theme, check_theme, list_themes, load_theme, theme_folders
from kairos_tui.hud.colour import contrast, distance
from kairos_tui.hud.palette import Palette

PACKAGED = theme_folders({"HOME": "/nonexistent"})


def test_the_seven_themes_are_there_and_every_one_is_fit():
    entries = list_themes(PACKAGED)
    names = ["ansi", "clarity", "ember", "matrix", "mono", "neon", "paper"]
    assert [entry.name for entry in entries] == names
    for entry in entries:
        assert entry.problem is None
        assert check_theme(load_theme(entry.name, PACKAGED)) == []


def test_contrast_and_distance_agree_with_published_figures():
    assert contrast("#ffffff", "#000000") == pytest.approx(21.0)
    assert contrast("#7d8fb3", "#05070f") == pytest.approx(6.2, abs=0.1)
    assert distance("#2bffa3", "#ff4d8d") == pytest.approx(145, abs=2)
    assert distance("#2bffa3", "#ff4d8d", vision="deuteranopia") == pytest.approx(25, abs=2)
    assert distance("#56b4e9", "#e69f00", vision="protanopia") == pytest.approx(101, abs=2)


@pytest.mark.parametrize(("name", "least"), [("clarity", 80), ("paper", 75)])
def test_the_colour_blind_safe_themes_are_apart_to_every_vision(name: str, least: float):
    theme = load_theme(name, PACKAGED)
    for vision in ("normal", "protanopia", "deuteranopia", "tritanopia"):
        assert distance(theme.buy, theme.sell, vision=vision) > least


def test_a_faint_or_confusing_theme_is_told_off():
    faint = check_theme(Theme(muted="#202020"))
    assert len(faint) == 1
    assert "muted has contrast" in faint[0]
    alike = check_theme(Theme(buy="#a8b030", sell="#c89a30"))
    assert any("deuteranopia" in problem for problem in alike)


def test_mono_uses_no_colour_at_all():
    palette = Palette(load_theme("mono", PACKAGED))
    for ink in ("text", "buy+b", "down", "hot", "text@cursor", "e3", "g5", "pause", "sell_flash3", "faint"):
        assert palette[ink].color is None
        assert palette[ink].bgcolor is None


def write(folder: Path, name: str, text: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.toml"
    path.write_text(text, "utf-8")
    return path


def test_the_users_folder_comes_first_and_a_path_beats_both(tmp_path: Path):
    search = theme_folders({"XDG_CONFIG_HOME": str(tmp_path)})
    assert search[0] == tmp_path / "kairos" / "themes"
    mine = write(search[0], "neon", 'name = "kairos-neon"\nprimary = "#ABCDEF"\n')
    assert load_theme("neon", search).primary == "#abcdef"
    assert load_theme("kairos-neon", search).primary == "#abcdef"
    other = write(tmp_path, "other", 'inherits = "ember"\naccent = "#123456"\n')
    inherited = load_theme(str(other), search)
    assert (inherited.accent, inherited.primary, inherited.name) == ("#123456", "#ffb000", "other")
    assert next(entry for entry in list_themes(search) if entry.name == "neon").path == mine


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[variables]\nk-bye = '#000000'\n", ["'k-bye'", "[variables]", "did you mean 'k-buy'?"]),
        ("primray = '#000000'\n", [":1: unknown key 'primray'", "did you mean 'primary'?"]),
        ("dark = true\nprimary = 'cyanide'\n", [":2: primary", "#00f0ff"]),
        ("primary = \n", [":1: not TOML"]),
        ("\n\n[variables]\n\nk-buy = 3\n", [":5: k-buy = '3'"]),
        ("[glyphs]\ndown = 'xx'\n", [":2: down = 'xx' is not one character of one cell"]),
        ("[glyphs]\ndwon = 'x'\n", [":2: unknown key 'dwon' in [glyphs]; did you mean 'down'?"]),
        ("a = " + "[" * 5_000, ["not TOML: nested too deeply"]),
        ("name = 'a", [":1: not TOML"]),
        ("# two\nname =", [":2: not TOML"]),
        ("accent = " + "9" * 5_000, ["not TOML: Exceeds the limit"]),
        ("accent = 1979-05-27", [":1: accent = '1979-05-27' is not a colour"]),
        ("name = ''", [":1: name must be a short text"]),
        ("name = '\\u001b[2J'".replace("'", '"'), [":1: name must be a short text"]),
        ("dark = 3\n", [":1: dark must be true or false"]),
        ("inherits = 'embr'\n", ["'embr'", "did you mean 'ember'?"]),
        ("inherits = 'wrong'\n", ["'wrong', which is itself"]),
        ("variables = 3\n", [":1: variables must be a table"]),
        ("# " + "x" * 300_000, ["larger than 256 KiB"]),
    ],
)
def test_a_mistake_names_file_key_and_the_nearest(text: str, said: list[str], tmp_path: Path):
    path = write(tmp_path, "wrong", text)
    with pytest.raises(ThemeInvalid) as problem:
        load_theme(str(path), PACKAGED)
    assert str(path) in str(problem.value)
    for words in said:
        assert words in str(problem.value)
    listed = next(entry for entry in list_themes((tmp_path,)) if entry.path == path)
    assert listed.problem == str(problem.value).replace(" 'embr'", " 'embr'") or "embr" in text


def test_an_unknown_name_gets_the_nearest():
    with pytest.raises(ThemeInvalid, match="did you mean 'neon'"):
        load_theme("neno", PACKAGED)
    with pytest.raises(ThemeInvalid):
        load_theme("/nonexistent.toml", PACKAGED)


def test_themes_that_inherit_in_a_ring_are_refused(tmp_path: Path):
    write(tmp_path, "a", 'inherits = "b"\n')
    write(tmp_path, "b", 'inherits = "a"\n')
    with pytest.raises(ThemeInvalid, match="deeper than four"):
        load_theme("a", (tmp_path,))

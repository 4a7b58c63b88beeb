"""`kairos themes check` says what is wrong with a theme, a line each; its exit code says whether any is."""

from pathlib import Path

import pytest

FAINT = 'inherits = "neon"\n[variables]\nk-muted = "#303844"\nk-buy = "#a8b030"\nk-sell = "#c89a30"\n'
ALIKE = '[glyphs]\nstale = "x"\ndown = "x"\n'


@pytest.fixture
def themes(kairos) -> Path:
    folder: Path = kairos.config_file.parent / "themes"
    folder.mkdir(parents=True)
    return folder


def test_every_packaged_theme_is_fit(kairos) -> None:
    said = kairos("themes", "check")
    assert (said.code, said.err) == (0, "")
    assert said.out.split() == [
        word
        for name in ("ansi", "clarity", "ember", "matrix", "mono", "neon", "paper")
        for word in ("ok", name)
    ]


@pytest.mark.parametrize("by", ["name", "file"])
def test_each_finding_is_a_line_and_the_code_is_two(kairos, themes: Path, by: str) -> None:
    path = themes / "faint.toml"
    path.write_text(FAINT)
    said = kairos("themes", "check", "faint" if by == "name" else str(path))
    assert (said.code, said.out) == (2, "")
    findings = said.err.splitlines()
    assert all(line.startswith("kairos: theme ") for line in findings)
    assert "k-muted has contrast 1.6:1, #303844 on surface #0a0f1e; at least 4.5:1 is readable" in findings[0]
    assert "k-buy and k-sell are " in said.err
    assert " apart to deuteranopia vision; at least 20 is distinct" in said.err


def test_marks_that_only_a_colour_would_tell_apart_are_found(kairos, themes: Path) -> None:
    (themes / "alike.toml").write_text(ALIKE)
    said = kairos("themes", "check", "alike")
    assert said.code == 2
    assert said.err == (
        "kairos: theme alike: glyphs.down x is also the mark of stale: only a colour would tell them apart\n"
    )


def test_a_broken_file_is_a_finding_with_its_line_and_hides_no_other(kairos, themes: Path) -> None:
    path = themes / "mine.toml"
    path.write_text("dark = true\nprimray = '#000000'\n")
    said = kairos("themes", "check")
    assert said.code == 2
    assert said.err == (
        f"kairos: theme mine: {path}:2: unknown key 'primray' in the theme; did you mean 'primary'?\n"
    )
    assert "ok  neon" in said.out
    assert "ok  mine" not in said.out
    assert f"{path}:2" in kairos("themes", "list").out


def test_a_theme_that_cannot_be_read_is_refused_before_anything_starts(kairos, themes: Path) -> None:
    path = themes / "mine.toml"
    path.write_text("primary = 3\n")
    for wanted in ("mine", str(path)):
        refusal = kairos("watch", "BTC/USDT", "--sim", "--json", "--theme", wanted).refusal
        assert refusal.startswith(f"{path}:1: primary = '3' is not a colour")
    refusal = kairos("watch", "BTC/USDT", "--sim", "--json", "--theme", str(themes)).refusal
    assert refusal == f"{themes}: not a regular file"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--colours", "1"), "--colours '1': must be one of 16, 256, auto, none, truecolor"),
        (("--glyphs", "asci"), "--glyphs 'asci': must be one of ascii, auto, unicode (did you mean ascii?)"),
    ],
)
def test_what_to_draw_with_is_one_of_a_few(kairos, words: tuple[str, ...], said: str) -> None:
    assert kairos("watch", "BTC/USDT", "--sim", *words).refusal.startswith(said)


def test_motion_is_reduced_by_flag_file_and_variable_alike(kairos, monkeypatch: pytest.MonkeyPatch) -> None:
    kairos.write("reduced_motion = true\nglyphs = 'ascii'\n")
    shown = kairos("config", "show").out
    assert "reduced_motion = true" in shown
    assert 'glyphs = "ascii"' in shown
    monkeypatch.setenv("KAIROS_REDUCED_MOTION", "maybe")
    assert kairos("config", "show").refusal == "KAIROS_REDUCED_MOTION='maybe': must be true or false"

# mypy: disable-error-code="no-untyped-call,arg-type,union-attr"
"""The HUD looks as it was approved: golden pictures in every theme, size and state that matters.

Clock, market and gauges are frozen. `KAIROS_UPDATE_GOLDEN=1 pytest -p no:randomly` writes the goldens anew,
and KAIROS_PICTURES=folder every picture as SVG: look at them. What a golden holds, and why: pictures.py.
"""

import importlib.util
import os
import re
from pathlib import Path

import pytest
from msgspec.structs import replace

from kairos_tui.hud import list_themes, load_theme, theme_folders
from kairos_tui.hud.canvas import Canvas
from kairos_tui.market import RecordingView

GOLDEN = Path(__file__).with_name("golden")
SIZES = ("160x45", "120x30", "80x24", "60x15")
ACTS = ["lively", "no_edge", "connecting", "all_down", "sick", "paused", "silent", "inspect", "help"]
ACTS += ["believed", "inspect_venue", "perf", "picker", "several", "depth", "timeline", "inspect_edge"]
ACTS += ["palette", "command", "filter", "jump", "explain"]
ACTS += ["graded"]
ACTS += ["recording", "paper", "replay"]
TYPED = {"palette": "^theme", "command": ":zoom ", "filter": "/okx net>2", "jump": "om"}
KEYS = {"^": "ctrl+p", ":": "colon", "/": "slash", ">": "greater_than_sign", " ": "space"}
PACKAGED = theme_folders({"HOME": "/nonexistent"})
THEMES = [load_theme(entry.name, PACKAGED) for entry in list_themes(PACKAGED)]
ASCII_ACTS = ("lively", "sick")
KEPT_WHOLE = {
    ("lively", "160x45", "neon"),
    ("inspect_edge", "120x30", "ember"),
    ("depth", "120x30", "clarity"),
    ("explain", "120x30", "matrix"),
}
KEPT_WHOLE |= {("lively", "80x24", theme.title) for theme in THEMES}

_spec = importlib.util.spec_from_file_location("hud_pictures", Path(__file__).with_name("pictures.py"))
pictures = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(pictures)


async def perform(act, stage, pilot):
    feed_acts = {
        "paused": "lively",
        "inspect": "no_edge",
        "help": "lively",
        "picker": "lively",
        "inspect_venue": "believed",
        "depth": "lively",
        "timeline": "sick",
        "inspect_edge": "lively",
        "explain": "lively",
        "recording": "lively",
    } | dict.fromkeys(TYPED, "lively")
    getattr(stage, feed_acts.get(act, act))()
    if act == "recording":
        told = RecordingView("/home/kairos/btc.kz", 12_412_000, 96_012, 14)
        stage.dress = lambda board: replace(board, recording=told)
        stage.run(30)
    if act == "paused":
        await pilot.press("space")
        stage.run(210, {"okx": 40})
    elif act in ("inspect", "inspect_edge"):
        await pilot.press("enter")
    elif act == "inspect_venue":
        await pilot.press("1", "down", "down", "enter")
    elif act == "depth":
        await pilot.press("alt+3")
    elif act == "timeline":
        await pilot.press("alt+5", "6")
    elif act == "perf":
        await pilot.press("f12", "down", "down")
    elif act == "explain":
        await pilot.press("f1")
    elif act == "picker":
        await pilot.press("T")
    elif act in TYPED:
        await pilot.press(*(KEYS.get(letter, letter) for letter in TYPED[act]))
    elif act == "help":
        await pilot.press("question_mark")


def approved(name, drawn):
    """Compare with the golden file of that name, or write it."""
    path = GOLDEN / name
    if os.environ.get("KAIROS_UPDATE_GOLDEN") == "1":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(drawn, "utf-8")
    assert drawn == path.read_text("utf-8")


def keep_picture(name, svg):
    if folder := os.environ.get("KAIROS_PICTURES"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        (Path(folder) / name).write_text(svg, "utf-8")


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("act", ACTS)
async def test_the_picture_is_the_approved_one_in_every_theme(act, size, stage):
    acted = stage(feed="live" if act == "all_down" else "sim", reduced_motion=True)
    acted.plan = replace(acted.plan, themes=tuple(THEMES))
    app = acted.new_app()
    drawn = {}
    async with app.run_test(size=tuple(map(int, size.split("x")))) as pilot:
        await pilot.pause()
        await perform(act, acted, pilot)
        acted._set_time()
        canvas = app.query_one(Canvas)
        for theme in [*THEMES, load_theme("neon", PACKAGED)]:  # the rows that are kept are neon's
            app.view.wardrobe.worn = theme
            app.view.version += 1
            canvas.frame()
            drawn[theme.title] = pictures.settled(app.export_screenshot(title="Kairos"))
            keep_picture(f"{act}-{size}-{theme.title}.svg", drawn[theme.title])
        rows = canvas.scene.rows
    approved(
        f"{act}-{size}.txt", pictures.as_text(rows, {name: pictures.digest(drawn[name]) for name in drawn})
    )
    for name in drawn:
        if (act, size, name) in KEPT_WHOLE:
            approved(svg_name(act, size, name), drawn[name])
    if act in ASCII_ACTS:
        approved(f"ascii/{act}-{size}.txt", pictures.in_ascii(rows))


def svg_name(act, size, theme):
    return f"{act}-{size}.svg" if size == "160x45" else f"{act}-{size}-{theme}.svg"


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.title)
def test_every_ink_is_as_it_was_approved_on_every_terminal(theme):
    texts = [(GOLDEN / f"{act}-{size}.txt").read_text("utf-8") for act in ACTS for size in SIZES]
    inks = set().union(*map(pictures.inks_in, texts))
    assert {"text", "buy", "muted", "border", "e0", "e11"} < inks
    approved(f"inks/{theme.title}.txt", pictures.style_table(theme, {ink for ink in inks if ink[0] != "="}))


OPPOSITES = [("buy", "sell"), ("buy", "down"), ("buy", "warn"), ("fast", "slow"), ("warn", "down")]
SAID_OTHERWISE = {"9,9.9", "9 usable", ""}
"""Bids and asks: their columns say which they are. How many venues are usable: the number."""
SAID_BESIDE = re.compile(r"[◌◍◷◔✖⊘×▲◆◇▼↻◂?−+]|[A-Za-z]{3}|\d of \d|^[│─╭╮╰╯┃━]*$")


def test_no_meaning_rests_on_colour_alone():
    texts = [(GOLDEN / f"{act}-{size}.txt").read_text("utf-8") for act in ACTS for size in SIZES]
    drawn: dict[str, set[str]] = {}
    for ink, text in (piece for golden in texts for piece in pictures.pieces_in(golden)):
        drawn.setdefault(ink, set()).add(text)
    for first, second in OPPOSITES:
        assert drawn[first] & drawn[second] <= SAID_OTHERWISE, (first, second)
    for ink in ("fast", "slow", "warn", "down"):
        assert {text for text in drawn[ink] if not SAID_BESIDE.search(text)} == set(), ink


def test_every_golden_file_is_one_that_is_compared():
    compared = {f"{act}-{size}.txt" for act in ACTS for size in SIZES}
    compared |= {f"ascii/{act}-{size}.txt" for act in ASCII_ACTS for size in SIZES}
    compared |= {f"inks/{theme.title}.txt" for theme in THEMES} | {svg_name(*kept) for kept in KEPT_WHOLE}
    assert {str(path.relative_to(GOLDEN)) for path in GOLDEN.rglob("*") if path.is_file()} == compared

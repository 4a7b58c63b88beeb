# mypy: disable-error-code="no-untyped-call,arg-type"
"""What the terminal can show decides what is drawn: fewer colours stay readable, ASCII says the same."""

import re
import signal
from pathlib import Path

import pytest
from rich.color import ColorType

from kairos_tui.hud import ACTIONS, load_theme, theme_folders
from kairos_tui.hud.colour import as_hex, contrast
from kairos_tui.hud.glyph_sets import REPLACEABLE, translation
from kairos_tui.hud.glyphs import STATES
from kairos_tui.hud.key_names import label
from kairos_tui.hud.palette import Palette
from kairos_tui.hud.reach import Reach, find_reach, nearest
from kairos_tui.hud.run import dressed
from kairos_tui.hud.theme import CONFUSABLE, TEXT_TOKENS
from kairos_tui.market import FeedState

PACKAGED = theme_folders({"HOME": "/nonexistent"})
COLOURED = ["ansi", "clarity", "ember", "matrix", "neon", "paper"]
UTF8 = {"LANG": "en_US.UTF-8"}


@pytest.mark.parametrize(
    ("environ", "depth", "glyphs"),
    [
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor", **UTF8}, "truecolor", "unicode"),
        ({"TERM": "xterm-256color", "COLORTERM": "24bit", **UTF8}, "truecolor", "unicode"),
        ({"TERM": "xterm-kitty", **UTF8}, "truecolor", "unicode"),
        ({"TERM": "tmux-256color", **UTF8}, "256", "unicode"),
        ({"TERM": "xterm-256color", "COLORTERM": "no", "LC_ALL": "C", **UTF8}, "256", "ascii"),
        ({"TERM": "xterm", "LC_CTYPE": "de_DE.utf8", "LANG": "C"}, "16", "unicode"),
        ({"TERM": "screen", "LANG": "en_US.ISO-8859-1"}, "16", "ascii"),
        ({"TERM": "linux", **UTF8}, "16", "ascii"),
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor", "NO_COLOR": "1"}, "none", "unicode"),
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor", "NO_COLOR": ""}, "truecolor", "unicode"),
        ({"TERM": "dumb", "COLORTERM": "truecolor", **UTF8}, "none", "ascii"),
        ({"TERM": "vt220", **UTF8}, "none", "ascii"),
    ],
)
def test_the_environment_says_what_is_drawn_with(environ, depth, glyphs):
    assert find_reach(environ) == Reach(depth, glyphs)


def test_what_is_asked_for_is_stronger_than_the_environment():
    plain = {"TERM": "dumb", "NO_COLOR": "1", "LC_ALL": "C"}
    assert find_reach(plain, colours="256", glyphs="unicode") == Reach("256", "unicode")
    rich = {"TERM": "xterm-kitty", **UTF8}
    assert find_reach(rich, colours="none", glyphs="ascii") == Reach("none", "ascii")


def drawn_as(theme, token, depth):
    """What a token looks like at that depth, in front of the background at that depth."""
    ground = nearest(theme.background, depth)
    colour = nearest(getattr(theme, token), depth, ground)
    if depth == "256" and colour.startswith("color("):
        return hex_of_256(int(colour[6:-1])), hex_of_256(int(ground[6:-1]))
    own = ("#000000", "#e5e5e5") if theme.dark else ("#ffffff", "#000000")
    return as_hex(colour, default=own[1]), as_hex(ground, default=own[0])


def hex_of_256(number):
    """By the definition of xterm's 256 colours, not by ours."""
    if number >= 232:
        return "#" + f"{8 + 10 * (number - 232):02x}" * 3
    parts = [(number - 16) // 36, (number - 16) // 6 % 6, (number - 16) % 6]
    return "#" + "".join(f"{part and 55 + 40 * part:02x}" for part in parts)


@pytest.mark.parametrize("depth", ["256", "16"])
@pytest.mark.parametrize("name", COLOURED)
def test_with_fewer_colours_text_stays_readable_and_opposites_stay_apart(name, depth):
    theme = load_theme(name, PACKAGED)
    for token in TEXT_TOKENS:
        assert contrast(*drawn_as(theme, token, depth)) >= 4.5, token
    for first, second in CONFUSABLE:
        assert drawn_as(theme, first, depth) != drawn_as(theme, second, depth), (first, second)


INKS = (
    "text",
    "buy+b",
    "down",
    "hot",
    "text@cursor",
    "e3",
    "g5",
    "pause",
    "sell_flash0",
    "sell_flash3",
    "faint",
    "border",
    "brand",
)
FEWER = {"256": {ColorType.EIGHT_BIT}, "16": {ColorType.STANDARD, ColorType.DEFAULT}}


@pytest.mark.parametrize("depth", ["256", "16", "none"])
@pytest.mark.parametrize("name", ["ember", "mono", "neon", "paper"])
def test_no_ink_needs_more_than_the_terminal_has(name, depth):
    palette = Palette(load_theme(name, PACKAGED), Reach(depth))
    for ink in INKS:
        drawn = [colour for colour in (palette[ink].color, palette[ink].bgcolor) if colour is not None]
        assert {colour.type for colour in drawn} <= FEWER.get(depth, set()), ink
        assert bool(drawn) == (depth != "none" and name != "mono"), ink


def test_every_glyph_of_the_hud_has_an_ascii_twin():
    table = translation({}, ascii_only=True)
    folder = Path(load_theme.__code__.co_filename).parent
    for path in folder.rglob("*.py"):
        for line in path.read_text("utf-8").splitlines():
            for glyph in line:
                assert glyph.isascii() or chr(ord(glyph)).translate(table) != "?", (path.name, glyph, line)


def test_no_two_states_or_badges_share_an_ascii_mark():
    table = translation({}, ascii_only=True)
    states = [STATES[state].glyph.translate(table) for state in FeedState]
    assert len(set(states)) == len(states)
    assert len({"◆".translate(table), "◇".translate(table), "▲".translate(table)}) == 3
    assert {mark.glyph for mark in STATES.values()} < set(REPLACEABLE.values())


def test_ascii_keeps_every_cell_in_its_place():
    table = translation({}, ascii_only=True)
    assert "╭─ 2 ─╮│⣀⠤⠒⠉⠀⣿│".translate(table) == "+- 2 -+|.--' ||"
    assert "日本 é".translate(table) == "???? e"


def test_keys_are_spelled_where_their_signs_cannot_be_drawn(stage):
    plan = dressed(stage().plan, {"TERM": "xterm-256color", "LC_ALL": "C"})
    assert plan.keymap.labels("panel_next") == ["tab"]
    assert plan.keymap.labels("inspect") == ["enter"]
    assert plan.keymap.labels("cursor_left") == ["h", "left"]
    assert label("alt+shift+up", spelled=True) == "M-S-up"
    assert all(text.isascii() for action in ACTIONS for text in plan.keymap.labels(action.id))


def test_a_themes_own_marks_are_drawn_also_in_ascii_where_they_can_be():
    assert "●◆".translate(translation({"live": "♥", "strong": "$"}, ascii_only=False)) == "♥$"
    assert "●◆".translate(translation({"live": "♥", "strong": "$"}, ascii_only=True)) == "*$"
    assert translation({}, ascii_only=False) is None


COLOURED_SGR = rb"\x1b\[(?:[0-9;]*;)?(?:[34][0-7]|9[0-7]|10[0-7]|[34]8)(?:;[0-9;]*)?m"


@pytest.mark.parametrize(
    ("environ", "never"),
    [
        ({"COLORTERM": ""}, rb"[34]8;2;"),
        ({"COLORTERM": "", "TERM": "xterm"}, rb"[34]8;[25];"),
        ({"NO_COLOR": "1"}, COLOURED_SGR),
        ({"LC_ALL": "C"}, rb"[\x80-\xff]"),
    ],
    ids=["256", "16", "none", "ascii"],
)
def test_the_terminal_is_sent_nothing_it_cannot_show(terminal, environ, never):
    screen = terminal(environ=environ)
    screen.wait(lambda: "BINANCE" in screen.text() and "SPREAD MATRIX" in screen.text())
    screen.type("t")
    screen.wait(lambda: "theme " in screen.text())
    screen.resize(170, 48)
    screen.kill(signal.SIGWINCH)
    screen.wait(lambda: "quit" in screen.screen.display[47])
    assert not re.search(never, bytes(screen.raw))
    screen.type("q")
    assert screen.wait(screen.ended) == (0,)

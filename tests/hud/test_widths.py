# mypy: disable-error-code="no-untyped-call"
"""Every row is exactly as wide as the screen, in terminal cells, whatever the size and whatever is said."""

import random

import pytest
from wcwidth import wcswidth

from kairos_tui.hud.heights import Wish
from kairos_tui.hud.layout import arrange
from kairos_tui.hud.moves import MOVES, move
from kairos_tui.hud.scene import Scene
from kairos_tui.market import FeedState

SIZES = [(160, 45), (120, 30), (80, 24), (60, 15), (40, 10), (24, 3), (1, 1), (300, 80), (140, 30), (79, 18)]
ACTS = ["lively", "no_edge", "connecting", "all_down", "sick", "silent", "believed"]


def check(view, width, height, texts):
    scene = Scene()
    scene.paint(view, width, height)
    rows = texts(scene.rows)
    assert len(rows) == height
    wrong = [(row, wcswidth(row)) for row in rows if wcswidth(row) != width]
    assert not wrong, (width, height, wrong[0])
    return "\n".join(rows)


@pytest.mark.parametrize("act", ACTS)
def test_every_row_fills_the_screen_exactly(act, stage, texts):
    acted = stage()
    getattr(acted, act)()
    for size in SIZES:
        check(acted.view, *size, texts)


def test_no_resize_and_no_key_ever_breaks_it(stage, texts):
    acted = stage()
    acted.lively()
    acted.sicken("kraken", FeedState.DOWN, "closed")
    acted.run(3)
    rng = random.Random(11)
    scene = Scene()
    for _ in range(400):
        move(acted.view, rng.choice(sorted(MOVES)))
        width, height = rng.randint(1, 300), rng.randint(1, 80)
        scene.paint(acted.view, width, height)
        assert {wcswidth(row) for row in texts(scene.rows)} == {width}, (width, height)
        assert len(scene.rows) == height


def test_wide_characters_from_outside_do_not_shift_a_column(stage, play, texts):
    acted = stage()
    acted.market = play.Market(fees={"取引所の名前": 10.0, "okx": 10.0, "é" * 40: 5.0})
    acted.market.states["okx"] = {"reason": "接続が切れました" * 9, "usable": False, "state": FeedState.STALE}
    acted.run(30)
    for size in SIZES:
        check(acted.view, *size, texts)


@pytest.mark.parametrize("count", [1, 2, 8, 24])
def test_any_number_of_venues_is_shown_or_scrolled(count, stage, play, texts):
    acted = stage()
    acted.market = play.Market(fees={f"venue{place}": 10.0 for place in range(count)})
    acted.run(5)
    for _ in range(count):
        move(acted.view, "cursor_down")
        move(acted.view, "cursor_right")
    for size in SIZES:
        check(acted.view, *size, texts)


def test_the_panels_tile_the_screen_without_a_gap():
    rng = random.Random(3)
    for _ in range(600):
        width, height = rng.randint(1, 300), rng.randint(1, 90)
        wish = Wish(
            venues=rng.randint(1, 30),
            focus=rng.choice(["venues", "matrix", "edge", "feed"]),
            zoomed=rng.random() < 0.3,
            helping=rng.random() < 0.2,
            inspecting=rng.choice([0, 0, 12, 16]),
            card=rng.choice([0, 2, 9]),
            quoted=rng.random() < 0.3,
        )
        covered = [[0] * width for _ in range(height)]
        for place in arrange(wish, width, height):
            for y in range(place.y, place.y + place.height):
                for x in range(place.x, place.x + place.width):
                    covered[y][x] += 1
        assert {cell for row in covered for cell in row} == {1}, (wish, width, height)


def test_small_screens_still_give_the_three_answers(stage, texts):
    acted = stage()
    acted.no_edge()
    for size in ((60, 15), (40, 10)):
        text = check(acted.view, *size, texts)
        assert "SIM" in text
        assert "BYBIT▸OKX" in text or "BINANCE▸OKX" in text
        assert "no signal yet" in text
    line = check(acted.view, 29, 1, texts)
    assert line.startswith("sim 5/5 −")

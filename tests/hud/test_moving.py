# mypy: disable-error-code="no-untyped-call,union-attr"
"""Moving about: panels by where they stand, rows by the page, a frozen view board by board."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.hud.keyed import row_text, typed

from kairos_tui.hud.heights import Wish
from kairos_tui.hud.layout import Place, arrange
from kairos_tui.hud.moves import move
from kairos_tui.hud.neighbours import neighbour

WAYS = {"left": (-1, 0), "right": (1, 0), "above": (0, -1), "below": (0, 1)}


@given(st.integers(30, 260), st.integers(5, 80), st.sampled_from(sorted(WAYS)), st.integers(2, 12))
def test_a_neighbour_lies_that_way_and_the_way_back_is_open(width, height, way, venues):
    places = arrange(Wish(venues=venues, focus="matrix"), width, height)
    right, down = WAYS[way]
    for here in places:
        there = neighbour(here, places, right, down)
        if there is None:
            continue
        apart = (there.x - here.x, there.y - here.y)
        assert apart[0] * right > 0 or apart[1] * down > 0
        assert neighbour(there, places, -right, -down) is not None


def test_of_two_that_way_the_one_beside_it_is_meant():
    here, beside, lower = (
        Place("matrix", 0, 10, 50, 10),
        Place("feed", 60, 8, 20, 10),
        Place("edge", 52, 30, 9, 5),
    )
    assert neighbour(here, [here, lower, beside], 1, 0) == beside
    assert neighbour(here, [here, beside], 0, 1) is None


async def test_panels_are_reached_by_where_they_stand(stage):
    acted = stage()
    app = acted.new_app()
    async with app.run_test(size=(160, 45)) as pilot:
        await pilot.pause()
        acted.run(3)
        seen = []
        for key in ("alt+l", "shift+left", "alt+k", "shift+up", "shift+down", "alt+j"):
            await pilot.press(key)
            seen.append(app.view.focus)
        assert seen == ["feed", "edge", "matrix", "venues", "matrix", "edge"]
        await pilot.press("alt+j")
        assert (app.view.focus, "no panel is shown that way" in row_text(app)) == ("edge", True)


def test_pages_and_ends_of_every_list_are_reached_and_stay_in_it(stage):
    acted = stage()
    acted.lively()
    view = acted.view
    keys = [entry.key for entry in view.tape.deck.entries]
    view.focus = "feed"
    for action_id, card in (
        ("page_down", keys[4]), ("page_down", keys[8]), ("page_up", keys[3]), ("oldest", keys[-1]),
        ("page_up", keys[-6]), ("newest", None),
    ):  # fmt: skip
        move(view, action_id)
        assert view.card == card, action_id
    view.focus = "venues"
    move(view, "oldest")
    assert view.row == 4
    move(view, "newest")
    assert view.row == 0
    view.focus, view.cell = "matrix", (1, 0)
    for action_id, cell in (
        ("newest", (1, 0)), ("oldest", (4, 0)), ("cursor_right", (4, 1)), ("newest", (0, 1)),
        ("cursor_left", (0, 1)), ("page_down", (4, 1)), ("cursor_right", (4, 2)),
    ):  # fmt: skip
        move(view, action_id)
        assert view.cell == cell, action_id
    view.helping = True
    move(view, "page_down")
    assert view.help_page == 1
    move(view, "newest")
    assert view.help_page == 0


def test_a_frozen_view_goes_on_board_by_board_as_they_came(stage):
    acted = stage()
    acted.lively()
    view = acted.view
    move(view, "step")
    frozen = view.held
    assert frozen is not None
    boards = []
    for _ in range(3):
        acted.run(1, {"okx": 45.0})
        boards.append((view.live.board, view.now_ns, view.live.deck.opened))
    acted.run(2)
    for place, (board, now_ns, opened) in enumerate(boards):
        move(view, "step")
        assert view.board is board
        assert view.shown_ns == now_ns
        assert view.held.deck.opened == opened
        assert view.message[0] == f"one board on, {4 - place} more"
        assert all(mark.at_ns <= board.at_ns for marks in view.held.marks.values() for mark in marks)
    move(view, "step")
    move(view, "step")
    assert view.message[0] == "one board on: the newest"
    assert view.board is view.live.board
    move(view, "step")
    assert view.message[0] == "this is the newest board"
    move(view, "freeze")
    assert (view.held, view.live.later) == (None, None)


def test_what_is_pinned_while_frozen_stays_pinned_as_the_view_goes_on(stage):
    acted = stage()
    acted.lively()
    view = acted.view
    move(view, "freeze")
    acted.run(2)
    view.focus = "feed"
    for action_id in ("oldest", "pin", "page_down", "pin"):
        move(view, action_id)
    pinned = [entry.key for entry in view.tape.deck.entries if entry.pinned]
    move(view, "step")
    assert len(pinned) == 2
    assert [entry.key for entry in view.tape.deck.entries if entry.pinned] == pinned
    assert view.tape.deck is not view.live.deck


def test_what_a_frozen_view_cannot_keep_is_counted_and_passed_over(stage):
    acted = stage()
    acted.run(3)
    view = acted.view
    move(view, "freeze")
    acted.run(400)
    assert len(view.live.later) == 150
    for _ in range(150):
        move(view, "step")
    assert view.message[0] == "one board on, 250 more"
    move(view, "step")
    assert view.message[0] == "the newest; 250 boards between were not kept"
    assert view.board is view.live.board
    assert view.held is not None
    acted.run(1)
    move(view, "step")
    assert view.board is view.live.board


@pytest.mark.parametrize(("keys", "fps"), [("+", 60), ("++", 60), ("-", 20), ("---------", 1), ("-+", 30)])
async def test_frames_a_second_are_more_or_fewer_by_key(keys, fps, stage):
    acted = stage()
    app = acted.new_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await typed(pilot, keys)
        assert app.fps == fps
        assert f"at most {fps} frames a second" in row_text(app)


async def test_frames_a_second_are_as_many_as_typed_and_the_clock_keeps_to_them(stage):
    acted = stage()
    app = acted.new_app()
    async with app.run_test(size=(120, 30)) as pilot:
        await pilot.pause()
        await typed(pilot, ":fps 0")
        await pilot.press("enter")
        assert "'0' is no number from 1 to 60" in row_text(app)
        await pilot.press("backspace", "1", "2", "enter")
        assert app.fps == 12
        assert app._frame_clock._period_s == 1 / 12


async def glow_after_a_freeze(stage, **how):
    acted = stage(**how)
    app = acted.new_app()
    async with app.run_test(size=(160, 45)) as pilot:
        await pilot.pause()
        acted.run(90)
        await pilot.press("space")
        acted.run(60, {"okx": 12})
        assert not glowing(app)
        await pilot.press("space")
        lit = [glowing(app)]
        for _ in range(5):
            acted.pass_time(100_000_000)
            app.tick()
            acted.give(*acted.market.step(acted.now_ns))
            lit.append(glowing(app))
    return lit


def glowing(app):
    return {ink for row in app.canvas.scene.rows[10:17] for _, ink in row if ink.startswith("glow")}


async def test_what_changed_in_a_freeze_glows_once_when_it_ends_and_fades(stage):
    assert await glow_after_a_freeze(stage) == [{"glow0"}, {"glow1"}, {"glow2"}, {"glow3"}, set(), set()]


async def test_with_reduced_motion_nothing_glows(stage):
    assert await glow_after_a_freeze(stage, reduced_motion=True) == [set()] * 6

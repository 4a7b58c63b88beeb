# mypy: disable-error-code="no-untyped-call,union-attr"
"""A cast: played into a terminal it shows what the HUD showed, and nothing that was not drawn."""

import json

import pyte
from msgspec.structs import replace
from tests.hud.keyed import row_text

from kairos_tui.hud.cast import LASTS_NS, Cast


async def test_a_cast_plays_back_to_the_very_screen_that_was_drawn(stage, tmp_path):
    acted = stage(reduced_motion=True)
    acted.plan = replace(acted.plan, exports=str(tmp_path))
    app = acted.new_app()
    async with app.run_test(size=(120, 30)) as pilot:
        await pilot.pause()
        acted.run(60)
        await pilot.press("E")
        for pull in (0.0, 38.0, 2.0):
            acted.run(30, {"okx": pull})
            await pilot.press("m")
        await pilot.resize_terminal(100, 24)
        while app.size.width != 100:  # the message of it may still be on its way
            await pilot.pause(0.01)
        acted.run(20)
        acted.pass_time(LASTS_NS)
        shown = [row_text(app, y).rstrip() for y in range(24)]
        app.tick()  # its time is up
        await app.workers.wait_for_complete()
        app.tick()
        assert f"wrote {tmp_path}"[:80] in row_text(app)
    (path,) = tmp_path.glob("BTC-USDT-*.cast")
    head, *events = map(json.loads, path.read_text("utf-8").splitlines())
    assert (head["version"], head["width"], head["height"], head["title"]) == (
        2,
        120,
        30,
        "Kairos BTC/USDT · sim",
    )
    assert [time for time, _, _ in events] == sorted(time for time, _, _ in events)
    assert ["r", "100x24"] in [event[1:] for event in events]
    screen = pyte.Screen(120, 30)
    stream = pyte.Stream(screen)
    for _, kind, data in events:
        if kind == "r":
            width, _, height = data.partition("x")
            screen.resize(int(height), int(width))
        else:
            assert "\x1b]" not in data
            stream.feed(data)
    assert [row.rstrip() for row in screen.display] == shown


async def test_e_again_ends_it_and_a_folder_that_cannot_be_written_is_one_line(stage, tmp_path):
    acted = stage()
    (tmp_path / "file").write_text("")
    acted.plan = replace(acted.plan, exports=str(tmp_path / "file"))
    app = acted.new_app()
    async with app.run_test(size=(120, 30)) as pilot:
        await pilot.pause()
        acted.run(3)
        await pilot.press("E", "E")
        await app.workers.wait_for_complete()
        app.tick()
        assert app.canvas.cast is None
        assert "not exported" in row_text(app)


def test_a_cast_ends_at_its_time_or_when_its_room_is_full():
    cast = Cast("x", 80, 24, 0, 0)
    assert not cast.is_over(LASTS_NS - 1)
    assert cast.is_over(LASTS_NS)
    for number in range(40):
        cast.take([(0, "x" * (1 << 20))], 80, 24, number)
        if cast.is_over(number):
            break
    assert number == 31

# mypy: disable-error-code="no-untyped-call"
"""The HUD looks as it was approved: golden pictures at three sizes in every state that matters.

Clock, market and gauges are frozen. KAIROS_UPDATE_GOLDEN=1 writes the pictures anew; then look at them.
"""

import os
import re
from pathlib import Path

import pytest

from kairos_tui.hud.canvas import Canvas

GOLDEN = Path(__file__).with_name("golden")
SIZES = ((160, 45), (120, 30), (80, 24))
ACTS = ["lively", "no_edge", "connecting", "all_down", "sick", "paused", "silent", "inspect", "help"]
ACTS += ["believed", "inspect_venue", "perf"]


def settled(svg):
    """The picture without what changes from run to run: Rich numbers its CSS classes by a hash."""
    return re.sub(r"terminal-\d+", "terminal", svg)


async def perform(act, stage, pilot):
    feed_acts = {"paused": "lively", "inspect": "no_edge", "help": "lively", "inspect_venue": "believed"}
    getattr(stage, feed_acts.get(act, act))()
    if act == "paused":
        await pilot.press("space")
        stage.run(210, {"okx": 40})
    elif act == "inspect":
        await pilot.press("enter")
    elif act == "inspect_venue":
        await pilot.press("1", "down", "down", "enter")
    elif act == "perf":
        await pilot.press("f12", "down", "down")
    elif act == "help":
        await pilot.press("question_mark")


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("act", ACTS)
async def test_the_picture_is_the_approved_one(act, size, stage):
    acted = stage(feed="live" if act == "all_down" else "sim", reduced_motion=True)
    app = acted.new_app()
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        await perform(act, acted, pilot)
        acted._set_time()
        app.query_one(Canvas).frame()
        picture = settled(app.export_screenshot(title="Kairos"))
    path = GOLDEN / f"{act}-{size[0]}x{size[1]}.svg"
    if os.environ.get("KAIROS_UPDATE_GOLDEN") == "1":
        path.parent.mkdir(exist_ok=True)
        path.write_text(picture, "utf-8")
    assert picture == path.read_text("utf-8")

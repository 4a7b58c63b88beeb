# mypy: disable-error-code="no-untyped-call,union-attr,no-untyped-def"
"""`r`: venues that wait to try again are asked to do so at once; what cannot be asked is said."""

import pytest
from msgspec.structs import replace

from kairos_tui.hud.retrying import EVERY_NS
from kairos_tui.market import FeedState


async def pressed(acted, *keys):
    app = acted.new_app()
    async with app.run_test(size=(160, 45)) as pilot:
        await pilot.pause()
        acted.run(12)
        said = []
        for key in keys:
            if isinstance(key, int):
                acted.pass_time(key)
                continue
            await pilot.press(key)
            said.append(app.view.message[0])
    return said


async def test_the_venues_that_wait_are_named_and_asked_once_in_two_seconds(stage):
    acted = stage()
    acted.sicken("okx", FeedState.DOWN, "closed", retry_in_us=9_000_000)
    acted.sicken("kraken", FeedState.DOWN, "closed", retry_in_us=3_000_000)
    said = await pressed(acted, "r", "r", EVERY_NS, "r")
    assert said == ["trying again now: KRAKEN, OKX", "asked already: once in 2 s", said[0]]
    assert acted.commands.retries == 2


async def test_where_none_waits_nothing_is_asked(stage):
    acted = stage()
    acted.sicken("okx", FeedState.DOWN, "does not list it", listed=False)
    assert await pressed(acted, "r") == ["no venue waits to try again"]
    assert acted.commands.retries == 0


@pytest.mark.parametrize(
    ("feed", "remote", "said"), [("replay", False, "a replay"), ("live", True, "looks on")]
)
async def test_who_looks_on_asks_for_nothing(feed, remote, said, stage):
    acted = stage(feed=feed)
    acted.plan = replace(acted.plan, remote=remote)
    acted.sicken("okx", FeedState.DOWN, "closed", retry_in_us=9_000_000)
    assert said in (await pressed(acted, "r"))[0]
    assert acted.commands.retries == 0


async def test_with_everything_down_the_card_names_the_key(stage, screen):
    acted = stage()
    acted.all_down()
    assert "next try in 3.2 s · r now" in screen(acted, 160, 45)
    assert "next try in 3.2 s · r now" in screen(acted, 80, 24)

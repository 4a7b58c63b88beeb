# mypy: disable-error-code="no-untyped-call,arg-type,union-attr,no-untyped-def"
"""`w`: the web mirror's address is said and copied; where there is none it is started, then stopped."""

from contextlib import asynccontextmanager

import pytest
from msgspec.structs import replace

from kairos_tui.hud import taking
from kairos_tui.hud.mirrored import mirror_at, mirror_url
from kairos_tui.market import RoleView

AT = "http://127.0.0.1:4321/?token=s3cret, http://127.0.0.1:4321/metrics?token=s3cret (port 4320 is in use)"
METRICS = "http://127.0.0.1:9090/metrics"


@asynccontextmanager
async def on_screen(acted):
    app = acted.new_app()
    async with app.run_test(size=(160, 45)) as pilot:
        await pilot.pause()
        acted.run(12)
        yield app, pilot


def serve(acted, reason, state="running"):
    """From now on the launcher says that of the mirror's role; None: there is none."""
    acted.market.roles = () if reason is None else (RoleView("mirror", state, 12, 0, reason),)
    acted.run(40)


@pytest.fixture
def copied(monkeypatch):
    taken = []

    def copy(text, what, *_):
        taken.append(text)
        return f"copied {what}"

    monkeypatch.setattr(taking, "copy", copy)
    return taken


async def test_it_is_started_its_address_copied_and_then_stopped(stage, copied, screen) -> None:
    acted = stage()
    async with on_screen(acted) as (app, pilot):
        await pilot.press("w")
        assert "mirror starts" in app.view.message[0]
        acted.run(12)
        app._read_gauges()
        assert copied == []
        serve(acted, AT)
        app._read_gauges()
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
        assert copied == ["http://127.0.0.1:4321/?token=s3cret"]
        assert app.view.message[0] == "copied the address of the web mirror at 127.0.0.1:4321"
        app._read_gauges()
        assert len(copied) == 1
        assert "s3cret" not in screen(acted, 160, 45).splitlines()[-1]
        await pilot.press("w")
        assert "mirror ends" in app.view.message[0]
    assert acted.commands.mirrors == [True, False]


async def test_the_one_that_came_with_the_run_is_copied_and_never_stopped(stage, copied) -> None:
    for how in ({"mirrored": True}, {"remote": True}):
        acted = stage()
        acted.plan = replace(acted.plan, **how)
        async with on_screen(acted) as (app, pilot):
            serve(acted, AT)
            await pilot.press("w")
            await pilot.app.workers.wait_for_complete()
            assert copied.pop() == mirror_url(app.view.board)
        assert acted.commands.mirrors == []


async def test_why_there_is_none_is_said_and_the_key_tries_again(stage) -> None:
    acted = stage()
    async with on_screen(acted) as (app, pilot):
        await pilot.press("w")
        serve(acted, "not installed,\x1b[2J pip install 'kairos-tui[web]'", "failed")
        app._read_gauges()
        assert "no web mirror: not installed" in app.view.message[0]
        assert "\x1b" not in app.view.message[0]
        await pilot.press("w")
    assert acted.commands.mirrors == [True, True]


@pytest.mark.parametrize(
    ("feed", "how", "said"),
    [("sim", {"remote": True}, "where Kairos watches"), ("replay", {}, "kairos replay --mirror")],
)
async def test_who_looks_on_or_at_a_recording_starts_none(stage, feed, how, said) -> None:
    acted = stage(feed=feed)
    acted.plan = replace(acted.plan, **how)
    async with on_screen(acted) as (app, pilot):
        await pilot.press("w")
        assert said in app.view.message[0]
    assert acted.commands.mirrors == []


def test_metrics_alone_are_no_mirror(stage) -> None:
    acted = stage()
    serve(acted, METRICS)
    assert mirror_url(acted.view.board) + mirror_at(acted.view.board) == ""

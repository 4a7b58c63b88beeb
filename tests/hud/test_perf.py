# mypy: disable-error-code="no-untyped-call,union-attr"
"""F12 says where the time goes and what each process takes, in whole numbers at every size."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from kairos_tui.hud import numbers
from kairos_tui.hud.canvas import Canvas
from kairos_tui.hud.moves import move
from kairos_tui.hud.palette import Palette
from kairos_tui.hud.panels import perf
from kairos_tui.market import RoleView

TITLE = "WHERE THE TIME GOES"
HOP = r"hop +(◆ 870 µs|◆ 131 µs +◆ 870 µs( +◇ 2\.3 ms)?) "
BUSY = r"ingest:binance( +4301)?( +running)?( +any)? +▲ 93%( +107 MB( +▲ 180 ms)?)?"


def opened(stage):
    acted = stage()
    acted.perf()
    move(acted.view, "perf")
    return acted


async def shown(app):
    return "".join(text for row in app.query_one(Canvas).scene.rows for text, _ in row)


@pytest.mark.parametrize("closing", ["f12", "escape", "1", "tab"])
async def test_a_key_opens_it_and_a_key_closes_it(closing, stage):
    acted = stage()
    app = acted.new_app()
    async with app.run_test(size=(120, 30)) as pilot:
        await pilot.pause()
        acted.run(3)
        await pilot.press("f12")
        assert TITLE in await shown(app)
        await pilot.press(closing)
        assert TITLE not in await shown(app)


def test_help_lies_over_it_and_leaves_it_there(stage, screen):
    acted = opened(stage)
    move(acted.view, "help")
    assert TITLE not in screen(acted, 80, 24)
    move(acted.view, "back")
    assert TITLE in screen(acted, 80, 24)


def test_whatever_the_size_a_number_is_whole_or_not_there(stage, screen):
    acted = opened(stage)
    for width in (30, 34, 41, 52, 60, 76, 80, 100, 117, 120, 122, 140, 160, 200):
        for height in (5, 9, 15, 24, 30, 45):
            for row in screen(acted, width, height).splitlines():
                if "│ hop " in row:
                    assert re.search(HOP, row), (width, row)
                if "ingest:binance " in row:
                    assert re.search(BUSY + r"( +0)? *│?$", row.rstrip()), (width, row)


@pytest.mark.parametrize("size", [(160, 45), (120, 30), (80, 24), (60, 15), (40, 10)])
def test_every_process_can_be_reached(size, stage, screen):
    acted = opened(stage)
    seen = set()
    for _ in range(12):
        text = screen(acted, *size)
        seen |= {name for name in ("launcher", "engine", "ingest:kraken", "ingest:bybit") if name in text}
        move(acted.view, "cursor_down")
    assert len(seen) == 4
    assert re.search(r"▸ ingest:bybit", screen(acted, *size))
    for _ in range(12):
        move(acted.view, "cursor_up")
    assert "decode" in screen(acted, *size)


def inks(stage, words):
    rows = [row for row in perf.draw(opened(stage).view, 160, 45) if any(words in text for text, _ in row)]
    return {text.strip(): ink for row in rows for text, ink in row if text.strip()}


def test_figures_are_marked_by_the_same_limits_as_everywhere(stage):
    slot, busy = inks(stage, "slot"), inks(stage, "ingest:binance")
    assert [slot[text] for text in ("◆  38 µs", "◇ 2.1 ms", "▲ 3.4 ms")] == ["fast", "text", "slow"]
    assert [busy[text] for text in ("▲ 93%", "107 MB", "▲ 180 ms")] == ["warn+b", "text", "slow"]
    assert inks(stage, "ingest:coinbase")["▲ 612 MB"] == "warn+b"
    ended = inks(stage, "ingest:kraken")
    assert (ended["restarting"], ended["↻2"]) == ("warn", "warn")


@pytest.mark.parametrize("theme", ["neon", "ember", "clarity", "mono"])
def test_every_theme_draws_it_and_what_is_too_much_has_a_mark_beside_its_colour(theme, stage):
    acted = stage(theme=theme)
    acted.perf()
    move(acted.view, "perf")
    palette = Palette(acted.view.wardrobe.worn)
    for size in ((160, 45), (80, 24)):
        for row in perf.draw(acted.view, *size):
            for text, ink in row:
                assert str(palette[ink])
                assert ink != "warn+b" or "▲" in text


def test_what_is_unknown_is_a_point_and_never_a_zero(stage, screen):
    row = next(line for line in screen(opened(stage)).splitlines() if "ingest:okx" in line)
    assert re.search(r"ingest:okx +4304 +running +any +· +· +· +0", row)
    assert re.search(r"engine +4245 +running +15 +6%", screen(opened(stage)))


def test_a_silent_engine_and_a_board_without_costs_are_said(stage, screen):
    acted = opened(stage)
    acted.pass_time(2_400_000_000)
    assert "engine silent 2.4 s: these are old" in screen(acted)
    bare = stage()
    bare.run(30)
    move(bare.view, "perf")
    assert "the launcher has not told of them yet" in screen(bare)


def test_many_cores_in_no_order_are_counted_where_they_do_not_fit(stage, screen):
    acted = stage()
    acted.run(3)
    roles = (RoleView("hud", "running", 7, cores=(0, 2, 4, 6, 8)), RoleView("sim", "failed"))
    acted.dress = lambda board: replace(board, roles=roles)
    acted.run(30)
    move(acted.view, "perf")
    assert re.search(r"hud +7 +running +×5 ", screen(acted))
    assert re.search(r"sim +· +failed +· ", screen(acted))


def test_losses_are_bright(stage):
    acted = opened(stage)
    acted.view.missed = 3
    found = {text.strip(): ink for row in perf.draw(acted.view, 160, 45) for text, ink in row}
    assert (found["3 missed"], found["0 ticks"]) == ("warn+b", "muted")


def test_hostile_names_and_figures_are_drawn_and_break_nothing(stage, screen, texts):
    acted = opened(stage)
    dress = acted.dress
    evil = RoleView("\x1b]0;x\x07" + "é" * 99, "running", 2**62, 2**62, "\u202e" * 99, 1e15, 2**62, 2**62)
    acted.dress = lambda board: replace(dress(board), roles=(evil,))
    acted.run(30)
    for size in ((160, 45), (80, 24), (40, 10)):
        assert {len(line) for line in screen(acted, *size).splitlines()} == {size[0]}
        assert "\x1b" not in screen(acted, *size)


async def test_frames_and_news_are_timed_until_the_terminal_has_them(stage):
    acted = stage()
    app = acted.new_app()
    late: list[int] = []
    app._on_lag = late.append
    async with app.run_test(size=(120, 30)) as pilot:
        await pilot.pause()
        for _ in range(6):
            acted.pass_time(30_000_000)
            acted.give(*acted.market.step(acted.now_ns))
            await pilot.pause(0.05)
        gauges = app.meter.read(time.monotonic_ns(), 0)
        app._read_gauges()
    assert gauges.frame.count >= 3
    assert gauges.frame.p50_ns > 0
    assert gauges.paint.count >= 3
    assert late[-1] >= 0


@given(value_ns=st.integers(0, 9_990 * 10**9))
def test_a_stages_time_is_written_in_six_cells_and_true(value_ns):
    text = numbers.fine(value_ns)
    figure, unit = text.split()
    back_ns = float(figure) * {"ns": 1, "µs": 1e3, "ms": 1e6, "s": 1e9}[unit]
    assert len(text) <= 6 + (value_ns >= 10**12)
    assert abs(back_ns - value_ns) <= 0.06 * value_ns + 0.5


def test_a_signal_taken_apart_says_the_way_of_the_tick_that_caused_it(stage, screen):
    acted = stage()
    acted.lively()
    move(acted.view, "panel_feed")
    move(acted.view, "inspect")
    assert "path: decode 110 µs ▸ outbox 50 µs ▸ hop 90 µs ▸ slot 60 µs" in screen(acted)

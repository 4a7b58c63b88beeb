# mypy: disable-error-code="no-untyped-call,no-untyped-def,arg-type,union-attr"
"""The frame clock yields to an unfocused window, to SSH and to a terminal that is behind; changes fade."""

import io
import os
import random
import subprocess
import sys
import time

import pytest
from msgspec.structs import replace

from kairos_tui.hud.gauges import Meter
from kairos_tui.hud.pacing import FrameClock, Link, Pace, PacedDriver
from kairos_tui.hud.palette import Palette
from kairos_tui.hud.run import PAINTS_PER_S


def wait_for(condition):
    while not condition():
        time.sleep(0.005)


def drawn(pace, turns):
    return sum(pace.is_due() for _ in range(turns))


@pytest.mark.parametrize(("fps", "calm"), [(60, 10), (30, 10), (25, 9), (10, 10), (4, 4)])
def test_an_unfocused_window_is_drawn_ten_times_a_second_at_most(fps, calm):
    pace = Pace(fps, {})
    assert drawn(pace, fps) == fps
    pace.focused = False
    assert drawn(pace, fps) in (calm, calm - 1)
    pace.focused = True
    assert drawn(pace, fps) == fps


def test_over_ssh_it_stays_at_ten_even_in_focus():
    pace = Pace(30, {"SSH_CONNECTION": "10.0.0.1 1 10.0.0.2 22"})
    assert drawn(pace, 30) == 10


class Boards:
    """Boards that are made `per_s`, each at once or a little late, and are here some ms after that."""

    def __init__(self, per_s, made_late_s, takes_s, *, seed=7):
        dice = random.Random(seed)
        self.coming: list[tuple[float, float]] = []
        for number in range(int(per_s * MINUTE_S)):
            made_s = number / per_s + made_late_s(dice)
            here_s = max(made_s + takes_s(dice), self.coming[-1][1] if self.coming else 0.0)
            self.coming.append((made_s, here_s))
        self.coming.reverse()

    def drain(self, now_s):
        """(how many came, when the newest was made)."""
        found, made_s = 0, None
        while self.coming and self.coming[-1][1] <= now_s:
            made_s, _ = self.coming.pop()
            found += 1
        return found, made_s


def play(boards, *, begun_s=0.007, fps=30, wakes_late_s=lambda dice: dice.uniform(0.0, 0.003)):
    """(boards that a frame showed a second, frames a second, turns a second), once all has settled."""
    dice, clock, now_s = random.Random(11), FrameClock(fps, begun_s), begun_s
    shown = frames = turns = 0
    while now_s < MINUTE_S:
        found, made_s = boards.drain(now_s)
        age_s = now_s - made_s if made_s is not None else None
        draws = clock.draws(now_s, found=found > 0, age_s=age_s)
        if now_s > SETTLED_S:
            turns, frames, shown = turns + 1, frames + draws, shown + (found > 0)
        now_s += 0.004 if draws else 0.0  # a frame takes its time
        now_s += clock.delay_s(now_s) + wakes_late_s(dice)
    return tuple(count / (MINUTE_S - SETTLED_S) for count in (shown, frames, turns))


MINUTE_S, SETTLED_S = 60.0, 5.0


def at_once(_dice):
    return 0.0


def some_ms(least_s, mean_s):
    """At least so long, some much longer."""
    return lambda dice: least_s + dice.expovariate(1 / mean_s)


@pytest.mark.parametrize("boards_per_s", [29.4, 30.0, 30.6])
@pytest.mark.parametrize("begun_s", [0.0, 0.007, 0.02, 0.032])
def test_the_frame_clock_follows_the_boards_so_that_each_frame_shows_one(boards_per_s, begun_s):
    shown, frames, turns = play(Boards(boards_per_s, at_once, some_ms(0.001, 0.0005)), begun_s=begun_s)
    assert shown == pytest.approx(boards_per_s, abs=0.1)
    assert frames == pytest.approx(boards_per_s, abs=0.1)
    assert turns < frames + 1.5  # one in forty looks again


@pytest.mark.parametrize(
    ("made_late_s", "takes_s", "least"),
    [
        (some_ms(0.0, 0.003), some_ms(0.002, 0.001), 29.9),  # a machine at ease
        (at_once, some_ms(0.004, 0.003), 29.8),
        (some_ms(0.0, 0.003), some_ms(0.004, 0.003), 29.7),  # one with much to do
        (some_ms(0.0, 0.003), some_ms(0.003, 0.008), 29.0),
    ],
)
def test_boards_that_come_late_now_and_then_are_all_shown(made_late_s, takes_s, least):
    shown, frames, turns = play(Boards(30, made_late_s, takes_s))
    assert least <= shown <= 30.0
    assert frames <= 30.3
    assert turns <= 45


def test_the_turns_come_back_to_the_boards_when_these_come_sooner_again():
    late, soon = some_ms(0.012, 0.004), some_ms(0.001, 0.0005)
    boards, at_ease = Boards(30, at_once, late), Boards(30, at_once, soon)
    clock, ages = FrameClock(30, 0.0), []
    now_s = 0.0
    for source, until_s in ((boards, MINUTE_S / 2), (at_ease, MINUTE_S)):
        while now_s < until_s:
            found, made_s = source.drain(now_s)
            age_s = now_s - made_s if made_s is not None else None
            clock.draws(now_s, found=found > 0, age_s=age_s)
            ages += [age_s] if age_s is not None else []
            now_s += clock.delay_s(now_s)
    assert sum(ages[-150:]) / 150 < 1 / 30 * 0.4  # a third of a turn, and a little


@pytest.mark.parametrize("fps", [10, 15, 60])
def test_at_another_rate_than_the_boards_it_keeps_its_own(fps):
    _, frames, _ = play(Boards(30, some_ms(0.0, 0.003), some_ms(0.002, 0.001)), fps=fps)
    assert frames == pytest.approx(fps, abs=fps * 0.03)


def test_a_replay_whose_boards_have_no_age_is_shown_whole_too():
    boards, clock, now_s, shown = Boards(30, at_once, some_ms(0.002, 0.003)), FrameClock(30, 0.0), 0.0, 0
    while now_s < MINUTE_S:
        found, _ = boards.drain(now_s)
        clock.draws(now_s, found=found > 0, age_s=None)
        shown += found > 0
        now_s += clock.delay_s(now_s)
    assert shown / MINUTE_S > 29.5


def test_without_boards_the_frame_clock_keeps_its_rate_and_makes_up_for_nothing():
    clock = FrameClock(30, 5.0)
    now_s, turns = 5.0, 0
    while now_s < 15.0 - 1e-9:
        assert clock.draws(now_s, found=False, age_s=None)
        now_s += clock.delay_s(now_s)
        turns += 1
    assert turns == 300  # none of them looked again
    after_s = now_s + 1.0  # stopped for a second
    assert 0.0 <= clock.delay_s(after_s) <= 1 / 30
    assert clock.delay_s(after_s) > 1 / 60


def test_once_the_boards_stop_one_turn_looks_again_for_a_while_and_no_other_does():
    clock, now_s = FrameClock(30, 0.0), 0.0
    drawn = []
    for found in (True, True, *[False] * 40):
        drawn.append(clock.draws(now_s, found=found, age_s=0.01 if found else None))
        now_s += clock.delay_s(now_s)
    assert drawn == [True, True, *[False] * 5, *[True] * 35]


def test_a_link_knows_what_is_under_way_and_what_the_terminal_took():
    given = io.StringIO()
    link = Link(given)
    link.write("é" * 10)
    assert (link.busy, link.taken_bytes) == (True, 0)
    link.flush()
    assert (link.busy, link.taken_bytes, given.getvalue()) == (False, 20, "é" * 10)
    assert link.isatty() is False  # all else is the file's own


async def test_the_driver_counts_the_write_that_the_terminal_has_not_taken(monkeypatch):
    reading, writing = os.pipe()
    monkeypatch.setattr(sys, "__stderr__", os.fdopen(writing, "w"))
    from textual.drivers._writer_thread import WriterThread

    class App:
        ansi_color = False

    driver = PacedDriver(App())
    assert driver.backlog == 0
    driver._writer_thread = WriterThread(driver._file)
    driver._writer_thread.start()
    try:
        driver._writer_thread.write("x" * (1 << 20))  # far more than a pipe holds
        driver._writer_thread.write("y")
        wait_for(lambda: driver._writer_thread._queue.qsize() == 1)
        assert driver.backlog == 2
        read = 0
        while read < (1 << 20) + 1:
            read += len(os.read(reading, 1 << 16))
        wait_for(lambda: not driver.backlog)
        assert driver.link.taken_bytes == (1 << 20) + 1
    finally:
        driver._writer_thread.stop()
        os.close(reading)
        monkeypatch.undo()


def test_a_slow_terminal_is_named_with_what_it_takes_and_what_that_allows(stage, screen):
    acted = stage()
    acted.lively()
    acted.view.gauges = replace(acted.view.gauges, skipping=True, out_kb_s=98.4, fps=8.2)
    assert "⇣ link 98 kB/s → 8 fps" in screen(acted)
    assert "⇣ link 98 kB/s → 8 fps" in screen(acted, 120, 30)


def test_the_meter_says_what_the_terminal_took_since_the_last_reading():
    meter = Meter()
    meter.read(0, 0, 500)
    meter.frames += 8
    read = meter.read(1_000_000_000, 0, 98_900)
    assert (round(read.out_kb_s, 1), round(read.fps)) == (98.4, 8)


def test_a_changed_price_fades_in_four_steps_and_is_still_where_motion_is_reduced(stage):
    acted = stage()
    acted.run(30)
    view = acted.view
    key, moved = next((key, moved) for key, moved in view.live.moved.items() if moved[2] == acted.now_ns)
    _, venue, side = key
    shades = []
    for _ in range(10):
        flash = view.flashing(venue, side)
        shades.append(None if flash is None else flash[1])
        assert flash is None or flash[0] == moved[0]
        acted.pass_time(50_000_000)
    assert shades == [0, 0, 1, 1, 2, 2, 3, 3, None, None]
    still = stage(reduced_motion=True)
    still.run(30)
    assert all(still.view.flashing(venue.venue, "bid") is None for venue in still.view.venues)


@pytest.mark.parametrize("side", ["buy", "sell"])
def test_each_shade_is_nearer_to_the_prices_own_colour(stage, side):
    palette = Palette(stage().plan.theme)

    def far_off(ink):
        own, shade = (palette[name].color.get_truecolor() for name in (side, ink))
        return sum(abs(one - other) for one, other in zip(own, shade, strict=True))

    distances = [far_off(f"{side}_flash{shade}") for shade in range(4)]
    assert distances == sorted(distances, reverse=True)
    assert distances[0] > distances[-1] > 0


async def test_keys_queue_no_frames_at_a_terminal_that_is_behind(stage):
    acted = stage()
    app = acted.new_app()
    async with app.run_test(size=(120, 30)) as pilot:
        await pilot.pause()
        acted.run(5)
        painted = app.canvas.painted_rows
        app.backlog = lambda: 2
        await pilot.press("2", "4", "1", "question_mark")
        assert (app.canvas.painted_rows, app.view.helping) == (painted, True)
        del app.backlog
        app.tick()
        assert app.canvas.painted_rows > painted


async def test_a_frame_that_changes_nothing_is_not_counted_as_drawn(stage):
    acted = stage()
    app = acted.new_app()
    async with app.run_test(size=(120, 30)) as pilot:
        await pilot.pause()
        acted.run(5)
        app.tick()
        before = app.meter.frames
        for _ in range(5):
            app.tick()
        assert app.meter.frames == before
        acted.run(1)
        assert app.meter.frames == before + 1


def test_textual_still_draws_on_the_file_that_the_driver_looks_at():
    from textual.drivers.linux_driver import LinuxDriver

    assert "_file" in LinuxDriver.__init__.__code__.co_names
    assert "_file" in LinuxDriver.start_application_mode.__code__.co_names


def test_textual_still_paints_by_the_clock_that_is_set_before_it_is_loaded():
    code = "from textual.screen import UPDATE_PERIOD; print(UPDATE_PERIOD)"
    environ = os.environ | {"TEXTUAL_FPS": PAINTS_PER_S}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=True
    )
    assert float(done.stdout) == pytest.approx(1 / 120)

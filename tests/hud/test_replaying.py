# mypy: disable-error-code="no-untyped-call,arg-type,union-attr"
"""A replay says so on every screen, shows where it is, is steered by its keys; elsewhere they say why not."""

import pytest
from msgspec.structs import replace
from tests.hud.keyed import row_text

from kairos_tui.hud import Clock
from kairos_tui.hud.replaying import SPEEDS
from kairos_tui.market import ReplayView

SIZES = ((240, 60), (160, 45), (120, 30), (80, 24), (60, 15), (40, 8), (29, 4))


@pytest.mark.parametrize("size", SIZES)
def test_every_size_says_replay_and_the_larger_ones_when(stage, screen, size):
    acted = stage()
    acted.replay()
    shown = screen(acted, *size)

    assert "replay" in shown.lower()
    if size[0] >= 60:
        head = shown.splitlines()[0]
        assert "◀◀ REPLAY" in head
        assert "Z" in head
        assert "41 %" in head
    if size[0] >= 80:
        assert "x4" in shown.splitlines()[0]
    assert "SIM" not in shown.splitlines()[0]


def test_the_widest_screens_have_the_whole_recording_on_the_last_row(stage, screen):
    acted = stage()
    acted.replay()
    last = screen(acted, 160, 45).splitlines()[-1]

    bar = last[last.index("▕") : last.index("▏") + 1]
    room = len(bar) - 2
    assert bar.index("●") - 1 == int(0.41 * room)
    assert bar.count("◆") == 7
    assert bar[1] == "━"
    assert bar[-2] == "─"
    assert "◆" not in screen(acted, 120, 30).splitlines()[-1]


@pytest.mark.parametrize("how", [{}, {"paused": True}])
@pytest.mark.parametrize("size", [(60, 15), (80, 24), (120, 30)])
def test_where_there_is_no_room_for_that_the_last_row_has_the_keys_that_steer_it(stage, screen, size, how):
    acted = stage()
    acted.replay(**how)
    last = screen(acted, *size).splitlines()[-1]
    space = "␣ resume" if how else "␣ pause"
    for said in (space, ",. event", "{} 10 s", "<> speed", "@ go", "? help", "q quit"):
        assert said in last, said
    assert space in screen(acted, 160, 45).splitlines()[-1]
    assert "freeze" not in last


async def test_the_keys_that_steer_it_are_clicked_too(stage):
    acted = stage()
    app = acted.new_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        acted.replay(paused=True)
        for said, off in (("resume", 2), (",.", 0), (",.", 1), ("10 s", 1), ("{}", 0), ("<>", 1)):
            acted.view.message = None
            app.show()
            await pilot.click(offset=(row_text(app).find(said) + off, 23))
    asked = [("pause", 0), ("back", 0), ("step", 0), ("skip", 10_000_000), ("skip", -10_000_000)]
    assert acted.commands.replays == [*asked, ("speed", 10.0)]


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ({"paused": True}, "▐▐ REPLAY"),
        ({"ended": True}, "end"),
        ({"speed": 0.0}, "max"),
        ({"changed": ("min_net_bps 2 -> 0",)}, "BACK-TEST"),
        ({"changed": ("min_net_bps 2 -> 0",)}, "min_net_bps 2 -> 0"),
    ],
)
def test_the_header_says_how_it_is_played(stage, screen, how, words):
    acted = stage()
    acted.replay(**how)

    assert words in screen(acted, 160, 45).splitlines()[0]
    if words == "BACK-TEST":
        assert words in screen(acted, 60, 15).splitlines()[0]


KEYS = {
    "space": ("pause", 0), "full_stop": ("step", 0), "comma": ("back", 0),
    "left_curly_bracket": ("skip", -10_000_000), "right_curly_bracket": ("skip", 10_000_000),
    "less_than_sign": ("speed", 2.0), "greater_than_sign": ("speed", 10.0),
}  # fmt: skip


async def test_keys_ask_the_replay_and_the_view_goes_on(stage):
    acted = stage()
    app = acted.new_app()
    async with app.run_test(size=(160, 45)) as pilot:
        acted.replay()
        for key in KEYS:
            await pilot.press(key)
        assert acted.commands.replays == list(KEYS.values())
        assert app.view.held is None


async def test_a_place_is_typed_and_what_is_none_says_so(stage):
    acted = stage()
    app = acted.new_app()
    async with app.run_test(size=(160, 45)) as pilot:
        acted.replay()
        shown = app.view.live.board.replay
        await pilot.press("@", *"50%", "enter")
        assert acted.commands.replays == [("seek", (shown.from_us + shown.to_us) // 2)]
        await pilot.press("@", *"never", "enter")
        assert "is not a time like" in app.view.prompt.said
        await pilot.press("escape", ":", *"seek +1m", "enter")
        assert acted.commands.replays[1:] == [("seek", shown.from_us + 60_000_000)]


async def test_without_a_replay_its_keys_say_why_nothing_happens(stage):
    acted = stage()
    app = acted.new_app()
    async with app.run_test(size=(160, 45)) as pilot:
        acted.run(30)
        for key in ("comma", "left_curly_bracket", "greater_than_sign"):
            await pilot.press(key)
            assert "kairos replay" in app.view.message[0]
        await pilot.press("space")
        assert app.view.held is not None
        assert acted.commands.replays == []


@pytest.mark.parametrize(
    ("speed", "slower", "faster"), [(4.0, 2.0, 10.0), (3.0, 2.0, 4.0), (0.0, 100.0, 0.0)]
)
async def test_speed_goes_to_the_next_one_also_from_between(stage, speed, slower, faster):
    acted = stage()
    app = acted.new_app()
    async with app.run_test(size=(120, 30)) as pilot:
        acted.replay(speed=speed)
        await pilot.press("less_than_sign", "greater_than_sign")
        assert acted.commands.replays == [("speed", slower), ("speed", faster)]
        assert {slower, faster} <= set(SPEEDS)


def test_elsewhere_in_the_recording_is_another_story(stage):
    """What is on the tape after going back has not happened yet."""
    acted = stage()
    acted.replay()
    tape = acted.view.live
    assert tape.edges
    acted.market.epoch += 1
    acted.run(1)

    assert acted.view.live is not tape
    acted.run(1)
    assert acted.view.live.board.epoch == 1


async def test_a_sentence_stands_by_the_clock_on_the_wall_while_the_replay_is_paused(stage, texts):
    acted = stage()
    real = [1_000]
    app = acted.new_app()
    app.clock = Clock(lambda: acted.now_ns, lambda: 0, lambda: real[0])
    async with app.run_test(size=(120, 30)) as pilot:
        await pilot.pause()
        acted.replay(paused=True)
        app.view.say("something")
        app.canvas.frame()
        assert "something" in "".join(texts(app.canvas.scene.rows[-1:]))
        real[0] += 5_000_000_000
        app.tick()
        app.canvas.frame()
        assert "something" not in "".join(texts(app.canvas.scene.rows[-1:]))


def test_the_command_that_shows_the_same_replays_the_same(stage):
    from kairos_tui.hud.taking import command_of

    acted = stage()
    acted.view.plan = replace(acted.view.plan, command=("kairos", "replay", "btc.kz", "--from", "41%"))
    acted.replay()

    assert command_of(acted.view)[:5] == ["kairos", "replay", "btc.kz", "--from", "41%"]


def test_the_board_for_other_machines_names_no_folder(stage):
    acted = stage()
    acted.replay()
    shown = acted.view.board.public.replay

    assert isinstance(shown, ReplayView)
    assert shown.path == "btc.kz"

# mypy: disable-error-code="no-untyped-call,arg-type,union-attr,no-untyped-def"
"""Whether all that comes is recorded stands in the header, with what ails it; a key turns it on and off."""

from msgspec.structs import replace

from kairos_tui.hud.moves import move
from kairos_tui.hud.numbers import file_size
from kairos_tui.market import RecordingView


def recorded(acted, recording):
    """The market goes on, and that is recorded meanwhile."""
    acted.dress = lambda board: replace(board, recording=recording)
    acted.run(12)


def header(acted, screen, width=160):
    return screen(acted, width, 45).splitlines()[0]


def test_a_recording_and_its_size_stand_in_the_header_and_go_when_it_ends(stage, screen):
    acted = stage()
    recorded(acted, None)
    assert "REC" not in header(acted, screen)
    recorded(acted, RecordingView("/home/me/btc.kz", 12_412_000, 96_012))
    assert "● REC 12.4 MB" in header(acted, screen)
    assert "not recorded" not in header(acted, screen)
    assert "● REC 12.4 MB" in header(acted, screen, 80)
    assert "● REC" in header(acted, screen, 40)
    move(acted.view, "freeze")
    assert "● REC" in header(acted, screen, 80)
    move(acted.view, "freeze")
    recorded(acted, None)
    assert "REC" not in header(acted, screen)


def test_what_it_lost_and_what_ails_it_is_said_there(stage, screen):
    acted = stage()
    told = RecordingView("/home/me/btc.kz", 412_000, 96_012, 1_214)
    recorded(acted, told)
    assert "● REC 412 kB  ✖ 1,214 not recorded" in header(acted, screen)
    recorded(acted, replace(told, trouble="no space left on \x1b[31mdevice"))
    assert "✖ REC no space left on" in header(acted, screen)
    assert "\x1b" not in header(acted, screen)


async def test_a_key_turns_it_and_says_which_way(stage):
    acted = stage()
    acted.run(12)
    app = acted.new_app()
    async with app.run_test(size=(160, 45)) as pilot:
        acted.run(12)
        for said in ("recorded from here on", "the recording ends"):
            await pilot.press("R")
            assert said in app.view.message[0]
            recorded(acted, RecordingView("/home/me/btc.kz"))
    assert acted.commands.recordings == 2


async def test_who_looks_on_from_elsewhere_or_at_a_recording_turns_nothing(stage):
    acted = stage()
    acted.plan = replace(acted.plan, remote=True)
    app = acted.new_app()
    async with app.run_test(size=(160, 45)) as pilot:
        acted.run(12)
        await pilot.press("R")
        assert "where Kairos watches" in app.view.message[0]
    replayed = stage(feed="replay")
    app = replayed.new_app()
    async with app.run_test(size=(160, 45)) as pilot:
        replayed.run(12)
        await pilot.press("R")
        assert "a replay is a recording" in app.view.message[0]
    assert (acted.commands.recordings, replayed.commands.recordings) == (0, 0)


def test_sizes_are_as_short_as_they_are_true():
    sizes = (0, 999, 412_499, 999_950, 12_412_000, 2_500_000_000)
    assert [file_size(size) for size in sizes] == ["0 kB", "1 kB", "412 kB", "1.0 MB", "12.4 MB", "2.5 GB"]

"""The promise: whatever happens in a command, no traceback is shown and the exit code says what it was."""

import errno

import pytest
import typer

from kairos_tui.cli.crash_file import write_crash_file
from kairos_tui.cli.entry import run_command
from kairos_tui.errors import FeedDown, FeedRefused, NoVenueReachable, RoleLost, SettingsInvalid


def app_that(raises: BaseException) -> typer.Typer:
    app = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False)

    @app.command()
    def fail() -> None:
        raise raises

    return app


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (SettingsInvalid("no such thing"), 2),
        (FeedRefused("no such thing"), 2),
        (NoVenueReachable("no such thing"), 3),
        (RoleLost("no such thing"), 1),
        (FeedDown("no such thing"), 1),
    ],
)
def test_an_error_raised_on_purpose_is_one_line_and_its_code(kairos, capsys, error, code) -> None:
    assert run_command([], lambda: app_that(error)) == code
    assert capsys.readouterr() == ("", "kairos: error: no such thing\n")
    assert not kairos.state.exists()


def test_any_other_error_goes_to_a_crash_file_whose_path_is_printed(kairos, capsys) -> None:
    assert run_command(["--x"], lambda: app_that(typer.Exit(7))) == 2
    capsys.readouterr()

    assert run_command([], lambda: app_that(ZeroDivisionError("oh\nno"))) == 1

    out, err = capsys.readouterr()
    (crash,) = kairos.state.glob("crash-*.txt")
    assert (out, err) == ("", f"kairos: internal error: ZeroDivisionError: oh no; details are in {crash}\n")
    assert "Traceback" in crash.read_text()
    assert crash.stat().st_mode & 0o777 == 0o600
    assert crash.parent.stat().st_mode & 0o777 == 0o700


def test_no_password_of_a_url_gets_into_a_crash_file(kairos) -> None:
    error = ValueError("redis://me:hunter2@h:1/0 is strange")
    path = write_crash_file(error, ["watch", "BTC/USDT", "--sink", "redis://:hunter2@h/0"])

    assert path is not None
    assert "hunter2" not in path.read_text()
    assert "redis://***@h:1/0 is strange" in path.read_text()


def test_a_state_directory_that_takes_no_file_sends_the_crash_file_elsewhere(kairos, capsys) -> None:
    kairos.state.parent.write_text("in the way")

    assert run_command([], lambda: app_that(ValueError("x"))) == 1
    assert "details are in /" in capsys.readouterr().err


def test_only_the_newest_crash_files_are_kept(kairos) -> None:
    kairos.state.mkdir(parents=True)
    for number in range(30):
        (kairos.state / f"crash-2020010{number % 10}T0000{number:02}Z-1.txt").write_text("old")

    run_command([], lambda: app_that(ValueError("x")))

    assert len(list(kairos.state.glob("crash-*.txt"))) == 20


def test_a_pipe_that_broke_elsewhere_is_not_taken_for_a_reader_that_left(kairos, capsys) -> None:
    assert run_command([], lambda: app_that(BrokenPipeError(errno.EPIPE, "Broken pipe"))) == 1
    assert "internal error: BrokenPipeError" in capsys.readouterr().err


def test_ctrl_c_is_130_and_says_nothing(kairos, capsys) -> None:
    assert run_command([], lambda: app_that(KeyboardInterrupt())) == 130
    assert capsys.readouterr() == ("", "")


def test_a_chosen_exit_code_is_kept(kairos) -> None:
    assert run_command([], lambda: app_that(typer.Exit(4))) == 4

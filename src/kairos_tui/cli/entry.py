"""entry: the one door every command goes through. Whatever is raised behind it leaves as one line and a code.

Before it: __main__. Behind it: app. Codes: 0 done, 1 internal, 2 usage or configuration, 3 nothing reachable.
"""

import errno
import io
import os
import select
import sys
from collections.abc import Callable, Sequence

import typer
from typer._click.exceptions import ClickException  # typer carries its own click since 0.26

from kairos_tui.cli.app import build_app
from kairos_tui.cli.bare_flags import with_defaults_of_bare_flags
from kairos_tui.cli.crash_file import write_crash_file
from kairos_tui.cli.say import say_error
from kairos_tui.cli.splash import wipe_splash
from kairos_tui.errors import (
    CountNotMet,
    Fatal,
    KairosError,
    NoVenueReachable,
    OutputLost,
    RoleLost,
    SourceUnreachable,
)


def run_command(words: Sequence[str], build: Callable[[], typer.Typer] = build_app) -> int:
    """Parse, run, flush. Returns the exit code; never raises, never shows a traceback."""
    _write_what_cannot_be_encoded_as_escapes()
    try:
        code = _invoke(build(), list(words))
        sys.stdout.flush()
    except KeyboardInterrupt:
        code = 130
    except Exception as error:  # noqa: BLE001  the containment door: one line instead of a traceback
        code = _answer(error, words)
    return code


def _invoke(app: typer.Typer, words: list[str]) -> int:
    command = typer.main.get_command(app)
    try:
        with command.make_context("kairos", with_defaults_of_bare_flags(words)) as context:
            code = command.invoke(context)
    except typer.Exit as leave:
        return leave.exit_code
    finally:
        wipe_splash()  # the alternate screen is gone by now, and the line before it is back
    return code if isinstance(code, int) else 0


def _answer(error: Exception, words: Sequence[str]) -> int:
    """Say what is to be said of an error; returns the exit code."""
    match error:
        case OSError(errno=errno.EPIPE) if _reader_left():
            _abandon_stdout()
            code = 0
        case OSError(errno=errno.ENOSPC):
            _abandon_stdout()
            code = _refuse("no space left where the output goes", 1)
        case ClickException():
            from kairos_tui.cli.usage import usage_line

            code = _refuse(usage_line(error), 2)
        case KairosError():
            code = _refuse(str(error), _code_of(error))
        case _:
            code = _crash(error, words)
    return code


def _code_of(error: KairosError) -> int:
    if isinstance(error, NoVenueReachable | SourceUnreachable | CountNotMet):
        return 4 if isinstance(error, CountNotMet) else 3
    return 2 if isinstance(error, Fatal) and not isinstance(error, RoleLost | OutputLost) else 1


def _refuse(message: str, code: int) -> int:
    say_error(f"error: {message}")
    return code


def _crash(error: Exception, words: Sequence[str]) -> int:
    path = write_crash_file(error, words)
    where = f"; details are in {path}" if path else ""
    say_error(f"internal error: {type(error).__name__}: {error}{where}")
    return 1


def _reader_left() -> bool:
    """Whether it was stdout's pipe that broke, and not one between our own processes."""
    poll = select.poll()
    poll.register(1, 0)
    return any(events & (select.POLLERR | select.POLLHUP) for _, events in poll.poll(0))


def _abandon_stdout() -> None:
    """Nobody takes the rest: Python's last flush shall not complain of it."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def _write_what_cannot_be_encoded_as_escapes() -> None:
    """A terminal that is not UTF-8 gets \\u23ce for a glyph, and no error."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")

"""output: what goes where. stdout is data, stderr is for people; a terminal gets the HUD.

Read by splash (before typer is loaded) and by watch. Standard library only.
"""

import os
from typing import Literal, NamedTuple

Output = Literal["hud", "json", "tee", "plain", "none"]
LEAST_COLUMNS = 40


class OutputFlags(NamedTuple):
    """What the user said about it."""

    json: bool = False
    tee: bool = False
    plain: bool = False
    no_hud: bool = False


class Surroundings(NamedTuple):
    """Where the two streams lead, and what the terminal can do."""

    stdout_tty: bool
    stderr_tty: bool
    term: str
    columns: int


def choose_output(
    *, stdout_tty: bool, stderr_tty: bool, term: str, columns: int, flags: OutputFlags
) -> Output:
    """The table of the contract, flags first."""
    fits = term != "dumb" and columns >= LEAST_COLUMNS
    if flags.plain:
        return "plain"
    if flags.json:
        return "json"
    if not stdout_tty:
        return "tee" if flags.tee and stderr_tty and fits else "json"
    return "hud" if fits and not flags.no_hud else "plain"


def conflict(flags: OutputFlags, *, stdout_tty: bool) -> str | None:
    """Why these flags cannot be honoured together or here, or None."""
    said = [f"--{name}" for name in ("json", "tee", "plain") if getattr(flags, name)]
    if len(said) > 1:
        return f"{said[0]} and {said[1]} ask for different output: keep one"
    if flags.tee and flags.no_hud:
        return "--tee draws the HUD and --no-hud forbids it: keep one"
    if flags.tee and stdout_tty:
        return "--tee needs stdout to be a pipe or a file, as in: kairos watch BTC/USDT --tee > lines.jsonl"
    return None


def look_around() -> Surroundings:
    """The streams and the terminal this process has."""
    return Surroundings(
        stdout_tty=os.isatty(1), stderr_tty=os.isatty(2), term=os.environ.get("TERM", ""), columns=_columns()
    )


def screen_fd() -> int:
    """What is drawn on, of the two that may lead to a terminal: stdout where stderr goes into a file."""
    return 2 if os.isatty(2) else 1


def _columns() -> int:
    try:
        return os.get_terminal_size(screen_fd()).columns or 80
    except OSError:
        return 80

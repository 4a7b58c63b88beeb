"""doctor: one line per thing that can be wrong, with this machine or a Kairos that runs, and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from kairos_tui.cli.options import ConfigOption, JsonOption
from kairos_tui.cli.say import say, say_error, say_rows
from kairos_tui.errors import SourceUnreachable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kairos_tui.cli.finding import Finding, ProcessFinding


def doctor(
    live: Annotated[
        str | None,
        typer.Option(
            "--live", metavar="URL", help="Of a Kairos that runs: http://HOST:PORT of its mirror or health."
        ),
    ] = None,
    quiet: Annotated[
        bool,
        typer.Option("--quiet", "-q", help="With --live: print nothing when it is ready. For containers."),
    ] = False,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> int:
    """Say what is wrong with this machine, or a running Kairos, and what to do.

    Exit code 1 when something fails, 0 when the worst is a warning; 3 when nothing answers at --live."""
    if live is not None and quiet:
        return _probe(live)
    if live is not None:
        from kairos_tui.cli.ask_http import read_server
        from kairos_tui.cli.live_check import check_live

        return _show(check_live(read_server(live)), as_json=as_json)
    from kairos_tui.cli.checks import run_checks

    return _show(run_checks(config), as_json=as_json)


def _probe(url: str) -> int:
    """0 when it is ready, else 1 and one line, also when it is not there: who asks knows no other code."""
    from kairos_tui.cli.ask_http import read_server
    from kairos_tui.cli.live_check import is_well

    server = read_server(url)
    try:
        why = is_well(server)
    except SourceUnreachable as error:
        why = str(error)
    if why:
        say_error(f"not ready: {why}")
    return 1 if why else 0


def _show(findings: Sequence[Finding | ProcessFinding], *, as_json: bool) -> int:
    if as_json:
        import json

        say(json.dumps([finding._asdict() for finding in findings], indent=2))
    else:
        say_rows([(finding.level.ljust(4), finding.name, finding.sentence) for finding in findings])
    return 1 if any(finding.level == "fail" for finding in findings) else 0

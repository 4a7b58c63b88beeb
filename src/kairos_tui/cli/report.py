"""report: a journal or a recording -> its scorecard, as text, JSON or a page."""

import json
import shutil
from pathlib import Path
from typing import Annotated

import typer

from kairos_tui.cli.options import JsonOption
from kairos_tui.cli.say import say


def report(
    path: Annotated[
        Path | None,
        typer.Argument(
            metavar="[PATH]",
            help="A file of JSON lines, or a recording. Default: the signals that every run leaves behind.",
        ),
    ] = None,
    as_json: JsonOption = False,
    html: Annotated[
        Path | None,
        typer.Option("--html", metavar="FILE", help="Write one page with charts, to look at in a browser."),
    ] = None,
) -> None:
    """Score what became of signals.

    Edges, lifetimes, hit rates, chances, routes, venues, and what was lost."""
    from kairos_tui.cli.painting import paint_here
    from kairos_tui.runtime import offline

    card = offline.report(path)
    if html is not None:
        offline.write_page(card, html)
    if as_json:
        say(json.dumps(offline.report_object(card), indent=2))
    elif html is None:
        for line in offline.scorecard_lines(card, shutil.get_terminal_size().columns, paint_here()):
            say(line)

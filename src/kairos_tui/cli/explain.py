"""explain: an id -> runtime's journal, journal's receipt. Why a signal said what it said, to the cent."""

import json
from pathlib import Path
from typing import Annotated, Literal

import typer

from kairos_tui.cli.options import JsonOption
from kairos_tui.cli.say import say
from kairos_tui.errors import SettingsInvalid

JournalOption = Annotated[
    Path | None,
    typer.Option(
        "--journal",
        metavar="PATH",
        help="A file of JSON lines, or a recording. Default: the signals that every run leaves behind.",
    ),
]


def explain(
    signal_id: Annotated[str, typer.Argument(metavar="ID", help="As in the signal's card or line: k7f3-9.")],
    journal: JournalOption = None,
    event: Annotated[
        str | None, typer.Option("--event", metavar="open|update|close", help="Default open.")
    ] = None,
    as_json: JsonOption = False,
) -> int:
    """Rebuild a signal from the levels stored with it, to the cent.

    Leg by leg, beside what was published; then what became of it.

    Leaves with 1 when a figure differs from what the levels come to."""
    from kairos_tui.cli.painting import paint_here
    from kairos_tui.runtime import offline

    explained = offline.explain(signal_id, _read_event(event), journal)
    if as_json:
        say(json.dumps(offline.explained_object(explained), indent=2))
    else:
        for line in offline.explained_lines(explained, paint_here()):
            say(line)
    return 0 if explained.agrees else 1


def _read_event(text: str | None) -> Literal["open", "update", "close"] | None:
    match text:
        case None | "open" | "update" | "close":
            return text
        case _:
            raise SettingsInvalid(f"--event {text[:20]!r}: must be open, update or close")

"""schema: the JSON Schema that every JSON line obeys."""

import json
from typing import Annotated

import typer

from kairos_tui.cli.say import say


def schema(
    line_type: Annotated[
        str | None, typer.Argument(metavar="[TYPE]", help="One line type only, or `report`.")
    ] = None,
) -> None:
    """Print the JSON Schema (2020-12) of the JSON lines."""
    from kairos_tui.runtime import facts

    say(json.dumps(facts.line_schema(line_type), indent=2))

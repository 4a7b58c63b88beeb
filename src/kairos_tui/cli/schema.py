"""schema: the JSON Schema that every JSON line obeys."""

import json
from typing import Annotated

import typer

from kairos_tui.cli.say import say
from kairos_tui.errors import SettingsInvalid


def schema(
    line_type: Annotated[str | None, typer.Argument(metavar="[TYPE]", help="One line type only.")] = None,
) -> None:
    """Print the JSON Schema (2020-12) of the JSON lines."""
    from kairos_tui.runtime import facts
    from kairos_tui.settings import nearest, quoted

    types = facts.line_types()
    if line_type is not None and line_type not in types:
        near = nearest(line_type, types) or f" (there are {', '.join(types)})"
        raise SettingsInvalid(f"no line type {quoted(line_type)}{near}")
    say(json.dumps(facts.line_schema(line_type), indent=2))

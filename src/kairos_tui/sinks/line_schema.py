"""Line schema: the JSON Schema (2020-12) that every line obeys, made from the line structs themselves.

Before it: lines, route_line. After it: `kairos schema`, and the tests that hold every line against it.
"""

from difflib import get_close_matches
from typing import Any, get_args

import msgspec

from kairos_tui.errors import SettingsInvalid
from kairos_tui.sinks.any_line import AnyLine
from kairos_tui.sinks.route_line import RouteLine

Shown = AnyLine | RouteLine
"""What streams carry, and what the HUD copies and exports."""
DIALECT = "https://json-schema.org/draft/2020-12/schema"


def line_types() -> dict[str, type[Shown]]:
    """Every line's struct by its `type`."""
    return {str(line.__struct_config__.tag): line for line in get_args(Shown)}


def schema(line_type: str | None = None) -> dict[str, Any]:
    """The schema of one type of line, or of all. Raises SettingsInvalid for a type there is not."""
    types = line_types()
    if line_type is None:
        return {"$schema": DIALECT, "title": "A line of Kairos"} | _one_of_all()
    if line_type not in types:
        near = get_close_matches(line_type.lower()[:60], types, n=1)
        meant = f"did you mean {near[0]}?" if near else f"there are {', '.join(types)}"
        raise SettingsInvalid(f"no line type {line_type[:60]!r} ({meant})")
    (only,), definitions = msgspec.json.schema_components([types[line_type]])
    return {"$schema": DIALECT} | only | {"$defs": definitions}


def _one_of_all() -> dict[str, Any]:
    all_lines = msgspec.json.schema(Shown)
    all_lines["oneOf"] = all_lines.pop("anyOf")
    return all_lines

"""keys: which keys of the HUD are in force, what each does, and who said so."""

from itertools import groupby
from typing import Annotated

import typer

from kairos_tui.cli.options import ConfigOption
from kairos_tui.cli.say import say, say_error, say_rows


def keys(
    markdown: Annotated[bool, typer.Option("--markdown", help="As a table for a README.")] = False,
    config: ConfigOption = None,
) -> None:
    """List the keys of the HUD: what each does, its id for [keys] in a config file, and who gave it."""
    from kairos_tui.cli.here import load_here
    from kairos_tui.runtime import facts

    loaded = load_here(config=config)
    if markdown:
        say(facts.key_markdown(loaded.settings, loaded.origins))
        return
    rows = [("  " + shown, does, name, origin, group) for group, shown, does, name, origin in
            facts.key_rows(loaded.settings, loaded.origins)]  # fmt: skip
    widths = [max(len(row[place]) for row in rows) for place in range(3)]
    for group, mine in groupby(rows, key=lambda row: row[4]):
        say(f"{group}:")
        say_rows([(*(cell.ljust(width) for cell, width in zip(row[:3], widths, strict=True)), row[3])
                  for row in mine])  # fmt: skip
    for clash in facts.key_clashes(loaded.settings, loaded.origins):
        say_error(f"note: {clash}")

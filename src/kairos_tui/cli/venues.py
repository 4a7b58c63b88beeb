"""venues: what can be watched, by which ccxt.pro class, and how far its books are proven."""

import json
from typing import Annotated

import typer

from kairos_tui.cli.options import ConfigOption, JsonOption, VenuesOption, split_names
from kairos_tui.cli.say import say, say_rows

UNPROVEN = "unproven: generic tap"
"""No venue has a verified decoder of its own in this version: what ccxt believes, Kairos believes."""


def venues(
    every: Annotated[bool, typer.Option("--all", help="Every ccxt.pro id, not only the configured.")] = False,
    chosen: VenuesOption = None,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """List what can be watched and how well it is verified."""
    from kairos_tui.cli.here import load_here
    from kairos_tui.runtime import facts
    from kairos_tui.settings import validate_venues

    loaded = load_here({"venues": split_names(chosen)}, config=config)
    known = facts.known_venues()
    validate_venues(loaded.settings, known, origins=loaded.origins)
    names = dict.fromkeys([*loaded.settings.venues, *(known if every else ())])
    simulated = facts.sim_venues()
    found = []
    for name in names:
        table = loaded.settings.venue_table(name)
        found.append(
            {
                "venue": name,
                "class": loaded.settings.ccxt_class(name),
                "configured": name in loaded.settings.venues,
                "proof": UNPROVEN,
                "fee": "the venue's market table" if table.taker_bps is None else f"{table.taker_bps:g} bps",
                "fee_from": loaded.origins.get(f"venue.{name}.taker_bps", "market"),
                "origin_rest": table.origin_rest,
                "origin_ws": table.origin_ws,
                "simulated": name in simulated,
            }
        )
    if as_json:
        say(json.dumps(found, indent=2))
        return
    heading = ("VENUE", "CLASS", "PROOF", "TAKER FEE", "--SIM", "REDIRECTED TO")
    rows = [
        (
            str(venue["venue"]),
            str(venue["class"]),
            str(venue["proof"]),
            str(venue["fee"]),
            "yes" if venue["simulated"] else "no",
            " ".join(str(venue[key]) for key in ("origin_rest", "origin_ws") if venue[key]),
        )
        for venue in found
    ]
    say_rows([heading, *rows])

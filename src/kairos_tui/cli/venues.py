"""venues: what can be watched, by which ccxt.pro class, and whether a decoder of ours verifies it."""

import json
from typing import Annotated, NamedTuple

import typer

from kairos_tui.cli.options import ConfigOption, JsonOption, VenuesOption, split_names
from kairos_tui.cli.say import say, say_rows

_FEE_UNKNOWN = "as ccxt reports it; shown with its source when connected"


class VenueRow(NamedTuple):
    """One venue as the settings see it; the fields are the keys of `--json`.

    No venue has a verified decoder of its own in this version: what its ccxt.pro class believes, Kairos
    believes. What a single book rests on is the proof of each tick, shown where the tick is.
    `fee_from`: where the override stands, or `ccxt`; whether ccxt has the fee from the venue's market table
    or from its own default is not known before it has loaded the markets, and said when it has.
    """

    venue: str
    ccxt_class: str
    configured: bool
    simulated: bool
    taker_bps: float | None
    fee_from: str
    origin_rest: str | None
    origin_ws: str | None
    verified: bool = False
    decoder: str = "generic tap"


def venues(
    every: Annotated[bool, typer.Option("--all", help="Every ccxt.pro id, not only the configured.")] = False,
    chosen: VenuesOption = None,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """List what can be watched and how well it is verified."""
    rows = _venue_rows(split_names(chosen), every=every, config=config)
    if as_json:
        say(json.dumps([row._asdict() for row in rows], indent=2))
        return
    say_rows([("VENUE", "CLASS", "VERIFIED", "TAKER FEE", "--SIM", "REDIRECTED TO"), *map(_cells, rows)])


def _venue_rows(chosen: tuple[str, ...] | None, *, every: bool, config: str | None) -> list[VenueRow]:
    from kairos_tui.cli.here import load_here
    from kairos_tui.runtime import facts
    from kairos_tui.settings import validate_venues

    loaded = load_here({"venues": chosen}, config=config)
    known, simulated = facts.known_venues(), facts.sim_venues()
    validate_venues(loaded.settings, known, origins=loaded.origins)
    settings = loaded.settings

    def row_of(name: str) -> VenueRow:
        table = settings.venue_table(name)
        return VenueRow(
            venue=name,
            ccxt_class=settings.ccxt_class(name),
            configured=name in settings.venues,
            simulated=name in simulated,
            taker_bps=table.taker_bps,
            fee_from=loaded.origins.get(f"venue.{name}.taker_bps", "ccxt"),
            origin_rest=table.origin_rest,
            origin_ws=table.origin_ws,
        )

    return [row_of(name) for name in dict.fromkeys([*settings.venues, *(known if every else ())])]


def _cells(row: VenueRow) -> tuple[str, ...]:
    return (
        row.venue,
        row.ccxt_class,
        f"{'yes' if row.verified else 'no'}: {row.decoder}",
        _FEE_UNKNOWN if row.taker_bps is None else f"config {row.taker_bps:g} bps",
        "yes" if row.simulated else "no",
        " ".join(origin for origin in (row.origin_rest, row.origin_ws) if origin),
    )

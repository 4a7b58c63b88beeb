"""venues_known: `kairos venues` without asking any. What settings and ccxt's classes say, as a table or JSON.

Before it: venues. Behind it: runtime's class_facts.
"""

import json
from typing import NamedTuple

from kairos_tui.cli.say import say, say_rows
from kairos_tui.runtime import facts
from kairos_tui.runtime.class_facts import facts_of
from kairos_tui.settings import Loaded

_TITLES = ("VENUE", "CLASS", "VERIFIED", "TAKER FEE", "READ", "CHARGED IN", "--SIM", "REDIRECTED TO")


class VenueRow(NamedTuple):
    """One venue before it is asked; the fields are the keys of `--json`.

    `decoder` is the dialect of ours that decodes its frames, `proof` what that proves of a running book; a
    single book says its own, where it is. `fee_source` is `config`, `default` (ccxt's of the class; the venue
    may state another) or null for a fee not known before asking; `fee_from` where an override stands, or
    `ccxt`; `fee_read` is `now`, or the version of ccxt, as old as which the fee is.
    `charged_from`: config, ccxt, settlement, venue (its documentation), or assumed.
    """

    venue: str
    ccxt_class: str
    configured: bool
    simulated: bool
    taker_bps: float | None
    fee_from: str
    origin_rest: str | None
    origin_ws: str | None
    verified: bool
    decoder: str
    proof: str
    fee_source: str | None
    fee_read: str | None
    charged_in: str
    charged_from: str


def say_known(loaded: Loaded, *, every: bool, as_json: bool) -> None:
    """The configured venues; with `every`, all that ccxt.pro has."""
    rows = _venue_rows(loaded, every=every)
    if as_json:
        say(json.dumps([row._asdict() for row in rows], indent=2))
        return
    say_rows([_TITLES, *map(_cells, rows)])


def _venue_rows(loaded: Loaded, *, every: bool) -> list[VenueRow]:
    settings, simulated = loaded.settings, facts.sim_venues()

    def row_of(name: str) -> VenueRow:
        table, known = settings.venue_table(name), facts_of(settings, name)
        return VenueRow(
            venue=name,
            ccxt_class=settings.ccxt_class(name),
            configured=name in settings.venues,
            simulated=name in simulated,
            taker_bps=None if known.fees is None else bps(known.fees.taker),
            fee_from=loaded.origins.get(f"venue.{name}.taker_bps", "ccxt"),
            origin_rest=table.origin_rest,
            origin_ws=table.origin_ws,
            verified=known.decoder is not None,
            decoder=known.decoder or "generic tap",
            proof=str(known.proof),
            fee_source=None if known.fees is None else known.fees.source,
            fee_read=known.fee_read,
            charged_in=known.charged,
            charged_from=known.charged_from,
        )

    names = dict.fromkeys([*settings.venues, *(facts.known_venues() if every else ())])
    return [row_of(name) for name in names]


def bps(taker: float) -> float:
    """A fee as people write it: 0.0026 is 26, not 26.000000000000004."""
    return round(taker * 10_000.0, 6)


def _cells(row: VenueRow) -> tuple[str, ...]:
    said = {"config": "config", "default": "ccxt's default"}.get(row.fee_source or "")
    return (
        row.venue,
        row.ccxt_class,
        f"yes: {row.proof}" if row.verified else f"no: {row.decoder}",
        f"{said} {row.taker_bps:g} bps" if said else "asked when connected",
        row.fee_read or "-",
        f"{row.charged_in} ({row.charged_from})",
        "yes" if row.simulated else "no",
        " ".join(origin for origin in (row.origin_rest, row.origin_ws) if origin),
    )

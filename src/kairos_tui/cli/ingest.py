"""ingest: flags -> what is asked -> runtime. The role that listens to exchanges, for engines elsewhere."""

from typing import Annotated

import typer

from kairos_tui.cli.fleet_options import (
    FleetOption,
    HealthOption,
    KeysOption,
    LogFormatOption,
    LogToOption,
    NameOption,
    SilentOption,
    SimulatedOption,
    station_flags,
)
from kairos_tui.cli.options import (
    ConfigOption,
    QuotesOption,
    VenuesOption,
    VerboseOption,
    split_names,
)

SymbolsArgument = Annotated[
    list[str],
    typer.Argument(metavar="SYMBOL...", help="The markets that the engines watch, as there."),
]


def ingest(
    symbols: SymbolsArgument,
    engine: Annotated[
        str | None,
        typer.Option("--engine", metavar="HOST:PORT", help="The one engine that the books go to."),
    ] = None,
    fleet: FleetOption = None,
    venues: VenuesOption = None,
    quotes: QuotesOption = None,
    sim: SimulatedOption = False,
    name: NameOption = None,
    keys: KeysOption = None,
    health: HealthOption = None,
    log_format: LogFormatOption = None,
    log_to: LogToOption = None,
    config: ConfigOption = None,
    quiet: SilentOption = False,
    verbose: VerboseOption = 0,
) -> int:
    """Listen to exchanges, and send their books to engines elsewhere.

    A second one for the same venue stands by, and takes over when the first falls silent."""
    from kairos_tui.cli.start_station import read_station

    flags = {
        "venues": split_names(venues),
        "quotes": split_names(quotes),
        **station_flags(fleet=fleet, name=name, keys=keys, health=health, log_format=log_format),
    }
    asked = read_station(symbols, flags, config=config, sim=sim, log_to=log_to, quiet=quiet, verbose=verbose)

    from kairos_tui.runtime.ingest_station import serve_ingest

    return serve_ingest(asked, engine=engine or "")

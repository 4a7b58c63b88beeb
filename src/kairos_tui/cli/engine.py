"""engine: flags -> a station's plan -> runtime. The role that prices, for ingesters and viewers elsewhere."""

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
from kairos_tui.cli.ingest import SymbolsArgument
from kairos_tui.cli.options import (
    ConfigOption,
    MaxNotionalOption,
    MetricsOption,
    MinNetOption,
    MirrorOption,
    QuotesOption,
    ReactionOption,
    VenuesOption,
    VerboseOption,
    read_duration_ms,
    split_names,
)


def engine(
    symbols: SymbolsArgument,
    bind: Annotated[
        str,
        typer.Option(
            metavar="HOST:PORT",
            help="Where it listens: that port and the next two. Default 127.0.0.1:5701.",
        ),
    ] = "127.0.0.1:5701",
    advertise: Annotated[
        str | None,
        typer.Option(metavar="HOST", help="What others call this machine. Default: the host of --bind."),
    ] = None,
    fleet: FleetOption = None,
    venues: VenuesOption = None,
    min_net_bps: MinNetOption = None,
    max_notional: MaxNotionalOption = None,
    reaction: ReactionOption = None,
    quotes: QuotesOption = None,
    sim: SimulatedOption = False,
    sink: Annotated[
        list[str] | None,
        typer.Option(metavar="URL", help="Its signals also go there. Repeatable."),
    ] = None,
    mirror: MirrorOption = None,
    metrics: MetricsOption = None,
    name: NameOption = None,
    keys: KeysOption = None,
    health: HealthOption = None,
    log_format: LogFormatOption = None,
    log_to: LogToOption = None,
    config: ConfigOption = None,
    quiet: SilentOption = False,
    verbose: VerboseOption = 0,
) -> int:
    """Price what ingesters elsewhere send, for whoever looks on.

    Its keys: kairos curve new. To look on: kairos tap --from tcp://HOST:PORT"""
    from kairos_tui.cli.start_station import read_station

    flags = {
        "venues": split_names(venues),
        "quotes": split_names(quotes),
        "min_net_bps": min_net_bps,
        "max_notional": max_notional,
        "reaction_ms": read_duration_ms("--reaction", reaction),
        "sinks": tuple(sink) if sink else None,
        "mirror": mirror,
        "metrics": metrics,
        **station_flags(fleet=fleet, name=name, keys=keys, health=health, log_format=log_format),
    }
    asked = read_station(symbols, flags, config=config, sim=sim, log_to=log_to, quiet=quiet, verbose=verbose)

    from kairos_tui.runtime.engine_station import serve_engine

    return serve_engine(asked, bind=bind, advertise=advertise or "")

"""record: `kairos record`: flags -> a watch that draws nothing and records all.

Before it: app. After it: start_watch, as for `kairos watch --record`.
"""

from typing import Annotated

import typer

from kairos_tui.cli.options import (
    ConfigOption,
    DebugOption,
    ForOption,
    MaxNotionalOption,
    MinNetOption,
    MoodOption,
    NoJournalOption,
    QuietOption,
    QuotesOption,
    ReactionOption,
    SeedOption,
    SimOption,
    VenuesOption,
    VerboseOption,
    read_duration_ms,
    read_duration_s,
    split_names,
)
from kairos_tui.cli.start_watch import start_watch
from kairos_tui.errors import SettingsInvalid


def record(
    symbols: Annotated[
        list[str],
        typer.Argument(metavar="SYMBOL...", help="Markets, like BTC/USDT; BTC is BTC in every quote."),
    ],
    out: Annotated[
        str, typer.Option("--out", "-o", metavar="PATH", help="The new folder to record into, like btc.kz.")
    ],
    venues: VenuesOption = None,
    min_net_bps: MinNetOption = None,
    max_notional: MaxNotionalOption = None,
    reaction: ReactionOption = None,
    quotes: QuotesOption = None,
    sim: SimOption = False,
    seed: SeedOption = None,
    mood: MoodOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON lines on stdout meanwhile.")] = False,
    for_time: ForOption = None,
    connect_timeout: Annotated[
        str | None, typer.Option(metavar="TIME", help="Exit 3 when no venue answers by then. Default 20s.")
    ] = None,
    no_journal: NoJournalOption = False,
    config: ConfigOption = None,
    quiet: QuietOption = False,
    verbose: VerboseOption = 0,
    debug: DebugOption = False,
) -> int:
    """Record all that comes from the exchanges, and what is made of it.

    `kairos replay PATH` shows it again."""
    if not out:
        raise SettingsInvalid("-o: name a new folder, as in -o btc.kz")
    flags = {
        "record": out,
        "venues": split_names(venues),
        "min_net_bps": min_net_bps,
        "max_notional": max_notional,
        "reaction_ms": read_duration_ms("--reaction", reaction),
        "quotes": split_names(quotes),
        "seed": seed,
        "mood": mood,
        "journal": False if no_journal else None,
        "connect_timeout_s": read_duration_s("--connect-timeout", connect_timeout),
    }
    return start_watch(
        symbols,
        flags,
        sim=sim,
        config=config,
        output="json" if as_json else "none",
        for_s=read_duration_s("--for", for_time),
        quiet=quiet,
        verbose=verbose,
        debug=debug,
    )

"""glance: flags -> a GlanceAsked -> runtime's glance. Three lines for a status bar, a prompt or a corner."""

import os
from typing import Annotated

import typer

from kairos_tui.cli.fleet_options import KeysOption
from kairos_tui.cli.follow import ConnectOption
from kairos_tui.cli.options import ConfigOption, FromOption, VenuesOption, read_duration_s, split_names
from kairos_tui.errors import SettingsInvalid


def glance(
    symbol: Annotated[
        str, typer.Argument(metavar="SYMBOL", help="A market, like BTC/USDT; BTC in its first quote.")
    ],
    sim: Annotated[
        bool, typer.Option("--sim", help="The simulated exchanges: of a watch that runs, or its own.")
    ] = False,
    once: Annotated[
        bool, typer.Option("--once", help="Print it and leave, as in a pipe: no escape codes.")
    ] = False,
    line: Annotated[bool, typer.Option("--line", help="One line in place of three.")] = False,
    address: FromOption = None,
    keys: KeysOption = None,
    own: Annotated[
        bool, typer.Option("--own", help="Watch by itself, even where a `kairos watch` runs.")
    ] = False,
    venues: VenuesOption = None,
    theme: Annotated[str | None, typer.Option(metavar="NAME|PATH", help="Colours. Default neon.")] = None,
    connect_timeout: ConnectOption = None,
    config: ConfigOption = None,
) -> int:
    """Show one market in three lines, in place.

    Reads a `kairos watch` that runs on this machine and has the market, else watches by itself. With
    stdout in a pipe it prints once and leaves: 0, or 3 when nothing is live."""
    from kairos_tui.cli.extras import check_extras
    from kairos_tui.cli.here import load_here
    from kairos_tui.cli.names_known import check_names, keep_simulated_symbols
    from kairos_tui.cli.symbols import read_symbols

    if address is not None and (sim or own or venues):
        raise SettingsInvalid("--from shows what is watched elsewhere: not with --sim, --own or --venues")
    flags = {
        "venues": split_names(venues),
        "theme": theme,
        "curve": keys,
        "connect_timeout_s": read_duration_s("--connect-timeout", connect_timeout),
    }
    loaded = load_here(flags, config=config)
    wanted = read_symbols([symbol], loaded.settings.quotes)
    check_names(loaded, sim=sim)
    check_extras(loaded)
    if sim:
        wanted = keep_simulated_symbols(wanted, loaded.settings.venues)

    from msgspec.structs import replace

    from kairos_tui.market import NO_KEYS
    from kairos_tui.runtime.fleet_keys import source_of
    from kairos_tui.runtime.glance import GlanceAsked
    from kairos_tui.runtime.glance import glance as run_glance

    settings = replace(loaded.settings, sinks=(), mirror="", metrics="")
    source, ring = (None, NO_KEYS) if address is None else source_of(address, settings, "hud")
    return run_glance(
        GlanceAsked(
            symbols=wanted[0],
            settings=settings,
            sim=sim,
            once=once or not os.isatty(1) or os.environ.get("TERM", "") == "dumb",
            line=line,
            address=source,
            ring=ring,
            own=own or bool(venues),
        )
    )

"""tap: flags -> a TapPlan -> runtime's tap. The lines of a Kairos elsewhere, on this stdout."""

from typing import Annotated

import typer

from kairos_tui.cli.fleet_options import FleetOption, KeysOption, SilentOption, refuse_two_sources
from kairos_tui.cli.options import (
    ConfigOption,
    CountOption,
    ForOption,
    FromOption,
    OnceOption,
    read_duration_s,
    split_names,
)
from kairos_tui.errors import SettingsInvalid


def tap(
    address: FromOption = None,
    fleet: FleetOption = None,
    keys: KeysOption = None,
    since: Annotated[
        str, typer.Option(metavar="new|start|ID", help="Where to begin: after now, at the oldest, after ID.")
    ] = "new",
    emit: Annotated[
        list[str] | None,
        typer.Option(
            metavar="A,B", help="Line types: signal, quote, venue, fill, markout. Default all there are."
        ),
    ] = None,
    for_time: ForOption = None,
    count: CountOption = None,
    once: OnceOption = False,
    connect_timeout: Annotated[
        str | None, typer.Option(metavar="TIME", help="Exit 3 when nothing answers by then. Default 20s.")
    ] = None,
    config: ConfigOption = None,
    quiet: SilentOption = False,
) -> int:
    """Print the JSON lines of a Kairos elsewhere: an engine's, a fleet's, or those in a Redis.

    Lines out of a Redis keep their run and seq; what the stream no longer holds becomes a gap line."""
    from kairos_tui.cli.here import load_here
    from kairos_tui.cli.watch import EMITTED, count_of, emitted_of
    from kairos_tui.runtime.engine_addresses import ENGINES
    from kairos_tui.runtime.fleet_keys import source_of
    from kairos_tui.runtime.tap import TapPlan
    from kairos_tui.runtime.tap import tap as run_tap
    from kairos_tui.sinks import check_since

    within = {"connect_timeout_s": read_duration_s("--connect-timeout", connect_timeout)}
    settings = load_here({**within, "fleet": fleet, "curve": keys}, config=config).settings
    refuse_two_sources(address, fleet)
    source, ring = source_of(address, settings, "tap")
    plan = TapPlan(
        address=source,
        since=check_since(since),
        emit=emitted_of(split_names(emit) or EMITTED),
        connect_timeout_s=settings.connect_timeout_s,
        for_s=read_duration_s("--for", for_time),
        count=count_of(count, once=once),
        quiet=quiet,
    )
    if not source.startswith(ENGINES):
        return run_tap(plan)
    if plan.since != "new":
        raise SettingsInvalid(
            f"--since {since}: an engine keeps nothing; a Redis does: watch --sink redis://…"
        )

    from kairos_tui.runtime.follow import FollowPlan
    from kairos_tui.runtime.tap_bus import tap_bus

    return tap_bus(plan, FollowPlan(address=source, shows="tap", settings=settings, ring=ring))

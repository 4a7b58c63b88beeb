"""sim: serve the simulated exchanges in the foreground, for any Kairos to watch."""

from pathlib import Path
from typing import Annotated

import typer

from kairos_tui.cli.options import ConfigOption, MoodOption, SeedOption, VenuesOption, split_names
from kairos_tui.errors import SettingsInvalid

LEAST_RATE, MOST_RATE = 0.01, 100.0


def sim(
    venues: VenuesOption = None,
    seed: SeedOption = None,
    mood: MoodOption = None,
    rate: Annotated[
        float, typer.Option(metavar="FACTOR", help="How much busier than usual: 2 doubles the updates.")
    ] = 1.0,
    faults: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="What goes wrong when: lost, corrupt, silence, ban and more."),
    ] = None,
    port: Annotated[
        int,
        typer.Option(
            metavar="PORT",
            help="The first exchange's port on loopback; the others follow. Default: any that are free.",
            show_default=False,
        ),
    ] = 0,
    config: ConfigOption = None,
) -> int:
    """Serve the simulated exchanges until Ctrl-C.

    Prints the config that points any Kairos at them."""
    if not LEAST_RATE <= rate <= MOST_RATE:
        raise SettingsInvalid(f"--rate: {rate:g} must be a number from {LEAST_RATE:g} to {MOST_RATE:g}")

    if not 0 <= port <= 65_535:
        raise SettingsInvalid(f"--port: {port} must be a number from 0 to 65535")

    from kairos_tui.cli.here import load_here
    from kairos_tui.cli.names_known import check_simulated
    from kairos_tui.runtime import facts

    loaded = load_here({"venues": split_names(venues), "seed": seed, "mood": mood}, config=config)
    served = loaded.settings.venues if loaded.origins["venues"] != "default" else facts.sim_venues()
    check_simulated(served, loaded.origins["venues"])

    from kairos_tui.runtime.serve_sim import serve_sim

    settings = loaded.settings
    return serve_sim(
        venues=served, seed=settings.seed, mood=settings.mood, rate=rate, faults=faults, port=port
    )

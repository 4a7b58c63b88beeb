"""venues: what can be watched, what proves its books and what it charges, known or asked.

Before it: settings. After it: venues_known, or venues_asked with `--ask`.
"""

from typing import Annotated

import typer

from kairos_tui.cli.options import (
    ConfigOption,
    JsonOption,
    VenuesOption,
    read_duration_s,
    split_names,
)
from kairos_tui.errors import SettingsInvalid

DEFAULT_SYMBOLS = ("BTC/USDT", "BTC/USD")


def venues(
    symbols: Annotated[
        list[str] | None,
        typer.Argument(metavar="SYMBOL...", help="With --ask: markets. Default BTC/USDT and BTC/USD."),
    ] = None,
    ask: Annotated[
        bool, typer.Option("--ask", help="Connect to each over REST: markets, fees, limits, clock.")
    ] = False,
    every: Annotated[bool, typer.Option("--all", help="Every ccxt.pro id, not only the configured.")] = False,
    chosen: VenuesOption = None,
    sim: Annotated[
        bool, typer.Option("--sim", help="With --ask: the built-in simulated exchanges; needs no network.")
    ] = False,
    connect_timeout: Annotated[
        str | None, typer.Option(metavar="TIME", help="With --ask: wait this long at most. Default 20s.")
    ] = None,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """List what can be watched, how well it is verified and what it costs.

    Asks no venue without --ask. Exit code 3 when none of those asked answers."""
    _check_together(symbols, connect_timeout, ask=ask, sim=sim, every=every)

    from kairos_tui.cli.here import load_here
    from kairos_tui.cli.names_known import check_simulated
    from kairos_tui.cli.symbols import read_symbols
    from kairos_tui.runtime import facts
    from kairos_tui.settings import validate_venues

    timeout_s = read_duration_s("--connect-timeout", connect_timeout)
    flags = {"venues": split_names(chosen), "connect_timeout_s": timeout_s}
    loaded = load_here(flags, config=config)
    validate_venues(loaded.settings, facts.known_venues(), origins=loaded.origins)
    if ask:
        if sim:
            check_simulated(loaded.settings.venues, loaded.origins["venues"])
        groups = read_symbols(symbols or DEFAULT_SYMBOLS, loaded.settings.quotes)

        from kairos_tui.cli.venues_asked import say_asked

        wanted = tuple(dict.fromkeys(symbol for group in groups for symbol in group))
        say_asked(loaded, wanted, sim=sim, as_json=as_json)
        return

    from kairos_tui.cli.venues_known import say_known

    say_known(loaded, every=every, as_json=as_json)


def _check_together(
    symbols: list[str] | None, connect_timeout: str | None, *, ask: bool, sim: bool, every: bool
) -> None:
    """Raises SettingsInvalid for what only means something with `--ask`, or nothing with it."""
    if ask and every:
        raise SettingsInvalid("--ask asks the configured venues: name others with --venues, not --all")
    if ask:
        return
    for given, what in ((symbols, "a symbol"), (sim, "--sim"), (connect_timeout, "--connect-timeout")):
        if given:
            raise SettingsInvalid(f"{what} needs --ask, as in: kairos venues --ask BTC/USDT")

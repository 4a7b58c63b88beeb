"""start_station: flags that were read -> settings, symbols -> what a role of a fleet is asked to do.

Before it: engine, ingest. After it: runtime's stations. Says what can be wrong first.
"""

import logging
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kairos_tui.runtime.station import StationAsked


def read_station(
    symbols: Sequence[str],
    flags: Mapping[str, object],
    *,
    config: str | None,
    sim: bool,
    log_to: str | None,
    quiet: bool,
    verbose: int,
) -> "StationAsked":
    """Raises SettingsInvalid, ThemeInvalid, ExtraMissing."""
    from kairos_tui.cli.extras import check_extras
    from kairos_tui.cli.here import load_here
    from kairos_tui.cli.names_known import check_names
    from kairos_tui.cli.symbols import MOST_OF_A_FLEET, read_symbols
    from kairos_tui.runtime.log_file import log_place
    from kairos_tui.runtime.station import StationAsked

    loaded = load_here(flags, config=config)
    wanted = read_symbols(symbols, loaded.settings.quotes, MOST_OF_A_FLEET)
    check_names(loaded, sim=False)
    check_extras(loaded)
    return StationAsked(
        settings=loaded.settings,
        symbols=tuple(dict.fromkeys(symbol for group in wanted for symbol in group)),
        feed="sim" if sim or loaded.settings.is_simulated else "live",
        log_to=log_place(log_to) if log_to is not None else "",
        log_level=logging.INFO if verbose else logging.WARNING,
        quiet=quiet or log_to == "stderr",  # all that is said is in the log, and lines of JSON stay alone
    )

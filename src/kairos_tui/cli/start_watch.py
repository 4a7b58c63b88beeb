"""start_watch: flags that were read -> settings, symbols -> runtime's launcher. Says what can be wrong first.

Before it: watch, record. After it: runtime.
"""

import os
from collections.abc import Mapping, Sequence
from typing import Any

from kairos_tui.cli.output import Output
from kairos_tui.cli.say import say_error


def start_watch(
    symbols: Sequence[str],
    flags: Mapping[str, object],
    *,
    sim: bool,
    config: str | None,
    output: Output,
    emit: frozenset[str] | None = None,
    for_s: float | None = None,
    count: int | None = None,
    view: Mapping[str, Any] | None = None,
    quiet: bool = False,
    verbose: int = 0,
    debug: bool = False,
) -> int:
    """Watch until it is over; the exit code. Raises SettingsInvalid before anything is started.

    `emit` None: signals, venues, and on paper what became of the signals.
    """
    from kairos_tui.cli.extras import check_extras
    from kairos_tui.cli.here import load_here
    from kairos_tui.cli.names_known import check_muted, check_names, keep_simulated_symbols
    from kairos_tui.cli.paper_check import check_paper, emitted_by
    from kairos_tui.cli.symbols import read_symbols

    loaded = load_here(flags, config=config)
    wanted = read_symbols(symbols, loaded.settings.quotes)
    check_names(loaded, sim=sim)
    check_muted((view or {}).get("mute", ()), loaded.settings.venues)
    check_extras(loaded)
    check_paper(loaded, [symbol for group in wanted for symbol in group], emit)
    if sim:
        wanted = keep_simulated_symbols(wanted, loaded.settings.venues)

    from kairos_tui.runtime.in_force import in_force
    from kairos_tui.runtime.launcher import watch as run_watch
    from kairos_tui.runtime.leaving import WatchPlan
    from kairos_tui.runtime.open_files import files_wanted, make_room

    known = [symbol for group in wanted for symbol in group]
    too_few = make_room(files_wanted(loaded.settings, known, sim=sim))
    if too_few:
        say_error(f"warning: {too_few}")

    return run_watch(
        WatchPlan(
            settings=loaded.settings,
            groups=wanted,
            sim=sim,
            output=output,
            emit=emit or emitted_by(loaded.settings),
            for_s=for_s,
            count=count,
            quiet=quiet,
            verbose=verbose,
            debug=debug,
            config=config,
            in_force=in_force(loaded, os.environ, view=view),
        )
    )

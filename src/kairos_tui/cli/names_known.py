"""names_known: whether the venues and the theme that settings name exist, before anything starts.

Used by watch, sim, venues and config validate; runtime.facts knows the lists.
"""

from pathlib import Path

from kairos_tui.errors import SettingsInvalid, ThemeInvalid
from kairos_tui.runtime import facts
from kairos_tui.settings import Loaded, nearest, quoted, validate_venues


def check_names(loaded: Loaded, *, sim: bool) -> None:
    """Raises SettingsInvalid or ThemeInvalid, naming where the wrong name stands."""
    validate_venues(loaded.settings, facts.known_venues(), origins=loaded.origins)
    if sim:
        check_simulated(loaded.settings.venues, loaded.origins["venues"])
    check_theme_name(loaded.settings.theme, loaded.origins["theme"])


def check_simulated(venues: tuple[str, ...], place: str) -> None:
    """Every venue must have a simulated exchange."""
    served = facts.sim_venues()
    for venue in venues:
        if venue not in served:
            near = nearest(venue, served) or f" (there are {', '.join(served)})"
            raise SettingsInvalid(f"{place}: {quoted(venue)} has no simulated exchange{near}")


def check_simulated_symbols(symbols: tuple[str, ...], venues: tuple[str, ...]) -> None:
    """Every symbol must be listed by a simulated exchange; a real venue is asked when it answers."""
    listed = facts.sim_symbols(venues)
    for symbol in symbols:
        if symbol not in listed:
            near = nearest(symbol, listed) or f" (there are {', '.join(listed)})"
            raise SettingsInvalid(f"{quoted(symbol)} is not listed on simulated {', '.join(venues)}{near}")


def check_theme_name(theme: str, place: str) -> None:
    """A path must be readable as a theme; a name must be on the list."""
    if "/" in theme or theme.endswith(".toml"):
        if not Path(theme).expanduser().is_file():
            raise ThemeInvalid(f"{place}: no theme file {quoted(theme)}")
        facts.theme_check(theme)
        return
    names = [name for name, _, _ in facts.theme_list()]
    if theme not in names:
        raise ThemeInvalid(f"{place}: no theme {quoted(theme)}{nearest(theme, names)}")

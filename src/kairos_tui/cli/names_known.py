"""names_known: whether the venues, theme, sinks and keys that settings name exist, before anything starts.

Used by watch, sim, venues and config validate; runtime.facts knows the lists.
"""

from pathlib import Path

from kairos_tui.cli.symbols import Groups
from kairos_tui.errors import SettingsInvalid, ThemeInvalid
from kairos_tui.runtime import facts
from kairos_tui.settings import Loaded, nearest, quoted, validate_venues


def check_names(loaded: Loaded, *, sim: bool) -> None:
    """Raises SettingsInvalid or ThemeInvalid, naming where the wrong name stands."""
    validate_venues(loaded.settings, facts.known_venues(), origins=loaded.origins)
    if sim:
        check_simulated(loaded.settings.venues, loaded.origins["venues"])
    check_theme_name(loaded.settings.theme, loaded.origins["theme"])
    check_sinks(loaded.settings.sinks, loaded.origins["sinks"])
    check_keys(loaded)


def check_keys(loaded: Loaded) -> None:
    """Every action and key of the keymap must exist, and no key may be given twice."""
    facts.key_clashes(loaded.settings, loaded.origins)


def check_sinks(urls: tuple[str, ...], place: str) -> None:
    """Every sink's URL must be one that could work."""
    for url in urls:
        try:
            facts.check_sink(url)
        except SettingsInvalid as error:
            raise SettingsInvalid(f"{place}: {error}") from error


def check_simulated(venues: tuple[str, ...], place: str) -> None:
    """Every venue must have a simulated exchange."""
    served = facts.sim_venues()
    for venue in venues:
        if venue not in served:
            near = nearest(venue, served) or f" (there are {', '.join(served)})"
            raise SettingsInvalid(f"{place}: {quoted(venue)} has no simulated exchange{near}")


def keep_simulated_symbols(groups: Groups, venues: tuple[str, ...]) -> Groups:
    """What of each group a simulated exchange lists; at least one must be. Real venues are asked later."""
    listed = facts.sim_symbols(venues)
    kept = tuple(tuple(symbol for symbol in group if symbol in listed) for group in groups)
    for group, left in zip(groups, kept, strict=True):
        if not left:
            near = nearest(group[0], listed) or f" (there are {', '.join(listed)})"
            raise SettingsInvalid(f"{quoted(group[0])} is not listed on simulated {', '.join(venues)}{near}")
    return kept


def check_muted(muted: tuple[str, ...], venues: tuple[str, ...]) -> None:
    """A venue that begins muted must be watched."""
    for venue in muted:
        if venue not in venues:
            near = nearest(venue, venues) or f" (there are {', '.join(venues)})"
            raise SettingsInvalid(f"--mute: no venue {quoted(venue)} is watched{near}")


def check_theme_name(theme: str, place: str) -> None:
    """It must be there, and be readable as a theme."""
    check_theme_exists(theme, place)
    facts.check_readable(theme)


def check_theme_exists(theme: str, place: str) -> None:
    """A name must be on the list, a path a file."""
    if "/" in theme or theme.endswith(".toml"):
        if not Path(theme).expanduser().exists():
            raise ThemeInvalid(f"{place}: no theme file {quoted(theme)}")
        return
    names = [name for name, _, _ in facts.theme_list()]
    if theme.removeprefix("kairos-") not in names:
        raise ThemeInvalid(f"{place}: no theme {quoted(theme)}{nearest(theme, names)}")

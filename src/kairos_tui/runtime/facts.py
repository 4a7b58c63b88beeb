"""Facts: the small questions commands ask of rooms, answered without loading anything heavy."""

import os
from collections.abc import Mapping
from pathlib import Path

from kairos_tui.errors import KairosError
from kairos_tui.hud.key_table import KeyRow
from kairos_tui.hud.keymap import Keymap, build_keymap
from kairos_tui.settings import Settings


def known_venues() -> tuple[str, ...]:
    """Every ccxt.pro id, without importing ccxt."""
    from kairos_tui.feeds.venue_ids import known_venues as ids

    return ids()


def sim_venues() -> tuple[str, ...]:
    """The venues that `--sim` can serve."""
    from kairos_tui.sim.listings import all_sim_venues

    return all_sim_venues()


def sim_symbols(venues: tuple[str, ...]) -> tuple[str, ...]:
    """Every symbol that at least one of these simulated venues lists."""
    from kairos_tui.sim.listings import listings_of

    return tuple(dict.fromkeys(row.symbol for venue in venues for row in listings_of(venue).values()))


def line_schema(type_name: str | None) -> dict[str, object]:
    """The JSON Schema of every line, of one type, or of a `report`. Raises SettingsInvalid for another."""
    if type_name == "report":
        from kairos_tui.runtime.offline import report_schema

        return report_schema()
    from kairos_tui.sinks import schema

    return schema(type_name)


def check_sink(url: str) -> None:
    """Whether a sink could be opened at this URL, by its text. Raises SettingsInvalid, naming no secret."""
    from kairos_tui.sinks import check_url

    check_url(url)


def sink_ready(url: str) -> Path | None:
    """Whether a sink could be opened here, as far as one can tell without that; of a file, its path.

    Raises what opening it would raise: a command that is not there, a secret that cannot be read.
    """
    from kairos_tui.sinks import open_sink, read_url
    from kairos_tui.sinks.to_file import path_of

    read = read_url(url)
    if read.scheme == "file":
        return path_of(read)
    open_sink(read)
    return None


def sink_shown(url: str) -> str:
    """A sink's URL without what is secret in it."""
    from kairos_tui.sinks import without_secrets

    return without_secrets(url)


def theme_list() -> list[tuple[str, str, str]]:
    """(name, path, what it is or what is wrong with it) of every theme found, the one that wins first."""
    from kairos_tui.hud.themes import list_themes, theme_folders

    entries = list_themes(theme_folders())
    return [(entry.name, str(entry.path), entry.problem or entry.summary) for entry in entries]


def terminal_reach() -> tuple[str, str]:
    """How many colours and which glyphs the HUD would draw with on this terminal, as Settings name them."""
    from kairos_tui.hud.reach import find_reach

    reach = find_reach(os.environ)
    return reach.depth, reach.glyphs


def theme_findings(name_or_path: str | None = None) -> list[tuple[str, list[str]]]:
    """(name, what is wrong with it, one sentence each) of that theme, or of every one; none = fit.

    Raises ThemeInvalid where no theme has that name. One that cannot be read has that as its only finding.
    """
    from kairos_tui.errors import ThemeInvalid
    from kairos_tui.hud.theme_lint import check_theme
    from kairos_tui.hud.themes import list_themes, load_theme, theme_folders

    search = theme_folders()
    if name_or_path is None:
        entries = list_themes(search)
        return [
            (entry.name, check_theme(entry.theme) if entry.theme is not None else [entry.problem or ""])
            for entry in entries
        ]
    try:
        return [(name_or_path, check_theme(load_theme(name_or_path, search)))]
    except ThemeInvalid as problem:
        return [(name_or_path, [str(problem)])]


def check_readable(name_or_path: str) -> None:
    """Whether a theme can be drawn with at all. Raises ThemeInvalid, naming file and line."""
    from kairos_tui.hud.themes import load_theme, theme_folders

    load_theme(name_or_path, theme_folders())


def view_choices() -> dict[str, tuple[str, ...]]:
    """What may stand after the options that say how the HUD is to begin, by their name."""
    from kairos_tui.hud.first_view import CHOICES

    return CHOICES


def filter_problem(text: str) -> str | None:
    """What is wrong with a filter of the HUD, None: nothing."""
    from kairos_tui.hud.first_view import filter_problem as problem

    return problem(text)


def key_clashes(settings: Settings, origins: Mapping[str, str]) -> tuple[str, ...]:
    """Keys that the user's own took from other actions, a sentence each.

    Raises SettingsInvalid, naming where it stands, for an unknown action or key, and for a key given twice.
    """
    return _keymap(settings, origins).clashes


def key_rows(settings: Settings, origins: Mapping[str, str]) -> list[KeyRow]:
    """Every action of the HUD with its keys and who gave them. Raises as key_clashes."""
    from kairos_tui.hud.key_table import key_rows as rows

    return rows(_keymap(settings, origins))


def key_markdown(settings: Settings, origins: Mapping[str, str]) -> str:
    """The keys in force as a table for a README. Raises as key_clashes."""
    from kairos_tui.hud.key_table import key_markdown as markdown

    return markdown(_keymap(settings, origins))


def _keymap(settings: Settings, origins: Mapping[str, str]) -> Keymap:
    places = {name: origins[f"keys.{name}"] for name in settings.keys}
    return build_keymap(settings.keymap, settings.keys, places)


def ipc_dir_problem() -> str | None:
    """Why the private directory for sockets cannot be made, or None."""
    from kairos_tui.wire import private_folder

    try:
        with private_folder():
            return None
    except (OSError, KairosError) as error:
        return str(error)

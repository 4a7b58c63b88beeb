"""Themes: where theme files are looked for, which there are, and one of them by name. No Textual here.

Before it: theme_file. After it: wardrobe (what the keys turn through), `kairos themes`.
"""

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from msgspec import Struct

from kairos_tui.errors import ThemeInvalid
from kairos_tui.hud.theme import Theme
from kairos_tui.hud.theme_file import nearest, read_theme

_MOST_ANCESTORS: Final = 4


class ThemeEntry(Struct, frozen=True):
    """One theme file; `theme` is None where `problem` says why it cannot be drawn with."""

    name: str
    path: Path
    theme: Theme | None = None
    problem: str | None = None

    @property
    def summary(self) -> str:
        """What the theme says of itself."""
        return self.theme.summary if self.theme is not None else ""


def theme_folders(environ: Mapping[str, str] = os.environ) -> tuple[Path, ...]:
    """Where themes are looked for: the user's folder, then the packaged one."""
    config = environ.get("XDG_CONFIG_HOME") or str(Path(environ.get("HOME", "~")).expanduser() / ".config")
    package = Path(__file__).resolve().parent.parent
    packaged = package / "themes"
    source = package.parents[1] / "themes"
    return Path(config) / "kairos" / "themes", packaged if packaged.is_dir() else source


def load_theme(name_or_path: str, search: Sequence[Path]) -> Theme:
    """The theme of that name, or in that file. ThemeInvalid names file, line, key and the nearest valid."""
    if is_path(name_or_path):
        return _read(Path(name_or_path).expanduser(), search, depth=0)
    return _read(_find(name_or_path, search), search, depth=0)


def is_path(name_or_path: str) -> bool:
    """Whether a file is meant, not a name."""
    return name_or_path.endswith(".toml") or "/" in name_or_path


def list_themes(search: Sequence[Path]) -> tuple[ThemeEntry, ...]:
    """Every theme file found, the first of a name winning, in order of search then of name."""
    found: dict[str, ThemeEntry] = {}
    for path in theme_files(search):
        entry = read_entry(path, search)
        found.setdefault(entry.name, entry)
    return tuple(found.values())


def read_entry(path: Path, search: Sequence[Path]) -> ThemeEntry:
    """One file, whether it can be drawn with or not."""
    try:
        theme = _read(path, search, depth=0)
    except ThemeInvalid as problem:
        return ThemeEntry(path.stem, path, problem=str(problem))
    return ThemeEntry(theme.title, path, theme)


def theme_files(search: Sequence[Path]) -> list[Path]:
    """The files of those folders, in order of search then of name; a folder that may not be read has none."""
    found = []
    for folder in search:
        with suppress(OSError):
            found += sorted(folder.glob("*.toml"))
    return found


def _find(name: str, search: Sequence[Path]) -> Path:
    by_name = {entry.name: entry.path for entry in list_themes(search)}
    short = name.removeprefix("kairos-")
    if short not in by_name:
        raise ThemeInvalid(f"no theme is called {name!r}; {nearest(short, by_name)}")
    return by_name[short]


def _read(path: Path, search: Sequence[Path], *, depth: int) -> Theme:
    def parent_of(name: str) -> Theme:
        if depth >= _MOST_ANCESTORS:
            raise LookupError("inherits goes deeper than four themes")
        for candidate in theme_files(search):
            if candidate.stem == name.removeprefix("kairos-") and candidate != path:
                return _read(candidate, search, depth=depth + 1)
        if name.removeprefix("kairos-") == path.stem:
            raise LookupError(f"inherits {name!r}, which is itself")
        stems = tuple(candidate.stem for candidate in theme_files(search) if candidate != path)
        raise LookupError(f"inherits {name!r}, which is not a theme; {nearest(name, stems)}")

    return read_theme(path, parent_of)

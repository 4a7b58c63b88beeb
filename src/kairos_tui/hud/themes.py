"""Themes: TOML files -> Theme, and the checks a theme must pass. No Textual here.

Before it: files under themes/. After it: palette (Theme -> styles), `kairos themes`.
"""

import difflib
import os
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import fields

from kairos_tui.errors import ThemeInvalid
from kairos_tui.hud.colour import VISIONS, contrast, distance, parse_hex

_MOST_BYTES: Final = 256 * 1024
_LEAST_CONTRAST: Final = 4.5
_LEAST_DISTANCE: Final = 20.0


class Theme(Struct, frozen=True):
    """Colours as `#rrggbb`. With `colours` False none is used: only bold, dim, underline and reverse."""

    name: str = "kairos-neon"
    dark: bool = True
    colours: bool = True
    primary: str = "#00f0ff"
    secondary: str = "#ff2bd6"
    accent: str = "#ffe600"
    background: str = "#05070f"
    surface: str = "#0a0f1e"
    foreground: str = "#d7e6ff"
    muted: str = "#7d8fb3"
    border: str = "#1f3a5f"
    buy: str = "#2bffa3"
    sell: str = "#ff4d8d"
    lat_fast: str = "#00f0ff"
    lat_slow: str = "#ffb000"
    down: str = "#ff3860"
    warn: str = "#ffb000"
    flash: str = "#ffffff"
    card_edge_a: str = "#ff2bd6"
    card_edge_b: str = "#00f0ff"
    summary: str = ""

    @property
    def title(self) -> str:
        """The short name people type: `neon`."""
        return self.name.removeprefix("kairos-")


class ThemeEntry(Struct, frozen=True):
    """One theme file as `kairos themes list` shows it; `problem` says why it cannot be drawn with."""

    name: str
    path: Path
    summary: str = ""
    problem: str | None = None


_TOP: Final = ("primary", "secondary", "accent", "background", "surface", "foreground")
_VARIABLES: Final = {
    f"k-{name.replace('_', '-')}": name
    for name in (
        "muted", "border", "buy", "sell", "lat_fast", "lat_slow", "down", "warn", "flash",
        "card_edge_a", "card_edge_b",
    )
}  # fmt: skip
_TOP_KEYS: Final = (*_TOP, "name", "dark", "colours", "inherits", "variables", "meta")
_META_KEYS: Final = ("author", "summary")
TEXT_TOKENS: Final = (
    "foreground", "muted", "primary", "secondary", "accent", "buy", "sell", "lat_fast", "lat_slow",
    "down", "warn", "flash",
)  # fmt: skip


def theme_folders(environ: Mapping[str, str] = os.environ) -> tuple[Path, ...]:
    """Where themes are looked for: the user's folder, then the packaged one."""
    config = environ.get("XDG_CONFIG_HOME") or str(Path(environ.get("HOME", "~")).expanduser() / ".config")
    package = Path(__file__).resolve().parent.parent
    packaged = package / "themes"
    return Path(config) / "kairos" / "themes", packaged if packaged.is_dir() else package.parents[
        1
    ] / "themes"


def load_theme(name_or_path: str, search: Sequence[Path]) -> Theme:
    """The theme of that name, or in that file. ThemeInvalid names file, key and the nearest valid one."""
    if name_or_path.endswith(".toml") or "/" in name_or_path:
        return _read(Path(name_or_path).expanduser(), search, depth=0)
    return _read(_find(name_or_path, search), search, depth=0)


def list_themes(search: Sequence[Path]) -> tuple[ThemeEntry, ...]:
    """Every theme file found, the first of a name winning, in order of search then of name."""
    found: dict[str, ThemeEntry] = {}
    for path in _files(search):
        try:
            theme = _read(path, search, depth=0)
        except ThemeInvalid as problem:
            found.setdefault(path.stem, ThemeEntry(path.stem, path, problem=str(problem)))
        else:
            found.setdefault(theme.title, ThemeEntry(theme.title, path, theme.summary))
    return tuple(found.values())


def check_theme(theme: Theme) -> list[str]:
    """What is wrong with it: text too faint to read, buy and sell alike to some eyes. Empty = good."""
    if not theme.colours:
        return []  # every meaning has a glyph or a sign; attributes cannot be confused by any vision
    problems = []
    for token in TEXT_TOKENS:
        ratio = contrast(getattr(theme, token), theme.background)
        if ratio < _LEAST_CONTRAST:
            problems.append(
                f"{token} has contrast {ratio:.1f}:1 on the background; at least 4.5:1 is readable"
            )
    for vision in VISIONS:
        apart = distance(theme.buy, theme.sell, vision=vision)
        if apart < _LEAST_DISTANCE:
            problems.append(f"buy and sell are {apart:.0f} apart to {vision} vision; at least 20 is distinct")
    return problems


def _files(search: Sequence[Path]) -> list[Path]:
    return [path for folder in search if folder.is_dir() for path in sorted(folder.glob("*.toml"))]


def _find(name: str, search: Sequence[Path]) -> Path:
    entries = list_themes(search)
    by_name = {entry.name: entry.path for entry in entries}
    short = name.removeprefix("kairos-")
    if short not in by_name:
        raise ThemeInvalid(f"no theme is called {name!r}; {_nearest(short, tuple(by_name))}")
    return by_name[short]


def _read(path: Path, search: Sequence[Path], *, depth: int) -> Theme:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise ThemeInvalid(f"{path}: larger than 256 KiB")
        table = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ThemeInvalid(f"{path}: {getattr(error, 'strerror', None) or 'not UTF-8 text'}") from error
    except tomllib.TOMLDecodeError as error:
        raise ThemeInvalid(f"{path}: {error}") from error
    return _build(table, path, search, depth=depth)


def _build(table: dict[str, Any], path: Path, search: Sequence[Path], *, depth: int) -> Theme:
    _refuse_unknown(table, _TOP_KEYS, path, "the theme")
    variables, meta = (_section(table, name, path) for name in ("variables", "meta"))
    _refuse_unknown(variables, tuple(_VARIABLES), path, "[variables]")
    _refuse_unknown(meta, _META_KEYS, path, "[meta]")
    start = _parent(table.get("inherits"), path, search, depth)
    values = {field.name: getattr(start, field.name) for field in fields(Theme)}
    values["name"] = _text(table.get("name", path.stem), "name", path)
    values["summary"] = _text(meta.get("summary", ""), "meta.summary", path)
    for key in ("dark", "colours"):
        if not isinstance(table.get(key, True), bool):
            raise ThemeInvalid(f"{path}: {key} must be true or false")
        values[key] = table.get(key, values[key])
    values |= {key: _colour(table[key], key, path) for key in _TOP if key in table}
    values |= {_VARIABLES[key]: _colour(value, key, path) for key, value in variables.items()}
    return Theme(**values)


def _parent(name: object, path: Path, search: Sequence[Path], depth: int) -> Theme:
    if name is None:
        return Theme()
    if depth >= 4:
        raise ThemeInvalid(f"{path}: inherits goes deeper than four themes")
    for candidate in _files(search):
        if candidate.stem == str(name).removeprefix("kairos-") and candidate != path:
            return _read(candidate, search, depth=depth + 1)
    stems = tuple(candidate.stem for candidate in _files(search))
    raise ThemeInvalid(f"{path}: inherits {name!r}, which is not a theme; {_nearest(str(name), stems)}")


def _section(table: dict[str, Any], name: str, path: Path) -> dict[str, Any]:
    section = table.get(name, {})
    if not isinstance(section, dict):
        raise ThemeInvalid(f"{path}: {name} must be a table")
    return section


def _refuse_unknown(table: dict[str, Any], known: tuple[str, ...], path: Path, place: str) -> None:
    for key in table:
        if key not in known:
            raise ThemeInvalid(f"{path}: unknown key {key!r} in {place}; {_nearest(key, known)}")


def _text(value: object, key: str, path: Path) -> str:
    if not isinstance(value, str) or len(value) > 200:
        raise ThemeInvalid(f"{path}: {key} must be a short text")
    return value


def _colour(value: object, key: str, path: Path) -> str:
    try:
        parse_hex(str(value))
    except ValueError as error:
        raise ThemeInvalid(f"{path}: {key} = {value!r} is not a colour like #00f0ff") from error
    return str(value).lower()


def _nearest(name: str, known: tuple[str, ...]) -> str:
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.4)
    return f"did you mean {close[0]!r}?" if close else f"known: {', '.join(known) or 'none'}"

"""toml_file: a config file -> its values, each with the line it stands on. Refuses bombs before parsing.

Before it: a path from load. After it: check, value by value.
"""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from kairos_tui.errors import SettingsInvalid
from kairos_tui.settings.toml_depth import MOST_DEPTH, too_deep_at_line

MOST_BYTES = 256 * 1024
_HEADER = re.compile(r"^\s*+\[\[?(?P<path>[^\[\]]++)\]\]?\s*+(?:#.*)?$")
_ENTRY = re.compile(
    r"""^\s*(?P<path>(?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*="""
)
_PART = re.compile(r"""[\w-]+|"[^"]*"|'[^']*'""")
_AT_LINE = re.compile(r"\s*\(at line (?P<line>\d+), column \d+\)$")
_AT_END = " (at end of document)"

Key = tuple[str, ...]
"""A value's path in the file: ("venue", "kraken", "taker_bps")."""


class Given(Struct, frozen=True):
    """One value as somebody gave it, and where. `is_text` marks variables, whose values are all text."""

    key: Key
    value: object
    origin: str
    is_text: bool = False


def read_toml(path: Path) -> list[Given]:
    """Every value of the file in its order. Raises SettingsInvalid, naming file and line."""
    text = _read_text(path)
    line = too_deep_at_line(text)
    if line is not None:
        raise SettingsInvalid(f"{path}:{line}: nested deeper than {MOST_DEPTH}: refused unread")
    try:
        document = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise SettingsInvalid(_syntax_message(path, text, str(error))) from error
    lines = _lines_of_keys(text)
    return [Given(key, value, f"{path}:{_line_of(key, lines)}") for key, value in _flatten(document)]


def _read_text(path: Path) -> str:
    try:
        if path.exists() and not path.is_file():
            raise SettingsInvalid(f"{path}: not a regular file")
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise SettingsInvalid(f"{path}: cannot be read: {error.strerror}") from error
    if len(content) > MOST_BYTES:
        raise SettingsInvalid(f"{path}: larger than {MOST_BYTES // 1024} KiB: refused unread")
    try:
        return content.decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise SettingsInvalid(f"{path}:{line}: not UTF-8") from error


def _syntax_message(path: Path, text: str, message: str) -> str:
    """Where tomllib says that it stopped, as file:line."""
    if at := _AT_LINE.search(message):
        return f"{path}:{at['line']}: not TOML: {message[: at.start()]}"
    if message.endswith(_AT_END):
        line = text.rstrip("\n").count("\n") + 1
        return f"{path}:{line}: not TOML: {message.removesuffix(_AT_END)}"
    return f"{path}: not TOML: {message}"


def _flatten(document: dict[str, object]) -> Iterator[tuple[Key, object]]:
    """Top-level keys, those of `keys` and of the tables in `venue`; empty tables vanish, misshapen stay."""
    for name, value in document.items():
        if name == "keys" and isinstance(value, dict):
            yield from (((name, action), keys) for action, keys in value.items())
            continue
        if name != "venue" or not isinstance(value, dict):
            yield (name,), value
            continue
        for venue, table in value.items():
            if not isinstance(table, dict):
                yield (name, venue), table
                continue
            for key, setting in table.items():
                yield (name, venue, key), setting


def _lines_of_keys(text: str) -> dict[Key, int]:
    """First line of every header and entry. Lines inside multi-line strings are passed over."""
    found: dict[Key, int] = {}
    header: Key = ()
    inside_string = False
    for number, line in enumerate(text.split("\n"), start=1):
        if not inside_string and (match := _HEADER.match(line)):
            header = _parts(match["path"])
            found.setdefault(header, number)
        elif not inside_string and (match := _ENTRY.match(line)):
            found.setdefault(header + _parts(match["path"]), number)
        if (line.count('"""') + line.count("'''")) % 2:
            inside_string = not inside_string
    return found


def _parts(path: str) -> Key:
    return tuple(part.strip("\"'") for part in _PART.findall(path))


def _line_of(key: Key, lines: dict[Key, int]) -> int:
    """The line of the key, else of the nearest thing around or below it (inline or dotted tables)."""
    for end in range(len(key), 0, -1):
        if key[:end] in lines:
            return lines[key[:end]]
    below = [line for path, line in lines.items() if path[: len(key)] == key]
    return min(below, default=1)

"""theme_file: a TOML file -> Theme. Every refusal is one line: file, line, what is wrong, the nearest valid.

Before it: theme, glyph_sets. After it: themes. What is over 256 KiB, or no plain file, is refused unread.
"""

import difflib
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from msgspec.structs import fields

from kairos_tui.errors import ThemeInvalid
from kairos_tui.hud.colour import is_named, parse_hex
from kairos_tui.hud.glyph_sets import REPLACEABLE
from kairos_tui.hud.theme import TOP, VARIABLES, Theme

_MOST_BYTES: Final = 256 * 1024
_SECTIONS: Final = ("variables", "glyphs", "meta")
_KEYS: Final = {
    "": (*TOP, "name", "dark", "colours", "inherits", *_SECTIONS),
    "variables": tuple(VARIABLES),
    "glyphs": tuple(REPLACEABLE),
    "meta": ("author", "summary"),
}
_AT_LINE: Final = re.compile(r" \(at line (?P<line>\d+), column \d+\)")
_AT_END: Final = " (at end of document)"
_HEADER: Final = re.compile(r"\s*\[\s*[\"']?(?P<name>[^\]\"']*?)[\"']?\s*\]")
_ENTRY: Final = re.compile(r"\s*[\"']?(?P<name>[^=\s\"']+)[\"']?\s*=")


def read_theme(path: Path, parent_of: Callable[[str], Theme]) -> Theme:
    """The theme in that file. `parent_of` finds the one it inherits from; its LookupError gets our line."""
    text = _text_of(path)
    try:
        table = tomllib.loads(text)
    except ValueError as error:  # tomllib's own, and int's for a number of thousands of digits
        raise ThemeInvalid(_syntax_problem(path, text, str(error))) from error
    except RecursionError as error:
        raise ThemeInvalid(f"{path}: not TOML: nested too deeply") from error
    return _Reader(path, text, table).build(parent_of)


def nearest(name: str, known: Iterable[str]) -> str:
    """`did you mean 'ember'?`, or everything there is."""
    every = tuple(known)
    close = difflib.get_close_matches(name, every, n=1, cutoff=0.4)
    return f"did you mean {close[0]!r}?" if close else f"known: {', '.join(every) or 'none'}"


class _Reader:
    """One file's table, with the lines its keys stand on."""

    def __init__(self, path: Path, text: str, table: dict[str, Any]) -> None:
        self._path = path
        self._text = text
        self._table = table

    def build(self, parent_of: Callable[[str], Theme]) -> Theme:
        for section in ("", *_SECTIONS):
            self._refuse_unknown(section)
        start = self._parent(parent_of)
        values = {field.name: getattr(start, field.name) for field in fields(Theme)}
        values["name"] = self._short("", "name", self._path.stem)
        values["summary"] = self._short("meta", "summary", "")
        values |= {key: self._truth(key) for key in ("dark", "colours") if key in self._table}
        values |= {key: self._colour("", key) for key in TOP if key in self._table}
        values |= {VARIABLES[key]: self._colour("variables", key) for key in self._section("variables")}
        marks = dict(start.glyphs) | {key: self._glyph(key) for key in self._section("glyphs")}
        return Theme(**values | {"glyphs": tuple(sorted(marks.items()))})

    def _parent(self, parent_of: Callable[[str], Theme]) -> Theme:
        name = self._table.get("inherits")
        if name is None:
            return Theme()
        try:
            return parent_of(str(name))
        except LookupError as problem:
            raise self._wrong("", "inherits", str(problem)) from problem

    def _section(self, name: str) -> dict[str, Any]:
        section = self._table.get(name, {}) if name else self._table
        if not isinstance(section, dict):
            raise self._wrong("", name, f"{name} must be a table")
        return section

    def _refuse_unknown(self, section: str) -> None:
        place = f"[{section}]" if section else "the theme"
        for key in self._section(section):
            if key not in _KEYS[section]:
                near = nearest(key, _KEYS[section])
                raise self._wrong(section, key, f"unknown key {key!r} in {place}; {near}")

    def _short(self, section: str, key: str, default: str) -> str:
        value = self._section(section).get(key, default)
        if (
            not isinstance(value, str)
            or not value.isprintable()
            or len(value) > 200
            or value == "" != default
        ):
            raise self._wrong(section, key, f"{key} must be a short text")
        return value

    def _truth(self, key: str) -> bool:
        value = self._table[key]
        if not isinstance(value, bool):
            raise self._wrong("", key, f"{key} must be true or false")
        return value

    def _colour(self, section: str, key: str) -> str:
        value = str(self._section(section)[key]).lower()
        try:
            if not is_named(value):
                parse_hex(value)
        except ValueError as error:
            said = (
                f"{key} = {value!r} is not a colour like #00f0ff, nor one of the terminal's, like bright_cyan"
            )
            raise self._wrong(section, key, said) from error
        return value

    def _glyph(self, key: str) -> str:
        from rich.cells import cell_len  # the launcher reads themes too, and must not load Rich

        value = self._section("glyphs")[key]
        if not isinstance(value, str) or not value.isprintable() or len(value) != 1 or cell_len(value) != 1:
            raise self._wrong("glyphs", key, f"{key} = {value!r} is not one character of one cell")
        return value

    def _wrong(self, section: str, key: str, said: str) -> ThemeInvalid:
        found = (line for line, *place in _entries(self._text) if place == [section, key])
        line = next(found, None)
        return ThemeInvalid(f"{self._path}{f':{line}' if line else ''}: {said}")


def _entries(text: str) -> Iterator[tuple[int, str, str]]:
    """(line, section, key) of every entry; a header is an entry of the top, by its section's name."""
    section = ""
    for number, line in enumerate(text.split("\n"), start=1):
        if header := _HEADER.match(line):
            section = header["name"]
            yield number, "", section
        elif entry := _ENTRY.match(line):
            yield number, section, entry["name"]


def _text_of(path: Path) -> str:
    try:
        if not path.is_file() and path.exists():  # a pipe would be waited for
            raise ThemeInvalid(f"{path}: not a regular file")
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
    except OSError as error:
        raise ThemeInvalid(f"{path}: cannot be read: {error.strerror}") from error
    if len(content) > _MOST_BYTES:
        raise ThemeInvalid(f"{path}: larger than 256 KiB")
    try:
        return content.decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ThemeInvalid(f"{path}:{line}: not UTF-8 text") from error


def _syntax_problem(path: Path, text: str, message: str) -> str:
    """Where tomllib says that it stopped."""
    at = _AT_LINE.search(message)
    if at:
        return f"{path}:{at['line']}: not TOML: {message[: at.start()]}"
    if message.endswith(_AT_END):
        return f"{path}:{text.rstrip(chr(10)).count(chr(10)) + 1}: not TOML: {message.removesuffix(_AT_END)}"
    return f"{path}: not TOML: {message}"

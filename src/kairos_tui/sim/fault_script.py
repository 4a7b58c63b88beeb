"""Fault script: a TOML file of `[[fault]]` tables -> the faults of a plan. One clear line for a bad one.

    [[fault]]
    at = "5s"               # since the market began; seconds, or "250ms", "5s", "2m", "1h"
    venue = "kraken"
    kind = "lost"           # any of FAULT_KINDS
    market = "BTC/USDT"     # optional: this market only
    rate = 0.01             # optional: a share of the messages
    for = "10m"             # optional: until it ends by itself
    ms = 250                # how late, how old, how far off, how long a ban is
    code = 1012             # of a close, or of a ban: 429, 418
    after = 20              # of a ban: requests a minute that are still answered

After it: SimPlan.faults.
"""

import re
import tomllib
from collections.abc import Callable, Iterable
from pathlib import Path

from kairos_tui.errors import SettingsInvalid
from kairos_tui.sim.fault_orders import FAULT_KINDS, FaultOrder, ScriptedFault, meant, problem_with

MOST_BYTES = 256 * 1024
_LONGEST_LINE = 1_000
_UNIT_S = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3_600.0, "": 1.0}
_SPAN = re.compile(r"(\d{1,9}(?:\.\d{1,6})?)(ms|s|m|h|)")
_HEADER = re.compile(r"[ \t]*\[\[[ \t]*(?:fault|'fault'|\"fault\")[ \t]*\]\]")
_AT_LINE = re.compile(r"\(at line (\d+), column \d+\)$")
_LONGEST_S = 10 * 365 * 86_400.0


def read_fault_script(path: Path, venues: Iterable[str]) -> tuple[ScriptedFault, ...]:
    """Its faults, earliest first. `venues` are those that are served. Raises SettingsInvalid."""
    text = _read(path)
    tables = _tables(path, text)
    lines = [number for number, line in enumerate(text.split("\n"), 1) if _HEADER.match(line)]
    if len(lines) != len(tables):
        raise SettingsInvalid(f"{path}: write each fault as a [[fault]] table of its own")
    known = tuple(venues)
    faults = []
    for line, table in zip(lines, tables, strict=True):
        try:
            faults.append(_fault(table, known))
        except SettingsInvalid as error:
            raise SettingsInvalid(f"{path}:{line}: {error}") from error
    return tuple(sorted(faults, key=lambda fault: fault.at_ns))


def _read(path: Path) -> str:
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
        text = content.decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise SettingsInvalid(f"{path}:{line}: not UTF-8") from error
    # tomllib takes half a minute for a key of ten thousand dots, and no key leaves its line.
    for number, written in enumerate(text.split("\n"), 1):
        if len(written) > _LONGEST_LINE:
            raise SettingsInvalid(f"{path}:{number}: longer than {_LONGEST_LINE} characters: refused unread")
    return text


def _tables(path: Path, text: str) -> list[dict[str, object]]:
    try:
        document = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        at = _AT_LINE.search(str(error))
        where = f"{path}:{at[1]}" if at else f"{path}"
        raise SettingsInvalid(f"{where}: not TOML: {_AT_LINE.sub('', str(error)).strip()}") from error
    for name in document:
        if name != "fault":
            raise SettingsInvalid(f"{path}: unknown {name!r}{meant(name, ['fault'])}: write [[fault]] tables")
    tables = document.get("fault", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise SettingsInvalid(f"{path}: fault must be [[fault]] tables")
    return tables


def _fault(table: dict[str, object], venues: tuple[str, ...]) -> ScriptedFault:
    """Raises SettingsInvalid with what is wrong, but not where."""
    for name in table:
        if name not in _KEYS:
            raise SettingsInvalid(f"unknown key {name!r}{meant(name, _KEYS)}")
    for name in ("at", "venue", "kind"):
        if name not in table:
            raise SettingsInvalid(f"{name} is missing")
    given = {name: _KEYS[name](name, value) for name, value in table.items()}
    at_s, venue, kind = given.pop("at"), str(given.pop("venue")), str(given["kind"])
    if venue not in venues:
        raise SettingsInvalid(f"venue {venue!r} is not served{meant(venue, venues)}")
    if kind not in FAULT_KINDS:
        raise SettingsInvalid(f"unknown kind {kind!r}{meant(kind, FAULT_KINDS)}")
    duration_s = given.pop("for", 0.0)
    order = FaultOrder(duration_s=duration_s, **given)  # type: ignore[arg-type]
    problem = problem_with(order, venue)
    if problem is not None:
        raise SettingsInvalid(problem.replace("duration_s", "for"))
    return ScriptedFault(at_ns=round(float(at_s) * 1e9), venue=venue, order=order)  # type: ignore[arg-type]


def _text(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise SettingsInvalid(f"{name} must be text, not {value!r:.60}")
    return value


def _whole(name: str, value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise SettingsInvalid(f"{name} must be a whole number, not {value!r:.60}")
    return value


def _share(name: str, value: object) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise SettingsInvalid(f"{name} must be a number, not {value!r:.60}")
    return float(value)


def _seconds(name: str, value: object) -> float:
    written = value if isinstance(value, str) else f"{_share(name, value):f}"
    match = _SPAN.fullmatch(written)
    if match is None:
        raise SettingsInvalid(f"{name} must be seconds or like '250ms', '5s', '2m', not {value!r:.60}")
    seconds = float(match[1]) * _UNIT_S[match[2]]
    if seconds > _LONGEST_S:
        raise SettingsInvalid(f"{name} must be at most ten years, not {value!r:.60}")
    return seconds


_KEYS: dict[str, Callable[[str, object], object]] = {
    "at": _seconds,
    "venue": _text,
    "kind": _text,
    "market": _text,
    "rate": _share,
    "for": _seconds,
    "ms": _whole,
    "code": _whole,
    "after": _whole,
}

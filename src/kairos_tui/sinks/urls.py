"""URLs: the text of a `--sink` -> SinkUrl -> an open Sink. Third parties' schemes come by entry point.

Before it: settings. After it: run_sink's courier. Reading imports no sink and no library; opening does.
"""

import re
from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING
from urllib.parse import unquote_plus

from kairos_tui.errors import SettingsInvalid
from kairos_tui.sinks.nearest import nearest
from kairos_tui.sinks.schemes import SCHEMES, Scheme
from kairos_tui.sinks.seam import Sink
from kairos_tui.sinks.sink_url import SinkUrl, without_secrets
from kairos_tui.sinks.url_keys import Key, Value
from kairos_tui.sinks.url_shapes import any_target

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "kairos.sinks"
"""Entry points: name = scheme, value = module:callable taking a SinkUrl and giving a Sink."""

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,31}")
_LONGEST = 4_096
_THIRD_PARTY = Scheme(door="", problem=any_target)
_LIKE_OURS = 0.8
"""How close a receiver's own key may come to one of ours before it is taken for a slip."""

Pair = tuple[str, str, str]
"""As written, key, value."""


def read_url(text: str) -> SinkUrl:
    """Raises SettingsInvalid: what is wrong, and the nearest valid name. Nothing secret is in its text."""
    try:
        return _read(text)
    except ValueError as error:
        shown = without_secrets(text)
        said = repr(shown if len(shown) <= 60 else f"{shown[:57]}...")
        raise SettingsInvalid(f"{said}: {error}") from None


def check_url(text: str) -> None:
    """Whether a sink could be opened there at all; looks at the text alone. Raises SettingsInvalid."""
    read_url(text)


def open_sink(url: SinkUrl) -> Sink:
    """The sink, not yet entered. Raises ExtraMissing or SettingsInvalid when it can never work."""
    if url.scheme in SCHEMES:
        module, _, name = SCHEMES[url.scheme].door.partition(":")
        made: Sink = getattr(import_module(module), name)(url)
        return made
    found = next(each for each in _third_parties() if each.name == url.scheme)
    try:
        door: Callable[[SinkUrl], Sink] = found.load()
    except (ImportError, AttributeError) as error:
        raise SettingsInvalid(f"the sink {url.scheme}: ({found.value}) cannot be loaded: {error}") from error
    return door(url)


def _read(text: str) -> SinkUrl:
    if len(text) > _LONGEST or not text.isprintable():
        raise ValueError(f"a sink's URL is one printable line of at most {_LONGEST} characters")
    scheme_text, colon, rest = text.strip().partition(":")
    scheme = scheme_text.casefold()
    if not colon or not _SCHEME.fullmatch(scheme_text):
        raise ValueError(f"is not a URL like file:lines.jsonl{_schemes_tail(scheme_text)}")
    row = _row_of(scheme)
    target, pairs = _cut_query(rest, row, at_end=scheme == "exec")
    values: dict[str, Value] = {name: key.default for name, key in row.all_keys().items()}
    foreign = _read_pairs(pairs, row.all_keys(), values, row)
    if foreign and row.foreign:
        target += "?" + "&".join(foreign)
    problem = row.problem(target)
    if problem:
        raise ValueError(problem)
    return SinkUrl(scheme, target, values)


def _row_of(scheme: str) -> Scheme:
    if scheme in SCHEMES:
        return SCHEMES[scheme]
    if any(found.name == scheme for found in _third_parties()):
        return _THIRD_PARTY
    raise ValueError(f"no sink takes {scheme}:{_schemes_tail(scheme)}")


def _schemes_tail(wrong: str) -> str:
    schemes = [f"{name}:" for name in (*SCHEMES, *(found.name for found in _third_parties()))]
    return nearest(f"{wrong}:", schemes) or f" (there are {', '.join(schemes)})"


def _third_parties() -> "tuple[EntryPoint, ...]":
    # Loaded when a scheme is not ours: it takes longer than all the rest of a start's checks.
    from importlib.metadata import entry_points

    return tuple(entry_points(group=GROUP))


def _cut_query(rest: str, row: Scheme, *, at_end: bool) -> tuple[str, list[Pair]]:
    """Target and query. A command may hold a `?` of its own: there only known keys make a query."""
    target, mark, query = rest.rpartition("?") if at_end else rest.partition("?")
    if not mark:
        return rest, []
    pairs = [_pair(part) for part in query.split("&") if part]
    if at_end and not (pairs and all(key in row.all_keys() for _, key, _ in pairs)):
        return rest, []
    return target, pairs


def _pair(part: str) -> Pair:
    key, _, value = part.partition("=")
    return part, unquote_plus(key), unquote_plus(value)


def _read_pairs(pairs: list[Pair], keys: dict[str, Key], values: dict[str, Value], row: Scheme) -> list[str]:
    """Fill `values`; what is left over is the receiver's own."""
    seen: set[str] = set()
    left = []
    for written, key, value in pairs:
        if key in seen and not (row.foreign and key not in keys):
            raise ValueError(f"{key[:40]} is given twice")
        seen.add(key)
        if key in keys:
            values[key] = _value(keys[key], key, value)
        elif row is _THIRD_PARTY:
            values[key] = value
        else:
            left.append(_foreign(written, key, keys, row))
    return left


def _value(key: Key, name: str, text: str) -> Value:
    try:
        return key.read(text)
    except ValueError as error:
        raise ValueError(f"{name} {error}") from None


def _foreign(written: str, key: str, keys: dict[str, Key], row: Scheme) -> str:
    near = nearest(key, keys, cutoff=_LIKE_OURS if row.foreign else 0.6)
    if near or not row.foreign:
        there_are = f" (there are {', '.join(keys)})"
        raise ValueError(f"has no key {key[:40]!r}{near or there_are}")
    return written

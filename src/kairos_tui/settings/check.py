"""check: one given value -> the value a knob takes, or SettingsInvalid naming where, which and what is valid.

Before it: toml_file, the environment, flags. After it: load, which lays the layers over each other.
"""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from urllib.parse import urlsplit

import msgspec
from msgspec.inspect import (
    BoolType,
    FloatType,
    IntType,
    LiteralType,
    Metadata,
    NoneType,
    StrType,
    Type,
    UnionType,
    VarTupleType,
    type_info,
)

from kairos_tui.errors import SettingsInvalid
from kairos_tui.settings.addresses import listen_problem, name_problem, origins_problem, token_problem
from kairos_tui.settings.markets import QUOTES, map_problem
from kairos_tui.settings.nearest import nearest, quoted
from kairos_tui.settings.settings import Settings
from kairos_tui.settings.stock import stock_problem
from kairos_tui.settings.toml_file import Given
from kairos_tui.settings.venue_table import VenueTable

VENUE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,31}")
SYMBOL = re.compile(r"[A-Z0-9][A-Z0-9._-]{0,23}/[A-Z0-9][A-Z0-9._-]{0,23}")
_BEFORE_A_URL = r",(?=\s*[A-Za-z][A-Za-z0-9+.-]*:)"

TABLES = ("venue", "keys")
TOP_TYPES = {
    field.encode_name: field.type for field in msgspec.structs.fields(Settings) if field.name not in TABLES
}
TABLE_TYPES = {field.encode_name: field.type for field in msgspec.structs.fields(VenueTable)}


def check(given: Given) -> object:
    """The value in its knob's own type. Raises SettingsInvalid."""
    if given.key[0] == "keys":
        return _keys_of(given)
    knob = _type_of(given)
    try:
        value = msgspec.convert(_from_text(given, knob), knob, strict=not given.is_text)
    except msgspec.ValidationError as error:
        raise _invalid(given, _wanted(knob, given.value)) from error
    if isinstance(value, float) and not math.isfinite(value):
        raise _invalid(given, _wanted(knob, given.value))
    problem = _PROBLEMS.get(given.key[-1], _no_problem)(value)
    if problem is not None:
        raise _invalid(given, problem)
    return _tidy(value)


def unknown(origin: str, name: str, valid: Mapping[str, object], what: str) -> SettingsInvalid:
    """The error for a name that is not on a list."""
    return SettingsInvalid(f"{origin}: {quoted(name)} is not {what}{nearest(name, valid)}")


def _type_of(given: Given) -> object:
    match given.key:
        case (name,) if name in TOP_TYPES:
            return TOP_TYPES[name]
        case ("venue", _, name) if name in TABLE_TYPES:
            return _of_table(given, TABLE_TYPES[name])
        case ("venue",) | ("venue", _):
            raise SettingsInvalid(
                f"{given.origin}: {'.'.join(given.key)} must be a table like [venue.kraken]"
            )
        case ("venue", venue, name):
            raise unknown(given.origin, name, TABLE_TYPES, f"a key of [venue.{venue}]")
        case _:
            raise unknown(given.origin, given.key[-1], {**TOP_TYPES, **dict.fromkeys(TABLES)}, "a setting")


def _keys_of(given: Given) -> tuple[str, ...]:
    """The keys of one action: a text with commas between them, or a list. Whether they exist the HUD says."""
    match given:
        case Given(key=("keys", _), value=str(text)):
            return (
                (text,) if len(text) == 1 else tuple(key for part in text.split(",") if (key := part.strip()))
            )
        case Given(key=("keys", _), value=list(several)) if all(
            isinstance(key, str) and key for key in several
        ):
            return tuple(several)
        case Given(key=("keys", _)):
            raise _invalid(given, 'must be a key like "f5", or a list of keys')
        case _:
            raise SettingsInvalid(f"{given.origin}: keys must be a table: [keys]")


def _of_table(given: Given, knob: object) -> object:
    if not VENUE_NAME.fullmatch(given.key[1]):
        raise SettingsInvalid(f"{given.origin}: {quoted(given.key[1])} cannot name a venue")
    return knob


def _from_text(given: Given, knob: object) -> object:
    """A variable's text, cut at commas when the knob is a list. A sink's URL may hold commas of its own."""
    if given.is_text and isinstance(given.value, str) and isinstance(_shape(knob), VarTupleType):
        comma = _BEFORE_A_URL if given.key == ("sinks",) else ","
        return tuple(part.strip() for part in re.split(comma, given.value) if part.strip())
    return given.value


def _invalid(given: Given, wanted: str) -> SettingsInvalid:
    """A flag or a variable names its key already; a line of a file does not."""
    value = ",".join(given.value) if isinstance(given.value, tuple) else given.value
    match given.origin[:1]:
        case "-":
            said = f"{given.origin} {quoted(value)}"
        case "K" if given.is_text:
            said = f"{given.origin}={quoted(value)}"
        case _:
            said = f"{given.origin}: {'.'.join(given.key)} = {quoted(value)}"
    return SettingsInvalid(f"{said}: {wanted}")


def _shape(knob: object) -> Type:
    """What msgspec knows of a type, its description and its `| None` taken off: no file can say None."""
    info = type_info(knob)
    while isinstance(info, Metadata | UnionType):
        parts = [info.type] if isinstance(info, Metadata) else info.types
        info = next(part for part in parts if not isinstance(part, NoneType))
    return info


def _wanted(knob: object, value: object) -> str:
    """What would have been valid, for the tail of an error line."""
    match _shape(knob):
        case FloatType(ge=low, le=high):
            wanted = f"must be a number from {low:g} to {high:g}"
        case IntType(ge=low, le=high):
            wanted = f"must be a whole number from {low} to {high}"
        case LiteralType(values=values):
            wanted = f"must be one of {', '.join(map(str, values))}{nearest(str(value), map(str, values))}"
        case VarTupleType(item_type=LiteralType(values=values)):
            near = nearest(_first_beside(values, value), map(str, values))
            wanted = f"must be a list out of {', '.join(map(str, values))}{near}"
        case VarTupleType():
            wanted = "must be a list of names"
        case StrType():
            wanted = "must be text"
        case BoolType():
            wanted = "must be true or false"
        case _:
            wanted = "must be a table of text"
    return wanted


def _first_beside(values: Sequence[object], value: object) -> str:
    """The first of a list that is none of the valid values; also of a variable's text."""
    given = value.split(",") if isinstance(value, str) else value if isinstance(value, list | tuple) else ()
    return next((str(each).strip() for each in given if str(each).strip() not in values), "")


def _venues_problem(value: object) -> str | None:
    assert isinstance(value, tuple)
    wrong = next((name for name in value if not VENUE_NAME.fullmatch(name)), None)
    if wrong is not None:
        return f"{quoted(wrong)} cannot name a venue"
    return None if 0 < len(value) <= 64 else "must name between 1 and 64 venues"


def _quotes_problem(value: object) -> str | None:
    assert isinstance(value, tuple)
    wrong = next((name for name in value if name not in QUOTES), None)
    if wrong is not None:
        return f"{quoted(wrong)} is not a quote currency{nearest(wrong, QUOTES)}"
    return None if 0 < len(value) <= 16 else "must name between 1 and 16 currencies"


def _theme_problem(value: object) -> str | None:
    return None if str(value).isprintable() else "must be a theme's name or path"


def _class_problem(value: object) -> str | None:
    return None if VENUE_NAME.fullmatch(str(value)) else "is not a ccxt.pro id"


def _symbols_problem(value: object) -> str | None:
    assert isinstance(value, dict)
    wrong = next((name for pair in value.items() for name in pair if not SYMBOL.fullmatch(name)), None)
    if wrong is not None:
        return f"{quoted(wrong)} is not a symbol like BTC/USDT"
    if len(set(value.values())) < len(value):
        return "two symbols cannot be the same market"
    return next((problem for pair in value.items() if (problem := map_problem(*pair))), None)


def _confirmed_problem(value: object) -> str | None:
    assert isinstance(value, tuple)
    wrong = next((name for name in value if not SYMBOL.fullmatch(name)), None)
    return None if wrong is None else f"{quoted(wrong)} is not a symbol like BTC/USDT"


def _origin_problem(*schemes: str) -> Callable[[object], str | None]:
    """Whether a text is scheme://host[:port] and nothing more."""

    def problem(value: object) -> str | None:
        wanted = f"must be {schemes[0]}://host:port or {schemes[1]}://host:port"
        try:
            parts = urlsplit(str(value))
            whole = f"{parts.scheme}://{parts.netloc}"
            host_only = parts.hostname and parts.port != 0 and "@" not in parts.netloc
        except ValueError:
            return wanted
        return None if host_only and parts.scheme in schemes and str(value) == whole else wanted

    return problem


def _no_problem(_value: object) -> None:
    return None


_PROBLEMS: dict[str, Callable[[object], str | None]] = {
    "venues": _venues_problem,
    "quotes": _quotes_problem,
    "theme": _theme_problem,
    "class": _class_problem,
    "symbols": _symbols_problem,
    "confirmed": _confirmed_problem,
    "origin_rest": _origin_problem("http", "https"),
    "origin_ws": _origin_problem("ws", "wss"),
    "mirror": listen_problem,
    "paper_stock": stock_problem,
    "metrics": listen_problem,
    "health": listen_problem,
    "name": name_problem,
    "mirror_origins": origins_problem,
    "mirror_token": token_problem,
}


def _tidy(value: object) -> object:
    """-0.0 becomes 0.0; a name said twice counts once."""
    if isinstance(value, float):
        return value + 0.0
    return tuple(dict.fromkeys(value)) if isinstance(value, tuple) else value

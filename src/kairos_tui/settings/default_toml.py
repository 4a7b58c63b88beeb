"""default_toml: settings -> TOML that loads back to the same, each key with its sentence."""

import json
from collections.abc import Callable, Mapping

import msgspec

from kairos_tui.settings.check import TABLES
from kairos_tui.settings.settings import Settings
from kairos_tui.settings.venue_table import VenueTable

_OPENING = """\
# Kairos configuration. A key that stays commented keeps its default, also after an upgrade.
# Stronger than this file: KAIROS_* variables (KAIROS_THEME=ember), then flags (--theme ember).
"""
_KEYS = """\
# Keys of your own, by the id that `kairos keys` shows: one, or a list; an empty list takes them away.
#[keys]
# zoom = "f5"
# freeze = ["space", "ctrl+s"]
"""
_EXAMPLE = VenueTable(
    ccxt_class="kraken",
    origin_rest="http://127.0.0.1:8701",
    origin_ws="ws://127.0.0.1:8701",
    simulated=True,
    taker_bps=16.0,
    symbols={"BTC/USD": "BTC/USD"},
    fee_currency="quote",
    confirmed=("BTC/USD",),
    paper_stock="USD=10000,BTC=0.5",
)


def default_toml() -> str:
    """The file `kairos config init` writes: every key with its meaning and its default, commented out."""
    lines = [_OPENING]
    for name, value in _pairs(Settings()):
        lines += [f"# {_meanings(Settings)[name]}", f"#{name} = {_toml(value)}", ""]
    lines += [_KEYS]
    lines += ["# One table per venue that differs from what ccxt says of it.", "#[venue.kraken]"]
    for name, value in _pairs(_EXAMPLE):
        lines.append(f"#{name} = {_toml(value)}  # {_meanings(VenueTable)[name]}")
    return "\n".join(lines) + "\n"


def settings_toml(settings: Settings, origins: Mapping[str, str] | None = None) -> str:
    """All settings as TOML; with `origins`, where each came from as a comment behind it."""
    comment = _origin_comments(origins)
    lines = [f"{name} = {_toml(value)}{comment(name)}" for name, value in _pairs(settings)]
    if settings.keys:
        lines += ["", "[keys]"]
        lines += [
            f"{_toml_key(name)} = {_toml(keys)}{comment(f'keys.{name}')}"
            for name, keys in settings.keys.items()
        ]
    for venue, table in settings.venue.items():
        lines += ["", f"[venue.{_toml_key(venue)}]"]
        for name, value in _pairs(table):
            if value not in (None, {}, ()):
                lines.append(f"{name} = {_toml(value)}{comment(f'venue.{venue}.{name}')}")
    return "\n".join(lines) + "\n"


def settings_rows(settings: Settings, origins: Mapping[str, str]) -> tuple[tuple[str, str, str, str], ...]:
    """(key, value as TOML, origin, meaning) of every setting; keys of tables dotted, those that are given."""
    rows = [(name, value, _meant(Settings, name)) for name, value in _pairs(settings)]
    rows += [(f"keys.{_toml_key(name)}", keys, "a key of your own") for name, keys in settings.keys.items()]
    for venue, table in settings.venue.items():
        rows += [
            (f"venue.{_toml_key(venue)}.{name}", value, _meant(VenueTable, name))
            for name, value in _pairs(table)
            if value not in (None, {}, ())
        ]
    return tuple(
        (name, _toml(value), origins.get(name.replace('"', ""), "default"), meaning)
        for name, value, meaning in rows
    )


def _meant(section: type[Settings | VenueTable], name: str) -> str:
    """The sentence of one knob, without the schema of all, which takes its time."""
    field = next(at.name for at in msgspec.structs.fields(section) if at.encode_name == name)
    metas = getattr(section.__annotations__[field], "__metadata__", ())
    return next((meta.description for meta in metas if meta.description), "")


def _origin_comments(origins: Mapping[str, str] | None) -> Callable[[str], str]:
    if origins is None:
        return lambda _key: ""
    return lambda key: f"  # {json.dumps(origins.get(key, 'default'), ensure_ascii=True)[1:-1]}"


def _pairs(section: Settings | VenueTable) -> list[tuple[str, object]]:
    fields = msgspec.structs.fields(section)
    return [(at.encode_name, getattr(section, at.name)) for at in fields if at.name not in TABLES]


def _meanings(section: type[Settings | VenueTable]) -> dict[str, str]:
    schema = msgspec.json.schema(section)["$defs"][section.__name__]["properties"]
    return {name: str(knob.get("description", "")) for name, knob in schema.items()}


def _toml(value: object) -> str:
    match value:
        case str():
            return json.dumps(value, ensure_ascii=False)
        case tuple():
            return "[" + ", ".join(map(_toml, value)) + "]"
        case dict():
            return "{ " + ", ".join(f"{_toml_key(key)} = {_toml(item)}" for key, item in value.items()) + " }"
        case _:
            return repr(value).lower()  # TOML writes true


def _toml_key(name: str) -> str:
    return name if name.replace("-", "").replace("_", "").isalnum() and name.isascii() else json.dumps(name)

"""load: files, environment and flags laid over the defaults; remembers where each value came from.

Before it: toml_file, check. After it: cli, which hands the frozen Settings to runtime.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec
from msgspec import Struct

from kairos_tui.errors import SettingsInvalid
from kairos_tui.settings.check import TOP_TYPES, check, unknown
from kairos_tui.settings.settings import Settings
from kairos_tui.settings.toml_file import Given, Key, read_toml
from kairos_tui.settings.venue_table import VenueTable

_PREFIX = "KAIROS_"
_KUBERNETES = ("KAIROS_SERVICE_", "KAIROS_PORT")
"""A Kubernetes service named kairos puts these in every pod: they are not ours to judge."""

_FLAGS = {"sinks": "--sink", "paper_latency_ms": "--paper-latency", "reaction_ms": "--reaction"}
"""Flags that are not named like their key."""


class Loaded(Struct, frozen=True):
    """Settings, the origin of each key (`venue.kraken.taker_bps`: "kairos.toml:9"), and the files read."""

    settings: Settings
    origins: dict[str, str]
    files: tuple[Path, ...]


def load_settings(
    *,
    flags: Mapping[str, object],
    env: Mapping[str, str],
    cwd: Path,
    config: Path | Literal["none"] | None,
) -> Loaded:
    """Flags > environment > keys chosen in the HUD > ./kairos.toml > user's config.toml > defaults.

    A flag of None was not given.

    `config` (else KAIROS_CONFIG) replaces all files, or reads none. Every value given anywhere must be
    valid, also one that a stronger layer hides. Raises SettingsInvalid.
    """
    files = _files_to_read(env, cwd, config)
    layers = [_read(path, env) for path in files]
    layers += [_from_environment(env), _from_flags(flags)]
    settled: dict[Key, tuple[object, str, int]] = {}
    for rank, layer in enumerate(layers):
        for given in layer:
            settled[given.key] = (check(given), given.origin, rank)
    _settle_hysteresis(settled)
    _check_origins(settled)
    return Loaded(settings=_build(settled), origins=_origins(settled), files=files)


def config_paths(env: Mapping[str, str], cwd: Path) -> tuple[Path, Path]:
    """The user's file and the folder's file, weakest first, whether they exist or not."""
    home = env.get("XDG_CONFIG_HOME") or str(Path(env.get("HOME") or "~").expanduser() / ".config")
    return Path(home) / "kairos" / "config.toml", cwd / "kairos.toml"


def keys_path(env: Mapping[str, str]) -> Path:
    """Where the HUD keeps the keys that were chosen in it: `[keys]` and nothing else."""
    return config_paths(env, Path())[0].with_name("keys.toml")


def _read(path: Path, env: Mapping[str, str]) -> list[Given]:
    given = read_toml(path)
    others = [each for each in given if each.key[0] != "keys"]
    if others and path == keys_path(env):
        raise SettingsInvalid(
            f"{others[0].origin}: only [keys] stands in this file; the rest is for config.toml"
        )
    return given


def _files_to_read(
    env: Mapping[str, str], cwd: Path, config: Path | Literal["none"] | None
) -> tuple[Path, ...]:
    asked = config if config is not None else env.get("KAIROS_CONFIG") or None
    if asked is None:
        return tuple(path for path in (*config_paths(env, cwd), keys_path(env)) if _exists(path))
    if str(asked) == "none":
        return ()
    path = cwd / Path(asked).expanduser()
    if not _exists(path):
        raise SettingsInvalid(f"{asked}: no such file")
    return (path,)


def _exists(path: Path) -> bool:
    """A folder that may not be searched is an error: settings in it would go unread in silence."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        raise SettingsInvalid(f"{path}: cannot be read: {error.strerror}") from error
    return True


def _from_environment(env: Mapping[str, str]) -> list[Given]:
    given = []
    by_variable = {_PREFIX + name.upper(): name for name in TOP_TYPES}
    for variable, value in env.items():
        if not variable.startswith(_PREFIX) or variable.startswith(_KUBERNETES) or value == "":
            continue
        if variable == "KAIROS_CONFIG":
            continue
        if variable not in by_variable:
            raise unknown(
                "environment", variable, {**by_variable, "KAIROS_CONFIG": ""}, "a variable of Kairos"
            )
        given.append(Given((by_variable[variable],), value, variable, is_text=True))
    return given


def _from_flags(flags: Mapping[str, object]) -> list[Given]:
    return [
        Given((name,), value, _FLAGS.get(name) or "--" + name.removesuffix("_s").replace("_", "-"))
        for name, value in flags.items()
        if value is not None
    ]


def _settle_hysteresis(settled: dict[Key, tuple[object, str, int]]) -> None:
    """A lower min_net_bps from a stronger layer takes close_net_bps down with it; else they must agree."""
    opens, opens_from, opens_rank = settled.get(("min_net_bps",), (Settings().min_net_bps, "default", -1))
    closes, closes_from, closes_rank = settled.get(
        ("close_net_bps",), (Settings().close_net_bps, "default", -1)
    )
    assert isinstance(opens, float)
    assert isinstance(closes, float)
    if closes <= opens:
        return
    if closes_rank >= opens_rank:
        raise SettingsInvalid(
            f"{closes_from}: close_net_bps = {closes:g} is above min_net_bps = {opens:g} ({opens_from}):"
            " a signal would close as it opens"
        )
    settled[("close_net_bps",)] = (opens, f"{opens_from} (not above min_net_bps)", opens_rank)


def _check_origins(settled: Mapping[Key, tuple[object, str, int]]) -> None:
    """A venue is moved whole: else half of its traffic would still go to the real exchange."""
    pairs = (("origin_rest", "origin_ws"), ("origin_ws", "origin_rest"))
    for (_, venue, name), (_, place, _) in ((key, at) for key, at in settled.items() if len(key) == 3):
        other = dict(pairs).get(name, name)
        if ("venue", venue, other) not in settled:
            raise SettingsInvalid(
                f"{place}: [venue.{venue}] has {name} and no {other}:"
                " half of its traffic would go to the real exchange"
            )


def _build(settled: dict[Key, tuple[object, str, int]]) -> Settings:
    top: dict[str, Any] = {"keys": {}}
    tables: dict[str, dict[str, object]] = {}
    for key, (value, _, _) in settled.items():
        if len(key) == 1:
            top[key[0]] = value
        elif key[0] == "keys":
            top["keys"][key[1]] = value
        else:
            tables.setdefault(key[1], {})[key[2]] = value
    venue = {name: msgspec.convert(table, VenueTable) for name, table in tables.items()}
    return Settings(**top, venue=venue)


def _origins(settled: dict[Key, tuple[object, str, int]]) -> dict[str, str]:
    """Every top-level knob, then every key of every table."""
    given = {".".join(key): origin for key, (_, origin, _) in settled.items()}
    return {name: given.get(name, "default") for name in TOP_TYPES} | given

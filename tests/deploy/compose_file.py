"""Compose files as data: variables at their defaults, an override laid on top. Enough rules for ours."""

import re
import shlex
from pathlib import Path
from typing import Any

import yaml

_VARIABLE = re.compile(r"\$\{(?P<name>\w+)(?::(?P<how>[-?])(?P<rest>[^}]*))?\}")


class Replaced:
    """Of an override: in place of what was there, not merged into it. None: it goes."""

    def __init__(self, value: Any) -> None:
        self.value = value


def _override(loader: Any, node: Any) -> Replaced:
    return Replaced(loader.construct_mapping(node, deep=True))


yaml.SafeLoader.add_constructor("!override", _override)
yaml.SafeLoader.add_constructor("!reset", lambda _loader, _node: Replaced(None))


def read_compose(*paths: Path, env: dict[str, str] | None = None) -> dict[str, Any]:
    """The project that the files make together. Raises KeyError where a variable must be given."""
    whole: dict[str, Any] = {}
    for path in paths:
        text = _VARIABLE.sub(lambda found: _value(found, env or {}), path.read_text())
        whole = _laid_on(whole, yaml.safe_load(text))
    return whole


def words_of(service: dict[str, Any]) -> list[str]:
    """What the container is started with."""
    command = service.get("command", [])
    if isinstance(command, list):
        return command
    assert not set(command) & set("<>&|;()`"), f"Compose cuts this off: {command}"
    return shlex.split(command)


def _value(found: re.Match[str], env: dict[str, str]) -> str:
    given = env.get(found["name"], "")
    if found["how"] == "?" and not given:
        raise KeyError(found["name"])
    return given or found["rest"] or ""


def _laid_on(under: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    whole = dict(under)
    for key, value in over.items():
        before = whole.get(key)
        if isinstance(value, Replaced):
            whole[key] = value.value
        elif isinstance(value, dict) and isinstance(before, dict):
            whole[key] = _laid_on(before, value)
        elif isinstance(value, list) and isinstance(before, list) and key != "command":
            whole[key] = [*before, *value]
        else:
            whole[key] = value
    return {key: value for key, value in whole.items() if value is not None}

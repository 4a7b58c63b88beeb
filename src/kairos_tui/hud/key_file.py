"""Key file: keys that were chosen in the HUD: a file of its own, so that nobody's own file is ever rewritten.

Before it: the settings' folder. After it: key_editor. The settings read it as the last of the files.
"""

import json
import os
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

_LARGEST: Final = 256 * 1024
_HEAD: Final = (
    "# Keys chosen in the HUD with :keys; it writes this file anew. `kairos keys` shows what is in force.\n"
)

Own = dict[str, tuple[str, ...]]


def read_keys(path: Path) -> Own:
    """What it says by action; nothing where there is none. Raises ValueError with one line."""
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST + 1)
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise ValueError(f"{path}: {error.strerror}") from error
    if len(content) > _LARGEST:
        raise ValueError(f"{path}: over {_LARGEST} bytes")
    try:
        table = tomllib.loads(content.decode("utf-8")).get("keys", {})
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{path}: {error}") from error
    return _checked(path, table)


def write_keys(path: Path, own: Mapping[str, tuple[str, ...]]) -> None:
    """The whole of it, or nothing; without a key left there is no file. Raises OSError."""
    if not own:
        path.unlink(missing_ok=True)
        return
    rows = [
        f"{action} = {json.dumps(list(keys), ensure_ascii=False)}\n" for action, keys in sorted(own.items())
    ]
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_text(f"{_HEAD}[keys]\n{''.join(rows)}", "utf-8")
        beside.replace(path)
    except OSError:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        raise


def _checked(path: Path, table: object) -> Own:
    own: Own = {}
    for action, keys in table.items() if isinstance(table, dict) else ():
        several = [keys] if isinstance(keys, str) else keys
        if not isinstance(several, list) or not all(isinstance(key, str) for key in several):
            raise ValueError(f"{path}: keys.{action} is no key and no list of keys")
        own[str(action)] = tuple(several)
    return own

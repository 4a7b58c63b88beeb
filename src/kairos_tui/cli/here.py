"""here: this process's environment and folder as arguments of settings. Used by every command."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from kairos_tui.errors import SettingsInvalid
from kairos_tui.settings import Loaded, load_settings


def load_here(flags: Mapping[str, object] | None = None, *, config: str | None = None) -> Loaded:
    """The settings of a command run in this folder, with this environment."""
    return load_settings(flags=flags or {}, env=os.environ, cwd=working_dir(), config=config_choice(config))


def config_choice(text: str | None) -> Path | Literal["none"] | None:
    """What `--config` means."""
    if text is None or text == "none":
        return "none" if text else None
    return Path(text)


def working_dir() -> Path:
    """The working directory; one that was deleted is no reason for a traceback."""
    try:
        return Path.cwd()
    except OSError as error:
        raise SettingsInvalid(f"the working directory cannot be read: {error.strerror}") from error

"""Where themes are looked for: the user's folder, then the package, then the repository of an editable install."""

from collections.abc import Mapping
from pathlib import Path

import kairos_tui


def theme_search(env: Mapping[str, str]) -> tuple[Path, ...]:
    """Folders in the order they win; those that do not exist are harmless."""
    home = Path(env.get("XDG_CONFIG_HOME") or "~/.config").expanduser()
    package = Path(kairos_tui.__file__).parent
    return (home / "kairos" / "themes", package / "themes", package.parents[1] / "themes")

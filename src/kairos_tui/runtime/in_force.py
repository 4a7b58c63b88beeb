"""in_force: the settings a run was started with, as its HUD and `config show` list them: no secret is shown.

Before it: cli, which has loaded them. After it: plans, which carry them.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from msgspec.structs import replace

from kairos_tui.market import Thresholds
from kairos_tui.runtime.plans import InForce, ViewAsked
from kairos_tui.settings import Loaded, Settings, config_paths, keys_path, settings_rows

HIDDEN: Final = "***"
_HUDS_OWN: Final = frozenset(
    {
        "theme", "colours", "glyphs", "reduced_motion", "fps", "alerts", "mouse", "keymap",
        "connect_timeout_s", *Thresholds.__struct_fields__,
    }
)  # fmt: skip
"""What also holds, or is told by the board, where the rest is decided elsewhere or was long ago."""


def in_force(
    loaded: Loaded, env: Mapping[str, str], *, decides: bool = True, view: Mapping[str, Any] | None = None
) -> InForce:
    """What `loaded` came to. `decides` False: a HUD that looks on, or a replay: only what is its own.

    `view` is how the HUD is to begin, as flags say it.
    """
    rows = settings_rows(without_secrets(loaded.settings), loaded.origins)
    if not decides:
        rows = tuple(row for row in rows if row[0] in _HUDS_OWN or row[0].startswith("keys."))
    keys = keys_path(env)
    own = [path for path in loaded.files if path != keys]
    return InForce(
        rows, str(own[-1] if own else config_paths(env, Path())[0]), str(keys), ViewAsked(**(view or {}))
    )


def without_secrets(settings: Settings) -> Settings:
    """The settings as they may be shown: what is secret in a URL, and the mirror's token, are ***."""
    from kairos_tui.runtime.facts import sink_shown

    return replace(
        settings,
        sinks=tuple(map(sink_shown, settings.sinks)),
        fleet=sink_shown(settings.fleet),
        mirror_token=HIDDEN if settings.mirror_token else "",
    )

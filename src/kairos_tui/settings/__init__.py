"""settings: every knob, where its value may come from, and what it refuses.

cli gives flags, environment and folder; runtime reads the frozen `Settings` that comes out.
"""

from kairos_tui.settings.default_toml import default_toml, settings_rows, settings_toml
from kairos_tui.settings.load import Loaded, config_paths, keys_path, load_settings
from kairos_tui.settings.markets import QUOTES, map_problem
from kairos_tui.settings.nearest import nearest, quoted
from kairos_tui.settings.settings import MIRROR_AT, Settings
from kairos_tui.settings.venue_names import validate_venues
from kairos_tui.settings.venue_table import VenueTable

__all__ = [
    "MIRROR_AT",
    "QUOTES",
    "Loaded",
    "Settings",
    "VenueTable",
    "config_paths",
    "default_toml",
    "keys_path",
    "load_settings",
    "map_problem",
    "nearest",
    "quoted",
    "settings_rows",
    "settings_toml",
    "validate_venues",
]

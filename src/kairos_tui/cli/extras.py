"""extras: whether the packages of an optional part that was asked for are installed, before anything starts.

Used by watch and mirror. Nothing is imported for it.
"""

from collections.abc import Callable
from importlib.util import find_spec

from kairos_tui.errors import ExtraMissing
from kairos_tui.settings import Loaded

_NEEDED = {"web": ("socketio", "engineio", "prometheus_client"), "metrics": ("prometheus_client",)}
_ASKED_BY = {"mirror": "web", "metrics": "metrics"}


def check_extras(loaded: Loaded, find: Callable[[str], object | None] = find_spec) -> None:
    """Raises ExtraMissing, with the line that installs what is missing."""
    for name, extra in _ASKED_BY.items():
        missing = any(find(package) is None for package in _NEEDED[extra])
        if getattr(loaded.settings, name) and missing:
            raise ExtraMissing(f"{loaded.origins[name]}: not installed, pip install 'kairos-tui[{extra}]'")

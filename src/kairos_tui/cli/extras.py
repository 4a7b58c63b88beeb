"""extras: whether the packages of an optional part that was asked for are installed, before anything starts.

Used by watch, mirror and export. Nothing is imported for it.
"""

from collections.abc import Callable
from importlib.util import find_spec

from kairos_tui.errors import ExtraMissing
from kairos_tui.settings import Loaded

_NEEDED = {
    "web": ("socketio", "engineio", "prometheus_client"),
    "metrics": ("prometheus_client",),
    "redis": ("redis",),
    "data": ("duckdb",),
}
_ASKED_BY = {"mirror": "web", "metrics": "metrics"}


def check_extras(loaded: Loaded, find: Callable[[str], object | None] = find_spec) -> None:
    """Raises ExtraMissing, with the line that installs what is missing."""
    for name, extra in _ASKED_BY.items():
        if getattr(loaded.settings, name):
            _need(extra, loaded.origins[name], find)
    if any(url.casefold().startswith(("redis:", "rediss:")) for url in loaded.settings.sinks):
        _need("redis", loaded.origins["sinks"], find)


def need_data(place: str, find: Callable[[str], object | None] = find_spec) -> None:
    """Raises ExtraMissing where Parquet cannot be written; `place` is what asked for it."""
    _need("data", place, find)


def _need(extra: str, place: str, find: Callable[[str], object | None]) -> None:
    if any(find(package) is None for package in _NEEDED[extra]):
        raise ExtraMissing(f"{place}: not installed, pip install 'kairos-tui[{extra}]'")

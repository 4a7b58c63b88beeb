"""Venue ids: which ccxt.pro classes exist, read off the disk, because importing ccxt takes a second."""

from importlib.util import find_spec
from pathlib import Path


def known_venues() -> tuple[str, ...]:
    """Every ccxt.pro id, sorted. Empty when ccxt is not installed."""
    spec = find_spec("ccxt")
    if spec is None or spec.origin is None:
        return ()
    folder = Path(spec.origin).parent / "pro"
    return tuple(sorted(path.stem for path in folder.glob("*.py") if not path.stem.startswith("_")))

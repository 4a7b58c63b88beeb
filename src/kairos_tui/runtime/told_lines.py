"""Told lines: a path that somebody typed -> the JSON lines behind it, whatever they are kept in.

Before it: `kairos explain`, `report`, `export`. After it: journal's readers of lines.
"""

from pathlib import Path

from kairos_tui.journal import LineFileSource, Lines
from kairos_tui.runtime.log_file import state_dir

SIGNALS = "signals.jsonl"


def default_journal() -> Path:
    """Where every run leaves its signals."""
    return state_dir() / SIGNALS


def open_lines(path: Path) -> Lines:
    """Raises LinesRefused, with one clear line, for what holds no lines."""
    return LineFileSource(path)

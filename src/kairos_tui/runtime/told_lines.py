"""Told lines: a path that somebody typed -> the JSON lines behind it, whatever they are kept in.

Before it: `kairos explain`, `report`, `export`. After it: journal's readers of lines.
"""

from pathlib import Path

from kairos_tui.journal.lines import LineFileSource, Lines
from kairos_tui.runtime.log_file import state_dir
from kairos_tui.runtime.recorded_lines import RecordedLines

SIGNALS, SEGMENT = "signals.jsonl", ".kzs"


def default_journal() -> Path:
    """Where every run leaves its signals."""
    return state_dir() / SIGNALS


def open_lines(path: Path) -> Lines:
    """Raises LinesRefused or RecordingRefused, with one clear line, for what holds no lines."""
    return RecordedLines(path) if is_recording(path) else LineFileSource(path)


def is_recording(path: Path) -> bool:
    """A folder, or a segment of one by its name."""
    return path.suffix == SEGMENT or path.is_dir()

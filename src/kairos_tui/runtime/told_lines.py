"""Told lines: a path that somebody typed -> the JSON lines behind it, whatever they are kept in.

Before it: `kairos explain`, `report`, `export`. After it: journal's readers of lines.
"""

from pathlib import Path

from kairos_tui.journal.lines import LineFileSource, Lines, RotatedLines
from kairos_tui.runtime.kept_signals import MOST_OLDER, kept_signals_path
from kairos_tui.runtime.recorded_lines import RecordedLines

SEGMENT = ".kzs"


def open_lines(path: Path | None) -> Lines:
    """None: what every run leaves behind. Raises LinesRefused or RecordingRefused, with one clear line."""
    if path is None:
        return RotatedLines(kept_signals_path(), keep=MOST_OLDER)
    return RecordedLines(path) if _is_recording(path) else LineFileSource(path)


def _is_recording(path: Path) -> bool:
    """A folder, or a segment of one by its name."""
    return path.suffix == SEGMENT or path.is_dir()

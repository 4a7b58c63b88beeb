"""KeptSignals: every run's signals, as JSON lines in the state directory, for later: `signals.jsonl`.

Before it: narrator. After it: sinks' line stream and the file that all runs of this user share. On unless
`journal = false`. What ails the file is said once, and holds up nothing.
"""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Final

from kairos_tui.market import FeedKind, Symbol
from kairos_tui.runtime.log_file import has_state_dir, state_dir
from kairos_tui.runtime.recording_place import bytes_said, own_recordings
from kairos_tui.runtime.voice import Voice
from kairos_tui.settings import Settings
from kairos_tui.sinks import FileLane, LineStream, SharedLineFile

log = logging.getLogger(__name__)

_MOST_BYTES: Final = 25_000_000
MOST_OLDER: Final = 3
"""So many older files beside the newest: 100 MB in all."""
_MOST_WAITING: Final = 5_000


def kept_signals_path() -> Path:
    """Where they are kept; `.1` to `.3` behind the name are older."""
    return state_dir() / "signals.jsonl"


class KeptSignals(Voice):
    """A voice that speaks into the file: hello, signals, their markouts, gaps, bye."""

    def __init__(self, run: str, feed: FeedKind, settings: Settings, symbols: tuple[Symbol, ...]) -> None:
        file = SharedLineFile(kept_signals_path(), most_bytes=_MOST_BYTES, keep=MOST_OLDER)
        self._lane = FileLane(file, most_waiting=_MOST_WAITING)
        super().__init__(
            LineStream(self._lane, run=run, feed=feed, most_queued=_MOST_WAITING), settings, symbols
        )
        self._said: str | None = None

    def complain(self, say: Callable[[str], None]) -> None:
        """Say what ails the file, once for each ailment."""
        trouble = self._lane.failure or self._lane.trouble
        if trouble and trouble != self._said:
            self._said = trouble
            log.warning("signals are not kept path=%s reason=%s", kept_signals_path(), trouble)
            say(f"signals are not kept: {kept_signals_path()}: {trouble}")


def what_is_kept() -> str:
    """How much of signals and of recordings lies in the state directory: `12.4 MB of signals, …`."""
    signals = sum(_size(path) for path in state_dir().glob(f"{kept_signals_path().name}*"))
    folders = [path for path in own_recordings().glob("*") if path.is_dir()]
    recorded = sum(_size(path) for folder in folders for path in folder.glob("*"))
    said = [f"{bytes_said(signals)} of signals"] if signals else []
    if folders:
        several = "" if len(folders) == 1 else "s"
        said.append(f"{len(folders)} recording{several} of {bytes_said(recorded)}")
    return ", ".join(said)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:  # removed meanwhile
        return 0


def keep_signals(
    run: str, feed: FeedKind, settings: Settings, symbols: tuple[Symbol, ...]
) -> KeptSignals | None:
    """None where the settings say so, or where there is no state directory to keep them in."""
    if not settings.journal:
        return None
    if not has_state_dir():
        log.warning("signals are not kept reason=%s", "no state directory can be written")
        return None
    return KeptSignals(run, feed, settings, symbols)

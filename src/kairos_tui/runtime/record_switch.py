"""RecordSwitch: where a run records to, as its user said, or as the viewer turns it on and off.

Before it: launcher. After it: the plans of engines to come, an order to those that run, a lock on the folder.
"""

import os
import shlex
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from kairos_tui.errors import RecordingRefused
from kairos_tui.runtime.cast import Cast
from kairos_tui.runtime.recording_place import bytes_said, from_here, new_folder, own_recordings, stamp
from kairos_tui.wire import RecordOrder

_MOST_BESIDE = 100


class Lock(Protocol):
    """What keeps others out of the folder."""

    def release(self) -> None:
        """Let them in."""


class RecordSwitch:
    """Not for use from two threads. `path` is the folder, None while nothing is recorded."""

    def __init__(self, cast: Cast, order: Callable[[RecordOrder], None]) -> None:
        self.path: Path | None = None
        self._cast = cast
        self._order = order
        self._lock: Lock | None = None
        self._given: Path | None = None

    def start(self, wanted: str) -> None:
        """Before any engine starts: a new folder, or nothing. Raises what new_folder raises."""
        if wanted:
            self._given = new_folder(wanted)
            self._begin(self._given)

    def turn(self) -> None:
        """On or off. An engine that cannot record there says so on its board."""
        if self.path is None:
            with suppress(RecordingRefused):
                self._begin(_own_folder(self._cast.run))
        else:
            self._end()
        self._order(RecordOrder(self._cast.record_to))

    def feed_changed(self) -> None:
        """What is recorded so far is of another market: before its engines start, a folder of its own."""
        if self.path is not None:
            before = self.path
            self._end()
            with suppress(RecordingRefused):
                self._begin(_beside(before))
        # Also after an order of the viewer's: the wire tells engines that come back the last one anew.
        self._order(RecordOrder(self._cast.record_to))

    @property
    def summary(self) -> str:
        """What was written, once all engines have ended."""
        from kairos_tui.journal import Recording

        assert self.path is not None
        name = from_here(self.path)
        try:
            written = Recording.open(self.path)
        except RecordingRefused as error:
            return str(error)
        span_s, lost = (written.to_ns - written.from_ns) / 1e9, written.lost
        told = (
            f"{span_s:.1f} s, {bytes_said(written.bytes)}, {f'{lost:,} entries' if lost else 'nothing'} lost"
        )
        return f"{name}: {told}; kairos replay {shlex.quote(name)} shows it again"

    def close(self) -> None:
        """Let others record there."""
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def _begin(self, folder: Path) -> None:
        from kairos_tui.journal import FolderLock  # most runs record nothing, and no HUD waits for it

        self.path, self._cast.record_to = folder, str(folder)
        self._lock = FolderLock(folder, self._cast.run, time.time_ns() // 1_000)

    def _end(self) -> None:
        self.close()
        self.path, self._cast.record_to = None, ""


def _beside(path: Path) -> Path:
    """`btc-sim.kz` for `btc.kz`, or `btc-sim-2.kz`: what is there is another run's."""
    others = [f"-{number}" for number in range(2, _MOST_BESIDE)]
    places = [path.with_name(f"{path.stem}-sim{other}{path.suffix}") for other in ("", *others)]
    return next((place for place in places if not os.path.lexists(place)), places[-1])


def _own_folder(run: str) -> Path:
    folder = own_recordings()
    with suppress(OSError):  # who takes the folder in it says what is wrong
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder / f"{run}-{stamp()}.kz"

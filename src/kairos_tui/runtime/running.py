"""running: the runs of Kairos on this machine, found by their folders, asked for a board each.

Before it: wire. After it: `kairos doctor`, `kairos glance`.
"""

import time
from pathlib import Path
from typing import Final, NamedTuple

from kairos_tui.market import Board
from kairos_tui.wire import Endpoints, Published, SignalReader, Topic, running_folders

_WAIT_MS: Final = 50


class Running(NamedTuple):
    """A run that is still at it; `board` is None when its engine gave none in time."""

    folder: Path
    board: Board | None


def find_running(within_s: float = 1.5) -> list[Running]:
    """This user's runs. A newcomer is told all at once: a sound engine answers in a tenth of a second."""
    readers = {
        folder: SignalReader(Endpoints.signals_in(folder), topics=[Topic.BOARD])
        for folder in running_folders()
    }
    boards: dict[Path, Board] = {}
    deadline_ns = time.monotonic_ns() + int(within_s * 1e9)
    while len(boards) < len(readers) and time.monotonic_ns() < deadline_ns:
        for folder, reader in readers.items():
            for item in reader.drain(_WAIT_MS):
                if isinstance(item, Published) and isinstance(item.body, Board) and item.body.roles:
                    boards[folder] = item.body
    for reader in readers.values():
        reader.close()
    return [Running(folder, boards.get(folder)) for folder in readers]

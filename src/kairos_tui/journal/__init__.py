"""journal: what was told is kept, and can be asked: receipts, the scorecard, tables for other programs.

container is how a recording is kept: what the engine took in and gave out, as bytes and instants. lines reads
JSON lines back; receipts recompute a signal, report scores many, tables turns them into files for others.
written and paint say numbers to people. Only the container is exported here: engines load this room.
"""

from kairos_tui.journal.container import (
    BEGIN,
    END,
    FORMAT,
    Channel,
    Entry,
    FolderLock,
    Header,
    Limits,
    Loss,
    Recorder,
    Recording,
    unpack_loss,
)

__all__ = [
    "BEGIN",
    "END",
    "FORMAT",
    "Channel",
    "Entry",
    "FolderLock",
    "Header",
    "Limits",
    "Loss",
    "Recorder",
    "Recording",
    "unpack_loss",
]

"""journal: what was told is kept, and can be asked: receipts, the scorecard, tables for other programs.

container is how a recording is kept: what the engine took in and gave out, as bytes and instants.
line_source -> stated -> leg_receipt, checks -> receipt -> receipt_text, explain.
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
from kairos_tui.journal.explain import Event, Explained, explain, explained_lines, explained_object
from kairos_tui.journal.line_source import LineFileSource, Lines
from kairos_tui.journal.paint import Paint

__all__ = [
    "BEGIN",
    "END",
    "FORMAT",
    "Channel",
    "Entry",
    "Event",
    "Explained",
    "FolderLock",
    "Header",
    "Limits",
    "LineFileSource",
    "Lines",
    "Loss",
    "Paint",
    "Recorder",
    "Recording",
    "explain",
    "explained_lines",
    "explained_object",
    "unpack_loss",
]

"""journal: what was told is kept, and can be asked: receipts, the scorecard, tables for other programs.

container is how a recording is kept: what the engine took in and gave out, as bytes and instants.
Receipts: line_source -> stated -> leg_receipt, checks -> receipt -> receipt_text, explain.
Scorecards: line_source -> told, told_reader -> scoring -> scorecard -> scorecard_text, scorecard_page.
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
from kairos_tui.journal.scorecard import Scorecard
from kairos_tui.journal.scorecard_page import scorecard_page
from kairos_tui.journal.scorecard_text import scorecard_lines
from kairos_tui.journal.scoring import score
from kairos_tui.journal.told_reader import ToldReader

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
    "Scorecard",
    "ToldReader",
    "explain",
    "explained_lines",
    "explained_object",
    "score",
    "scorecard_lines",
    "scorecard_page",
    "unpack_loss",
]

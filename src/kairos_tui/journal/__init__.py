"""journal: what was told is kept, and can be asked: receipts, the scorecard, tables for other programs.

line_source -> stated -> leg_receipt, checks -> receipt -> receipt_text, explain.
"""

from kairos_tui.journal.explain import Event, Explained, explain, explained_lines, explained_object
from kairos_tui.journal.line_source import LineFileSource, Lines
from kairos_tui.journal.paint import Paint

__all__ = [
    "Event",
    "Explained",
    "LineFileSource",
    "Lines",
    "Paint",
    "explain",
    "explained_lines",
    "explained_object",
]

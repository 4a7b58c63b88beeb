"""Offline: what can be asked of a journal when nothing runs. Opens no socket and starts no process.

Before it: `kairos explain`. After it: journal.
"""

from pathlib import Path

from kairos_tui import journal
from kairos_tui.journal import Event, Explained, explained_lines, explained_object
from kairos_tui.runtime.told_lines import default_journal, open_lines

__all__ = ["explain", "explained_lines", "explained_object"]


def explain(signal_id: str, event: Event | None, path: Path | None) -> Explained:
    """One signal, from `path` or from what every run leaves behind. Raises LinesRefused."""
    return journal.explain(open_lines(path or default_journal()), signal_id, event)

"""Offline: what can be asked of a journal when nothing runs. Opens no socket and starts no process.

Before it: `kairos explain`, `report`, `export`. After it: journal.
"""

import os
from pathlib import Path
from typing import Any

import msgspec

from kairos_tui.errors import LinesRefused
from kairos_tui.journal import receipts
from kairos_tui.journal.lines import ToldReader
from kairos_tui.journal.receipts import Event, Explained, explained_lines, explained_object
from kairos_tui.journal.report import Scorecard, score, scorecard_lines, scorecard_page
from kairos_tui.runtime.told_lines import default_journal, open_lines

__all__ = [
    "explain",
    "explained_lines",
    "explained_object",
    "report",
    "report_object",
    "report_schema",
    "scorecard_lines",
    "write_page",
]


def explain(signal_id: str, event: Event | None, path: Path | None) -> Explained:
    """One signal, from `path` or from what every run leaves behind. Raises LinesRefused."""
    return receipts.explain(open_lines(path or default_journal()), signal_id, event)


def report(path: Path | None) -> Scorecard:
    """The scorecard of a file or a recording, else of what every run leaves behind. Raises LinesRefused."""
    return score(ToldReader(open_lines(path or default_journal())))


def report_object(card: Scorecard) -> Any:  # noqa: ANN401  what json prints
    """The same for programs."""
    return msgspec.to_builtins(card)


def report_schema() -> dict[str, Any]:
    """The JSON Schema of a report."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema"} | msgspec.json.schema(Scorecard)


def write_page(card: Scorecard, path: Path) -> None:
    """One HTML page, put in place whole. Raises LinesRefused where it cannot be written."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_text(scorecard_page(card), encoding="utf-8")
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise LinesRefused(f"--html {path}: {(error.strerror or str(error)).lower()}") from error

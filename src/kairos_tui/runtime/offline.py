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
from kairos_tui.journal.tables import Export, Format, Written, tick_row
from kairos_tui.runtime.recorded_lines import RecordedLines
from kairos_tui.runtime.told_lines import open_lines

__all__ = [
    "Format",
    "explain",
    "explained_lines",
    "explained_object",
    "export",
    "report",
    "report_object",
    "report_schema",
    "scorecard_lines",
    "write_page",
]


def explain(signal_id: str, event: Event | None, path: Path | None) -> Explained:
    """One signal, from `path` or from what every run leaves behind. Raises LinesRefused."""
    return receipts.explain(open_lines(path), signal_id, event)


def report(path: Path | None) -> Scorecard:
    """The scorecard of a file or a recording, else of what every run leaves behind. Raises LinesRefused."""
    return score(ToldReader(open_lines(path)))


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


def export(path: Path | None, folder: Path, form: Format, *, overwrite: bool) -> tuple[Written, ...]:
    """Tables of a file or a recording in `folder`, all or none; ticks where there is a recording.

    Raises LinesRefused, RecordingRefused, ExportRefused.
    """
    lines = open_lines(path)
    recorded = lines if isinstance(lines, RecordedLines) else None
    with Export(folder, form, with_ticks=recorded is not None, overwrite=overwrite) as files:
        for told in ToldReader(lines):
            files.tell(told)
        for header, tick, arrived_us in recorded.ticks() if recorded is not None else ():
            received_us = header.wall_us(tick.received_ns)
            files.tick(tick_row(header.run, header.feed, tick, received_us, arrived_us))
    return files.written

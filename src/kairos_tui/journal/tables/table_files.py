"""Table files: rows -> a file of JSON lines, or of comma-separated values. Memory holds one row.

Before it: rows. After it: exporting, parquet.
"""

import csv
from pathlib import Path
from typing import Protocol

import msgspec

from kairos_tui.journal.tables.columns import Table
from kairos_tui.journal.tables.rows import Cell, Row


class TableFile(Protocol):
    """Write rows, then close."""

    rows: int

    def write(self, row: Row) -> None: ...

    def close(self) -> None: ...


class JsonTable:
    """One object a line, every column in each; levels are lists of pairs."""

    def __init__(self, table: Table, path: Path) -> None:
        self.rows = 0
        self._names = table.names
        self._file = path.open("xb")

    def write(self, row: Row) -> None:
        """One more line."""
        self._file.write(msgspec.json.encode(dict(zip(self._names, row, strict=True))) + b"\n")
        self.rows += 1

    def close(self) -> None:
        """Nothing more is written."""
        self._file.close()


class CsvTable:
    """RFC 4180 with a header, `\\n` at the end of lines; null is an empty cell, levels are JSON."""

    def __init__(self, table: Table, path: Path) -> None:
        self.rows = 0
        self._file = path.open("x", encoding="utf-8", errors="backslashreplace", newline="")
        self._writer = csv.writer(self._file, lineterminator="\n")
        self._writer.writerow(table.names)

    def write(self, row: Row) -> None:
        """One more line."""
        self._writer.writerow([_cell(cell) for cell in row])
        self.rows += 1

    def close(self) -> None:
        """Nothing more is written."""
        self._file.close()


def _cell(cell: Cell) -> str | int | float | None:
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, tuple):
        return msgspec.json.encode(cell).decode()
    # A NUL ends a cell for some readers; no word of ours has one.
    return cell.replace("\0", "") if isinstance(cell, str) else cell

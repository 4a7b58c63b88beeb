"""Exporting: rows into one file a table, all of them put in place at the end, or none.

Before it: rows. After it: `kairos export`. Nothing that is there is written over unless that was asked for.
"""

import os
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from msgspec import Struct

from kairos_tui.errors import ExportRefused
from kairos_tui.journal.lines.told import AnyTold
from kairos_tui.journal.tables.columns import TABLES, TICKS, Table
from kairos_tui.journal.tables.rows import Row, rows_of
from kairos_tui.journal.tables.table_files import CsvTable, JsonTable, TableFile

Format = Literal["parquet", "csv", "jsonl"]


class Written(Struct, frozen=True):
    """One file of an export."""

    table: str
    path: str
    rows: int


class Export:
    """`with Export(...) as export: export.tell(...)`. Left without an error, its files are there."""

    def __init__(self, folder: Path, form: Format, *, with_ticks: bool, overwrite: bool) -> None:
        self._folder, self._form = folder, form
        self._tables = [table for table in TABLES if with_ticks or table is not TICKS]
        self._files: dict[str, TableFile] = {}
        self._overwrite = overwrite
        self._is_new = not folder.exists()
        self.written: tuple[Written, ...] = ()

    def __enter__(self) -> Self:
        there = [self._place(table).name for table in self._tables if os.path.lexists(self._place(table))]
        if there and not self._overwrite:
            raise ExportRefused(f"{self._folder} has {', '.join(there)} already: --force writes over it")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            for table in self._tables:
                self._beside(table).unlink(missing_ok=True)
                kind = JsonTable if self._form == "jsonl" else CsvTable
                self._files[table.name] = kind(table, self._beside(table))
        except OSError as error:
            self._clear()
            raise self._refused(error) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is None:
                self._put_in_place()
        except OSError as wrong:
            raise self._refused(wrong) from wrong
        finally:
            self._clear()
        if isinstance(error, OSError):
            raise self._refused(error) from error

    def tell(self, told: AnyTold) -> None:
        """The rows of one line."""
        for table, row in rows_of(told):
            self._files[table.name].write(row)

    def tick(self, row: Row) -> None:
        """A row of ticks."""
        self._files[TICKS.name].write(row)

    def _put_in_place(self) -> None:
        for file in self._files.values():
            file.close()
        if self._form == "parquet":
            self._make_parquet()
        for table in self._tables:
            self._beside(table).replace(self._place(table))
        self.written = tuple(
            Written(table.name, str(self._place(table)), self._files[table.name].rows)
            for table in self._tables
        )

    def _make_parquet(self) -> None:
        from kairos_tui.journal.tables.parquet import to_parquet

        for table in self._tables:
            values = self._beside(table).with_suffix(".csv")
            self._beside(table).replace(values)
            try:
                to_parquet(table, values, self._beside(table))
            finally:
                values.unlink(missing_ok=True)

    def _place(self, table: Table) -> Path:
        return self._folder / f"{table.name}.{self._form}"

    def _beside(self, table: Table) -> Path:
        """Where it is made: hidden, and no other export's."""
        return self._folder / f".{table.name}.{os.getpid()}.part"

    def _clear(self) -> None:
        for name, file in self._files.items():
            with suppress(OSError):
                file.close()
            with suppress(OSError):
                (self._folder / f".{name}.{os.getpid()}.part").unlink(missing_ok=True)
        if self._is_new and not self.written:
            with suppress(OSError):
                self._folder.rmdir()

    def _refused(self, error: OSError) -> ExportRefused:
        return ExportRefused(f"{self._folder}: {(error.strerror or str(error)).lower()}")

"""Parquet: a table of comma-separated values -> a Parquet file with its types. The one home of duckdb.

Before it: table_files. After it: exporting. Loaded only when Parquet is asked for; duckdb may fetch nothing.
"""

from pathlib import Path

import duckdb

from kairos_tui.journal.tables.columns import Kind, Table

_READ_AS: dict[Kind, str] = {
    "text": "VARCHAR",
    "whole": "BIGINT",
    "number": "DOUBLE",
    "truth": "BOOLEAN",
    "time": "VARCHAR",
    "levels": "VARCHAR",
}
_SEALED: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "threads": 2,
}
_OPTIONS = "header = true, delim = ',', quote = '\"', escape = '\"', nullstr = '', auto_detect = false"


def to_parquet(table: Table, values: Path, path: Path) -> None:
    """Raises OSError where it cannot be written."""
    columns = ", ".join(f"'{name}': '{_READ_AS[kind]}'" for name, kind in table.columns)
    read = f"read_csv({_quoted(values)}, {_OPTIONS}, columns = {{{columns}}}, max_line_size = 16777216)"
    shown = ", ".join(_shown(name, kind) for name, kind in table.columns)
    query = f"COPY (SELECT {shown} FROM {read}) TO {_quoted(path)} (FORMAT parquet, COMPRESSION zstd)"  # noqa: S608
    try:
        with duckdb.connect(config=_SEALED) as connection:
            connection.execute(query)
    except duckdb.Error as error:
        raise OSError(str(error).partition("\n")[0]) from error


def _shown(name: str, kind: Kind) -> str:
    match kind:
        case "time":
            return f"make_timestamp({name}_us) AS {name}"
        case "levels":
            return f"CAST({name} AS DOUBLE[][]) AS {name}"
        case _:
            return name


def _quoted(path: Path) -> str:
    text = str(path).replace("'", "''")
    return f"'{text}'"

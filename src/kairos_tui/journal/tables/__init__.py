"""tables: a journal as files for duckdb, pandas and polars.

columns says what each table has; rows fills them from lines and ticks; table_files writes JSON lines and CSV,
parquet makes Parquet of CSV; exporting does it all, a file at a time in place of none.
"""

from kairos_tui.journal.tables.columns import TABLES, Table
from kairos_tui.journal.tables.exporting import Export, Format, Written
from kairos_tui.journal.tables.rows import tick_row

__all__ = ["TABLES", "Export", "Format", "Table", "Written", "tick_row"]

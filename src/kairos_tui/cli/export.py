"""export: a journal or a recording -> tables for other programs: Parquet, CSV or JSON lines."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from kairos_tui.cli.say import say_rows
from kairos_tui.errors import SettingsInvalid


def export(
    path: Annotated[
        Path | None,
        typer.Argument(
            metavar="[PATH]",
            help="A file of JSON lines, or a recording. Default: the signals that every run leaves behind.",
        ),
    ] = None,
    to: Annotated[
        str, typer.Option("--to", metavar="parquet|csv|jsonl", help="The form of the files.")
    ] = "parquet",
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FOLDER", help="Where they go.")] = Path(
        "kairos-export"
    ),
    force: Annotated[bool, typer.Option("--force", help="Write over tables that are there.")] = False,
) -> None:
    """Write signals, legs, markouts, paper fills, venues and ticks as tables, a file each."""
    form = _read_format(to)
    if form == "parquet":
        from kairos_tui.cli.extras import need_data

        need_data("--to parquet")

    from kairos_tui.runtime import offline

    written = offline.export(path, output, form, overwrite=force)
    say_rows([(each.table, f"{each.rows:,} rows", each.path) for each in written])


def _read_format(text: str) -> Literal["parquet", "csv", "jsonl"]:
    match text:
        case "parquet" | "csv" | "jsonl":
            return text
        case _:
            raise SettingsInvalid(f"--to {text[:20]!r}: must be parquet, csv or jsonl")

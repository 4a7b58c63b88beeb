"""Tables: every column of every row, in all three forms alike; all files or none; nothing written over."""

import csv
import json
import os
from pathlib import Path
from typing import Any

import pytest
from tests.journal.made_journal import MadeRun, made_lines
from tests.journal.made_market import line_of, signals_of

from kairos_tui.errors import ExportRefused, LinesRefused
from kairos_tui.journal.lines import LineFileSource, ToldReader
from kairos_tui.journal.tables import TABLES, Export, Format, tick_row
from kairos_tui.market import PackedTick, Proof, Symbol, Tick, Venue

EVIL = 'a,"b"\n\x1b[2J;=1+1\u202e'


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    run = MadeRun()
    lines = [*made_lines(20), run.venue(EVIL, "down", symbol=None, reason=EVIL)]
    lines += [line_of(signal, number) for number, signal in enumerate(signals_of(5, 200), 1)]
    path = tmp_path / "x.jsonl"
    path.write_bytes(b"\n".join(lines))
    return path


def objects(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_bytes().split(b"\n") if line]


TICK = PackedTick.of(
    Tick(
        Venue("okx"),
        Symbol("BTC/USDT"),
        ((60_000.5, 0.1), (60_000.0, 2.0)),
        ((60_001.0, 1e-8),),
        5,
        6,
        timestamp_ms=1_795_342_351_123,
        nonce=2**63,
        proof=Proof.CHECKSUM,
    )
)


def exported(journal: Path, form: Format, folder: Path, *, overwrite: bool = False) -> dict[str, int]:
    with Export(folder, form, with_ticks=True, overwrite=overwrite) as export:
        for told in ToldReader(LineFileSource(journal)):
            export.tell(told)
        export.tick(tick_row("k7f3", "sim", TICK, 1_795_342_351_123_456, 1_795_342_351_123_999))
    return {written.table: written.rows for written in export.written}


def test_json_has_every_column_in_every_row(journal: Path, tmp_path: Path) -> None:
    counts = exported(journal, "jsonl", tmp_path / "out")

    assert counts["signals"] > 60
    assert counts["legs"] > 60
    assert (counts["markouts"], counts["ticks"]) == (120, 1)
    for table in TABLES:
        rows = objects(tmp_path / "out" / f"{table.name}.jsonl")
        assert len(rows) == counts[table.name]
        assert all(tuple(row) == table.names for row in rows)


def test_what_a_table_says_is_what_the_lines_said(journal: Path, tmp_path: Path) -> None:
    exported(journal, "jsonl", tmp_path / "out")
    lines = objects(journal)
    signals = objects(tmp_path / "out" / "signals.jsonl")
    legs = objects(tmp_path / "out" / "legs.jsonl")

    told = [line for line in lines if line["type"] == "signal"]
    assert len(signals) == len(told)
    for row, line in zip(signals, told, strict=True):
        assert {name: row[name] for name in line if name in row and name != "ts"} == {
            name: value for name, value in line.items() if name in row and name != "ts"
        }
    assert [row["levels"] for row in legs] == [leg["levels"] for line in told for leg in line["legs"]]
    assert signals[-1]["ts"] == "2026-11-22T10:12:31.123456Z"


def test_a_tick_is_a_row(journal: Path, tmp_path: Path) -> None:
    exported(journal, "jsonl", tmp_path / "out")

    assert json.loads((tmp_path / "out" / "ticks.jsonl").read_text()) == {
        "run": "k7f3",
        "feed": "sim",
        "ts": "2026-11-22T10:12:31.123456Z",
        "ts_us": 1_795_342_351_123_456,
        "arrived_us": 1_795_342_351_123_999,
        "venue": "okx",
        "symbol": "BTC/USDT",
        "bid": 60_000.5,
        "bid_size": 0.1,
        "ask": 60_001.0,
        "ask_size": 1e-8,
        "timestamp_ms": 1_795_342_351_123,
        "nonce": None,
        "generation": 0,
        "proof": "checksum",
        "bids": [[60_000.5, 0.1], [60_000.0, 2.0]],
        "asks": [[60_001.0, 1e-8]],
    }


def from_csv(cell: str, kind: str) -> Any:
    if cell == "":
        return None
    match kind:
        case "whole":
            return int(cell)
        case "number":
            return float(cell)
        case "truth":
            return {"true": True, "false": False}[cell]
        case "levels":
            return json.loads(cell)
        case _:
            return cell


def test_comma_separated_values_read_back_as_the_same(journal: Path, tmp_path: Path) -> None:
    counts = exported(journal, "jsonl", tmp_path / "json")
    assert exported(journal, "csv", tmp_path / "csv") == counts

    for table in TABLES:
        rows = objects(tmp_path / "json" / f"{table.name}.jsonl")
        with (tmp_path / "csv" / f"{table.name}.csv").open(newline="") as file:
            head, *cells = csv.reader(file)
        kinds = dict(table.columns)
        assert tuple(head) == table.names
        assert [
            {name: from_csv(cell, kinds[name]) for name, cell in zip(head, row, strict=True)} for row in cells
        ] == rows


def test_parquet_reads_back_as_the_same_with_its_types(journal: Path, tmp_path: Path) -> None:
    duckdb = pytest.importorskip("duckdb", reason="needs the extra: pip install 'kairos-tui[data]'")
    counts = exported(journal, "jsonl", tmp_path / "json")
    assert exported(journal, "parquet", tmp_path / "out") == counts
    as_types = {
        "text": "VARCHAR",
        "whole": "BIGINT",
        "number": "DOUBLE",
        "truth": "BOOLEAN",
        "time": "TIMESTAMP",
        "levels": "DOUBLE[][]",
    }
    with duckdb.connect() as connection:
        for table in TABLES:
            path = tmp_path / "out" / f"{table.name}.parquet"
            read = connection.sql(f"SELECT * FROM '{path}'")
            assert dict(zip(read.columns, map(str, read.types), strict=True)) == {
                name: as_types[kind] for name, kind in table.columns
            }
            rows = objects(tmp_path / "json" / f"{table.name}.jsonl")
            assert [
                {name: told(cell) for name, cell in zip(table.names, row, strict=True)}
                for row in read.fetchall()
            ] == rows
    assert sorted(path.suffix for path in (tmp_path / "out").iterdir()) == [".parquet"] * 6


def told(cell: Any) -> Any:
    """As JSON has it."""
    if hasattr(cell, "isoformat"):
        return cell.isoformat(timespec="microseconds") + "Z"
    return [list(pair) for pair in cell] if isinstance(cell, list) else cell


def test_what_is_there_is_not_written_over_unless_asked(journal: Path, tmp_path: Path) -> None:
    exported(journal, "csv", tmp_path / "out")
    (tmp_path / "out" / "legs.csv").write_text("mine")

    with pytest.raises(ExportRefused, match=r"has signals\.csv, legs\.csv, .* already: --force"):
        exported(journal, "csv", tmp_path / "out")
    assert (tmp_path / "out" / "legs.csv").read_text() == "mine"
    exported(journal, "csv", tmp_path / "out", overwrite=True)
    assert (tmp_path / "out" / "legs.csv").read_text().startswith("run,")


def test_an_export_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "notes").write_text("nothing of ours")

    with pytest.raises(LinesRefused):
        exported(tmp_path / "notes", "csv", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_place_that_cannot_be_written_is_one_line(journal: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")

    with pytest.raises(ExportRefused, match="file exists"):
        exported(journal, "csv", tmp_path / "file")
    if os.geteuid() == 0 and Path("/proc").exists():
        with pytest.raises(ExportRefused, match=r"^/proc/kairos: "):
            exported(journal, "csv", Path("/proc/kairos"))

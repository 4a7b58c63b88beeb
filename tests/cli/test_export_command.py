"""`kairos export`: what it says, what it refuses, and the recipes of the docs, run as they stand."""

import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from tests.journal.made_journal import made_lines
from tests.journal.made_market import line_of, signals_of

from kairos_tui.cli.extras import need_data
from kairos_tui.errors import ExtraMissing

ROOT = Path(__file__).parents[2]
TEXTS = [(ROOT / name).read_text("utf-8") for name in ("docs/journal-tables.md", "README.md")]
RECIPES = [recipe for text in TEXTS for recipe in re.findall(r"```python\n(.+?)```", text, re.DOTALL)]


@pytest.fixture
def journal(kairos) -> None:
    lines = [*made_lines(30), *(line_of(signal) for signal in signals_of(5, 200))]
    kairos.write(b"\n".join(lines).decode(), name="x.jsonl")


@pytest.mark.usefixtures("journal")
def test_each_file_is_named_with_its_rows(kairos) -> None:
    said = kairos("export", "x.jsonl", "--to", "csv", "-o", "out")

    assert (said.code, said.err) == (0, "")
    assert [line.split()[0] for line in said.out.splitlines()] == [
        "signals",
        "legs",
        "markouts",
        "fills",
        "venues",
    ]
    assert said.out.splitlines()[2].split() == ["markouts", "180", "rows", "out/markouts.csv"]


@pytest.mark.usefixtures("journal")
def test_a_second_time_needs_force(kairos) -> None:
    kairos("export", "x.jsonl", "--to", "jsonl", "-o", "out")

    assert kairos("export", "x.jsonl", "--to", "jsonl", "-o", "out").refusal.endswith(
        "already: --force writes over it"
    )
    assert kairos("export", "x.jsonl", "--to", "jsonl", "-o", "out", "--force").code == 0


def test_a_form_that_there_is_not_is_one_line(kairos) -> None:
    assert kairos("export", "--to", "xlsx").refusal == "--to 'xlsx': must be parquet, csv or jsonl"


def test_without_the_extra_parquet_says_how_to_install_it() -> None:
    with pytest.raises(ExtraMissing, match=r"--to parquet: not installed, pip install 'kairos-tui\[data\]'"):
        need_data("--to parquet", lambda package: None)
    need_data("--to parquet", lambda package: package)


def test_the_docs_have_recipes() -> None:
    assert len(RECIPES) == 5


@pytest.mark.usefixtures("journal")
@pytest.mark.parametrize("recipe", RECIPES, ids=range(len(RECIPES)))
def test_a_recipe_of_the_docs_runs(kairos, recipe: str) -> None:
    needed = {"pandas"} if "pandas" in recipe or ".df()" in recipe else set()
    needed |= {"duckdb"} if "duckdb" in recipe else set()
    missing = [package for package in sorted(needed) if find_spec(package) is None]
    if missing:
        pytest.skip(f"needs {' and '.join(missing)}")
    for form in ("csv", "parquet") if find_spec("duckdb") else ("csv",):
        assert kairos("export", "x.jsonl", "--to", form, "-o", "tables").code == 0

    ran = subprocess.run(
        [sys.executable, "-c", recipe.replace("FOLDER", "tables")],
        capture_output=True,
        text=True,
        cwd=kairos.cwd,
        timeout=25,
    )

    assert (ran.returncode, ran.stderr) == (0, "")
    assert len(ran.stdout.splitlines()) > 3

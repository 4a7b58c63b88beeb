"""`kairos report`: text, one JSON object, a page; and what it refuses."""

import json
import os
from pathlib import Path

import pytest
from tests.journal.made_journal import made_lines


@pytest.fixture
def journal(kairos) -> Path:
    path: Path = kairos.write(b"\n".join(made_lines(50)).decode(), name="x.jsonl")
    return path


def test_text_in_a_pipe_has_no_escape_code(kairos, journal: Path) -> None:
    said = kairos("report", "x.jsonl")

    assert (said.code, said.err) == (0, "")
    assert said.out.startswith("KAIROS REPORT  x.jsonl  [sim]\n")
    assert "\x1b" not in said.out


def test_it_looks_where_every_run_leaves_its_signals(kairos, journal: Path) -> None:
    missing = kairos("report").refusal
    journal.rename(kairos.state / "signals.jsonl")

    assert missing == f"{kairos.state}/signals.jsonl: no such file or directory"
    assert kairos("report").out.startswith(f"KAIROS REPORT  {kairos.state}/signals.jsonl")


def test_json_is_one_object_of_the_published_schema(kairos, journal: Path) -> None:
    import jsonschema

    card = json.loads(kairos("report", "x.jsonl", "--json").out)
    schema = json.loads(kairos("schema", "report").out)

    jsonschema.Draft202012Validator(schema).validate(card)
    assert (card["type"], card["v"], card["signals"]["opened"]) == ("report", 1, 50)


def test_a_page_is_written_whole_and_may_be_written_again(kairos, journal: Path) -> None:
    for _ in range(2):
        said = kairos("report", "x.jsonl", "--html", "page.html")
        assert (said.code, said.out, said.err) == (0, "", "")

    assert (kairos.cwd / "page.html").read_text().endswith("</html>\n")
    assert sorted(path.name for path in kairos.cwd.iterdir()) == ["page.html", "x.jsonl"]


def test_a_page_that_cannot_be_written_is_one_line(kairos, journal: Path) -> None:
    refusal = kairos("report", "x.jsonl", "--html", "none/page.html").refusal

    assert refusal == "--html none/page.html: no such file or directory"


def test_what_is_no_journal_is_one_line(kairos) -> None:
    kairos.write("time,price\n", name="x.csv")
    os.mkfifo(kairos.cwd / "pipe")
    (kairos.cwd / "folder").mkdir()

    assert kairos("report", "x.csv").refusal == "x.csv: holds no line of Kairos"
    assert kairos("report", "pipe").refusal == "pipe: is no regular file"
    assert "folder: holds no recording" in kairos("report", "folder").refusal

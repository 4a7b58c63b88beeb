"""`kairos explain`: where it looks, what it answers, and its exit codes."""

import json
from pathlib import Path

import pytest
from tests.journal.made_market import line_of, signals_of


@pytest.fixture(scope="module")
def line() -> bytes:
    return line_of(next(signals_of(5, 900)))


def test_it_looks_where_every_run_leaves_its_signals(kairos, line: bytes) -> None:
    missing = kairos("explain", "k7f3-1").refusal
    assert missing == f"{kairos.state}/signals.jsonl: no such file or directory"

    (kairos.state / "signals.jsonl").write_bytes(line + b"\n")
    said = kairos("explain", "k7f3-1")

    assert (said.code, said.err) == (0, "")
    assert said.out.startswith("k7f3-1  open  ")
    assert "figures agree with the levels" in said.out


def test_a_difference_is_exit_code_1(kairos, line: bytes) -> None:
    fields = json.loads(line)
    path = kairos.write(json.dumps(fields | {"net_bps": 99.0}), name="x.jsonl")

    said = kairos("explain", "k7f3-1", "--journal", str(path), "--json")

    assert said.code == 1
    assert [c["figure"] for c in json.loads(said.out)["receipts"][0]["checks"] if not c["agrees"]] == [
        "net_bps"
    ]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("k7f3-2",), "x.jsonl: no signal 'k7f3-2' (nearest: k7f3-1)"),
        (("k7f3-1", "--event", "close"), "x.jsonl: k7f3-1 has no close there (it has: open)"),
        (("k7f3-1", "--event", "end"), "--event 'end': must be open, update or close"),
        (("k7f3-\udcff",), "x.jsonl: no signal 'k7f3-\\udcff' (nearest: k7f3-1)"),
        (("k7f3-1\x1b[2J",), "x.jsonl: no signal 'k7f3-1\\x1b[2J' (nearest: k7f3-1)"),
    ],
)
def test_what_is_not_there_is_one_line(kairos, line: bytes, words: tuple[str, ...], said: str) -> None:
    kairos.write(line.decode(), name="x.jsonl")

    assert kairos("explain", *words, "--journal", "x.jsonl").refusal == said


def test_a_file_of_something_else_is_one_line(kairos) -> None:
    kairos.write("a,b\n1,2\n", name="x.csv")
    Path(kairos.cwd / "bytes").write_bytes(bytes(range(256)))

    for name in ("x.csv", "bytes"):
        refusal = kairos("explain", "k7f3-1", "--journal", name).refusal
        assert refusal == f"{name}: no signal 'k7f3-1' (it holds no signals)"

"""Whatever is done to a journal's bytes, reports, receipts and tables are made of it or refused in a line."""

import json
import re
from contextlib import suppress
from pathlib import Path
from random import Random

import msgspec
import pytest
from tests.journal.made_journal import made_lines
from tests.journal.made_market import line_of, signals_of

from kairos_tui.errors import KairosError
from kairos_tui.journal.lines import LineFileSource, ToldReader
from kairos_tui.journal.paint import Paint
from kairos_tui.journal.receipts import explain, explained_lines, explained_object
from kairos_tui.journal.report import score, scorecard_lines, scorecard_page
from kairos_tui.journal.tables import Export

NUMBER = re.compile(rb"-?\d+\.?\d*(?:e-?\d+)?")
WRONG = (
    b"1e308", b"-1e308", b"1e999", b"0", b"-1", b"9007199254740993", b"1e-320", b"null", b"true", b'"x"',
    b"[]", b"123456789012345678901234567890", b"1e999999999", b'"NaN"', b'"1e999999999"', b"{}",
)  # fmt: skip


def spoil(random: Random, line: bytes) -> bytes:
    """One number replaced, one byte, the end cut off, or nothing."""
    match random.randrange(6):
        case 0 | 1:
            found = random.choice(list(NUMBER.finditer(line)))
            return line[: found.start()] + random.choice(WRONG) + line[found.end() :]
        case 2:
            place = random.randrange(len(line))
            return line[:place] + bytes([random.randrange(256)]) + line[place + 1 :]
        case 3:
            return line[: random.randrange(len(line))]
        case _:
            return line


@pytest.fixture(scope="module")
def whole() -> list[bytes]:
    return [*made_lines(12), *(line_of(signal) for signal in signals_of(5, 60))]


@pytest.mark.parametrize("seed", range(12))
def test_a_spoiled_journal_is_told_or_refused(whole: list[bytes], tmp_path: Path, seed: int) -> None:
    random = Random(seed)
    lines = [spoil(random, line) for line in whole]
    random.shuffle(lines)
    path = tmp_path / "x.jsonl"
    path.write_bytes(b"\n".join(lines))

    card = score(ToldReader(LineFileSource(path)))
    assert "\x1b" not in "".join(scorecard_lines(card, 80, Paint()))
    assert scorecard_page(card).endswith("</html>\n")
    json.dumps(msgspec.to_builtins(card), allow_nan=False)

    for number in range(1, 12):
        with suppress(KairosError):
            explained = explain(LineFileSource(path), f"k7f3-{number}")
            assert max(map(len, explained_lines(explained, Paint()))) < 400
            json.dumps(explained_object(explained), allow_nan=False)

    with Export(tmp_path / "out", "csv", with_ticks=False, overwrite=False) as export:
        for told in ToldReader(LineFileSource(path)):
            export.tell(told)
    assert {written.table for written in export.written} == {"signals", "legs", "markouts", "fills", "venues"}

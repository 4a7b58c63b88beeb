"""The promise: a log line is an object or a sentence, forges nothing, keeps no secret; a flood is a count."""

import json
import logging
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from kairos_tui.errors import SettingsInvalid
from kairos_tui.runtime.json_log import MOST_CHARS, JsonForm, TextForm, stamp
from kairos_tui.runtime.log_event import read_event
from kairos_tui.runtime.log_file import FileLines, StderrLines, log_file, log_place, log_to
from kairos_tui.runtime.log_sparing import EVERY_NS, Sparing

HOSTILE = "a\r\nWARNING forged\x1b[31m\x7f\u202e\u200b\ud800\x00é"


@pytest.fixture
def root():
    logger = logging.getLogger()
    before, level = logger.handlers[:], logger.level
    yield logger
    for handler in logger.handlers:
        if handler not in before:
            handler.close()
    logger.handlers[:] = before
    logger.setLevel(level)


def record(message: str, *args: object, level: int = logging.WARNING, **more: object) -> logging.LogRecord:
    made = logging.LogRecord("kairos_tui.feeds.x", level, "x.py", 1, message, args, None)
    made.__dict__.update(more)
    return made


def crashed(words: str) -> tuple[object, ...]:
    try:
        int(words)
    except ValueError as error:
        error.args = (words,)
        return sys.exc_info()
    raise AssertionError


def read(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text("ascii").splitlines()]


class Kept(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)

    @property
    def counts(self) -> list[int]:
        return [getattr(each, "suppressed", 0) for each in self.records]


@pytest.mark.parametrize(
    ("message", "args", "event", "fields"),
    [
        ("line down venue=%s in_s=%.2f", ("okx", 0.5), "line down", {"venue": "okx", "in_s": 0.5}),
        ("role silent, end it role=%s pid=%s", ("hud", 7), "role silent, end it", {"role": "hud", "pid": 7}),
        ("bad frame venue=%s %s", ("okx", "crossed"), "bad frame", {"venue": "okx", "detail1": "crossed"}),
        ("placement %s", ("off",), "placement", {"detail": "off"}),
        ("100%% sure of=%s", (True,), "100% sure", {"of": True}),
        ("no arguments at=100%", (), "no arguments at=100%", {}),
        ("too few a=%s b=%s", (1,), "too few a=%s b=%s", {}),
        ("odd=%s", (float("nan"),), "x", {"odd": "nan"}),
        ("large n=%s none=%s", (1 << 60, None), "large", {"n": str(1 << 60), "none": None}),
    ],
)  # fmt: skip
def test_an_event_is_the_constant_part_and_its_fields_have_names(message, args, event, fields) -> None:
    found = read_event(record(message, *args))

    assert (found.text, dict(found.fields)) == (event, fields)


def test_a_json_line_has_the_same_fields_in_the_same_order() -> None:
    line = JsonForm("engine").format(
        record("line down venue=%s", "okx", created=1_795_342_351.123456, suppressed=3)
    )

    assert line == (
        '{"ts":"2026-11-22T10:12:31.123456Z","level":"warning","role":"engine",'
        f'"pid":{os.getpid()},"event":"line down","logger":"kairos_tui.feeds.x",'
        '"venue":"okx","suppressed":3}'
    )  # fmt: skip


def test_a_text_line_says_the_same() -> None:
    line = TextForm("engine").format(
        record("line down venue=%s", "okx", created=1_795_342_351.5, suppressed=3)
    )

    assert line == (
        f"2026-11-22T10:12:31.500000Z WARNING engine[{os.getpid()}] kairos_tui.feeds.x: "
        "line down venue=okx suppressed=3"
    )


@pytest.mark.parametrize("message", ["said reason=%s", "%s", f"{HOSTILE}=%s"])
def test_nothing_hostile_leaves_raw_and_no_line_is_forged(message: str) -> None:
    crash = record(message, HOSTILE, exc_info=crashed(HOSTILE))

    as_json, as_text = JsonForm("x").format(crash), TextForm("x").format(crash)

    assert as_json.isascii()
    assert as_json.isprintable()
    assert json.loads(as_json)["pid"] == os.getpid()
    first, *trace = as_text.split("\n")
    assert all(line.startswith("  | ") for line in trace)
    assert all(line.isprintable() for line in (first, *trace))


def test_a_field_cannot_take_the_place_of_ours() -> None:
    said = json.loads(JsonForm("engine").format(record("x pid=%s level=%s", "1", "fine")))

    assert (said["pid"], said["level"], said["pid_"], said["level_"]) == (os.getpid(), "warning", "1", "fine")


@pytest.mark.parametrize("char", ["a", "\U0001f600", "\x00", "é"])
def test_no_line_is_longer_than_a_pipe_takes_at_once(char: str) -> None:
    names = " ".join(f"name_{number}=%s" for number in range(60))
    large = record(f"all {names}", *[char * 5_000] * 60, exc_info=crashed(char * 9_000))

    line = JsonForm("x").format(large)

    assert len(line) <= MOST_CHARS
    assert json.loads(line)["event"].startswith("all")


def test_passwords_and_tokens_are_not_logged() -> None:
    url = "redis://me:hunter2@10.0.0.7/0 and http://x/?token=s3cret-1"
    told = record("sink down reason=%s", url, exc_info=crashed(url))

    for line in (JsonForm("x").format(told), TextForm("x").format(told)):
        assert "hunter2" not in line
        assert "s3cret" not in line
        assert "10.0.0.7" in line


def test_a_stamp_is_right_to_the_microsecond() -> None:
    assert stamp(1_795_342_351.999_999_6) == "2026-11-22T10:12:32.000000Z"


def test_one_line_a_second_of_each_event_and_venue_and_the_next_one_has_the_count() -> None:
    now_ns, kept = [0], Kept()
    sparing = Sparing(kept, clock_ns=lambda: now_ns[0])

    for venue in ("okx", "kraken"):
        for _ in range(5):
            sparing.handle(record("line down venue=%s", venue))
    sparing.handle(record("line up venue=%s", "okx"))
    assert kept.counts == [0, 0, 0]

    now_ns[0] = EVERY_NS
    sparing.handle(record("line down venue=%s", "okx"))
    assert kept.counts == [0, 0, 0, 4]

    sparing.close()
    assert kept.counts == [0, 0, 0, 4, 4]
    assert kept.records[-1].getMessage() == "line down venue=kraken"


def test_what_is_critical_is_always_written() -> None:
    kept = Kept()
    sparing = Sparing(kept, clock_ns=lambda: 0)

    for _ in range(3):
        sparing.handle(record("the HUD crashed", level=logging.CRITICAL))

    assert len(kept.records) == 3


def test_kinds_without_end_are_one_kind_and_no_count_is_lost() -> None:
    now_ns, kept = [0], Kept()
    sparing = Sparing(kept, clock_ns=lambda: now_ns[0])

    for turn in range(3):
        now_ns[0] += EVERY_NS
        for number in range(2_000):
            sparing.handle(record(f"novelty {turn} {number}"))
    sparing.close()

    assert (
        len(kept.records) + sum(kept.counts) - sum(1 for each in kept.records if is_told_after(each)) == 6_000
    )
    assert len(kept.records) < 1_000


def is_told_after(line: logging.LogRecord) -> bool:
    """Written for its count alone."""
    return hasattr(line, "kairos_event")


def test_a_flood_is_a_few_lines_an_exact_count_and_no_memory(tmp_path: Path, root) -> None:
    path = tmp_path / "kairos.log.jsonl"
    log_to(str(path), logging.WARNING, role="ingest:okx")
    log = logging.getLogger("kairos_tui.flood")
    log.warning("line down venue=%s reason=%s", "okx", "warm")
    before_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    for number in range(99_999):
        log.warning("line down venue=%s reason=%s", "okx", f"reset {number}")
    root.handlers[0].close()

    lines = read(path)
    written = [line for line in lines if "reason" in line]
    assert len(written) + sum(int(str(line.get("suppressed", 0))) for line in lines) == 100_000
    assert len(lines) < 60
    assert {line["role"] for line in lines} == {"ingest:okx"}
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kb < 8_192


def test_the_file_is_bounded_and_its_form_is_in_its_name(tmp_path: Path, root) -> None:
    for name in ("kairos.log.jsonl", "kairos.log"):
        path = tmp_path / name
        log_to(str(path), logging.WARNING, role="x")
        for number in range(3_000):
            logging.getLogger("kairos_tui").critical("filled number=%s with=%s", number, "x" * 900)
        sizes = [
            each.stat().st_size
            for each in tmp_path.glob(f"{name}*")
            if each.suffix != ".jsonl" or "jsonl" in name
        ]
        assert max(sizes) <= 1 << 20
    assert all("event" in line for line in read(tmp_path / "kairos.log.jsonl"))
    assert " CRITICAL x[" in (tmp_path / "kairos.log").read_text().splitlines()[0]


def test_the_log_lies_in_the_state_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))

    assert log_file() == tmp_path / "kairos" / "kairos.log"
    assert log_file("json") == tmp_path / "kairos" / "kairos.log.jsonl"


def test_a_reader_of_stderr_that_pauses_holds_nobody_up_and_learns_what_it_missed() -> None:
    read_fd, write_fd = os.pipe()
    writer = StderrLines(write_fd)
    writer.setFormatter(JsonForm("engine"))
    for number in range(2_000):
        writer.handle(record("tick number=%s with=%s", number, "x" * 200))

    taken = os.read(read_fd, 1 << 20).decode().splitlines()
    writer.handle(record("tick number=%s with=%s", 2_000, ""))
    last = json.loads(os.read(read_fd, 1 << 20))

    assert all(json.loads(line)["event"] == "tick" for line in taken)
    assert last["lost"] == 2_000 - len(taken) > 0
    os.close(read_fd)
    writer.handle(record("tick number=%s with=%s", 2_001, ""))
    os.close(write_fd)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_a_full_disk_is_nobodys_terminal_and_a_count(capsys: pytest.CaptureFixture[str]) -> None:
    writer = FileLines("/dev/full")
    for number in range(2_000):
        writer.handle(record("tick number=%s", number))

    assert writer._lost == 2_000
    assert capsys.readouterr() == ("", "")
    writer.close()


def test_a_folder_that_comes_back_has_the_count_of_what_was_lost(tmp_path: Path) -> None:
    writer = FileLines(str(tmp_path / "gone" / "kairos.log.jsonl"))
    writer.setFormatter(JsonForm("x"))
    for number in range(3):
        writer.handle(record("tick number=%s", number))
    (tmp_path / "gone").mkdir()
    for number in range(2):
        writer.handle(record("tick number=%s", number))
    writer.close()

    assert [line.get("lost") for line in read(tmp_path / "gone" / "kairos.log.jsonl")] == [3, None]


def test_a_place_where_no_log_can_be_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for wrong in ("", str(tmp_path), f"{tmp_path}/no/log", "/dev/null/x"):
        with pytest.raises(SettingsInvalid, match=r"^--log-to: "):
            log_place(wrong)
    assert log_place("stderr") == "stderr"
    assert log_place("x.jsonl") == str(tmp_path / "x.jsonl")


def test_to_stderr_in_json_from_a_process_of_its_own() -> None:
    program = (
        "import logging\nfrom kairos_tui.runtime.log_file import log_to\n"
        "log_to('stderr', logging.INFO, role='engine', form='json')\n"
        "for _ in range(4): logging.getLogger('x').info('joined name=%s', 'a')\n"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    first, last = map(json.loads, ran.stderr.splitlines())
    assert (first["event"], first["name"], first["level"], first["role"]) == ("joined", "a", "info", "engine")
    assert last["suppressed"] == 3

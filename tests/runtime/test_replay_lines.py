"""The lines of a replay are the recording's, byte by byte: on every run, Python and hash seed.

`KAIROS_UPDATE_GOLDEN=1` records the small recording beside this file anew, and its lines' hash.
"""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest
from tests.runtime.made_recording import MadeRun, made_market, make_recording

from kairos_tui.market import Signal
from kairos_tui.sinks import schema

GOLDEN = Path(__file__).with_name("golden")
KEPT, HASH = GOLDEN / "small.kz", GOLDEN / "small.sha256"
_KEPT = (
    "type", "run", "ts", "ts_us", "feed", "symbols", "venues", "id", "event", "kind", "asset", "quote",
    "mode", "buy_venue", "buy_vwap", "buy_age_us", "sell_venue", "sell_vwap", "sell_age_us", "size",
    "notional", "profit", "gross_bps", "fees_bps", "net_bps", "net_top_bps", "asynchrony_us",
    "tick_to_signal_us", "peak_net_bps", "duration_us", "reason", "venue", "symbol", "bid", "bid_size",
    "ask", "ask_size", "recv_us", "state", "since_us", "ticks", "signals", "dropped",
)  # fmt: skip
KAIROS = (sys.executable, "-m", "kairos_tui")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> MadeRun:
    return make_recording(tmp_path_factory.mktemp("made") / "a.kz", made_market(ticks=1_500, shocks=120.0))


def replayed(path: Path, *words: str, seed: str = "0", stdout: int = subprocess.PIPE) -> bytes:
    env = {name: value for name, value in os.environ.items() if not name.startswith("KAIROS_")}
    env["PYTHONHASHSEED"] = seed
    command = [*KAIROS, "replay", str(path), *words]
    done = subprocess.run(command, stdout=stdout, stderr=subprocess.PIPE, env=env, timeout=30, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    return done.stdout


def lines_of(out: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.splitlines()]


def test_two_runs_with_other_hash_seeds_write_the_same_bytes(made: MadeRun) -> None:
    first = replayed(made.folder, "--json", "--speed", "max", seed="1")

    assert first == replayed(made.folder, "--json", seed="2")
    assert first.count(b"\n") > 50


def test_every_line_says_replay_is_of_the_recordings_run_and_time_and_obeys_the_schema(made: MadeRun) -> None:
    lines = lines_of(replayed(made.folder, "--json", "--emit", "signal,venue,quote"))
    recorded = [published.body for published in made.said if isinstance(published.body, Signal)]
    check = jsonschema.Draft202012Validator(schema())

    for line in lines[::10] + lines[-1:]:
        check.validate(line)
    assert {line["feed"] for line in lines} == {"replay"}
    assert {line["run"] for line in lines} == {"made"}
    assert [line["seq"] for line in lines] == list(range(1, len(lines) + 1))
    assert (lines[0]["type"], lines[-1]["type"]) == ("hello", "bye")
    assert {str(line["ts"])[:16] for line in lines} == {"2026-11-21T14:03"}
    told = [(line["id"], line["event"]) for line in lines if line["type"] == "signal"]
    # The end of the recording closes what stands; the engine went on.
    assert told[: len(recorded)] == [(signal.id, signal.event) for signal in recorded]
    assert {line["type"] for line in lines} >= {"hello", "quote", "signal", "venue", "bye"}
    assert all(fee["taker_bps"] == 10.0 for fee in lines[0]["fees"])
    assert lines[0]["back_test"] == []


def test_signals_of_a_recording_are_followed_on_paper_the_same_way_every_time(made: MadeRun) -> None:
    words = ("--json", "--paper", "--paper-latency", "20ms")
    first = replayed(made.folder, *words, seed="1")
    lines = lines_of(first)
    fills = [line for line in lines if line["type"] == "fill"]
    opened = [line["id"] for line in lines if line["type"] == "signal" and line["event"] == "open"]

    assert first == replayed(made.folder, *words, seed="2")
    assert sorted(line["id"] for line in fills) == sorted(opened) != []
    assert {(line["paper"], line["feed"]) for line in fills} == {(True, "replay")}


def test_a_back_test_says_so_on_its_first_line(made: MadeRun) -> None:
    told = ["min_net_bps 2 -> 0", "close_net_bps 0.5 -> 0"]
    assert lines_of(replayed(made.folder, "--json", "--min-net-bps", "0"))[0]["back_test"] == told
    plain = replayed(made.folder, "--plain", "--min-net-bps", "0").splitlines()[0].decode()
    assert plain.endswith(f"back-test: {', '.join(told)}  replay")


def test_a_part_is_what_was_asked_for_and_nothing_opened_before_it_is_an_opening(made: MadeRun) -> None:
    lines = lines_of(replayed(made.folder, "--json", "--from", "50%", "--to", "+225ms"))

    assert lines[0]["ts"] == "2026-11-21T14:03:22.268002Z"
    assert str(lines[-1]["ts"]) <= "2026-11-21T14:03:22.343000Z"
    opened = [line["id"] for line in lines if line["type"] == "signal" and line["event"] == "open"]
    closed = [line["id"] for line in lines if line["type"] == "signal" and line["event"] == "close"]
    assert sorted(opened) == sorted(closed)


def test_as_many_as_were_asked_for_and_no_line_more(made: MadeRun) -> None:
    lines = lines_of(replayed(made.folder, "--json", "--count", "3"))

    assert sum(line["type"] == "signal" for line in lines) == 3
    assert [line["type"] for line in lines][-2:] == ["signal", "bye"]


def test_a_slow_reader_loses_nothing(made: MadeRun) -> None:
    """A pipe holds a part of what is written: the replay waits."""
    whole = replayed(made.folder, "--json", "--emit", "quote,signal")
    command = [*KAIROS, "replay", str(made.folder), "--json", "--emit", "quote,signal"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        pieces = []
        while piece := child.stdout.read(5_000):
            pieces.append(piece)
            os.sched_yield()
    assert b"".join(pieces) == whole
    assert len(whole) > 200_000


def test_a_reader_that_leaves_ends_it_quietly(made: MadeRun) -> None:
    command = [*KAIROS, "replay", str(made.folder), "--json", "--emit", "quote"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
        assert child.stdout is not None
        child.stdout.readline()
        child.stdout.close()
        assert child.stderr is not None
        assert child.stderr.read() == b""
        assert child.wait(10) == 0


def test_the_kept_recording_is_told_as_it_always_was() -> None:
    if os.environ.get("KAIROS_UPDATE_GOLDEN") == "1":
        for old in KEPT.glob("*"):
            old.unlink()
        make_recording(KEPT, made_market(ticks=400, shocks=300.0))
        for lock in KEPT.glob("lock*"):
            lock.unlink()
    told = replayed(KEPT, "--json", "--emit", "signal,venue,quote")
    digest = hashlib.sha256(b"\n".join(map(kept_of, told.splitlines()))).hexdigest()
    if os.environ.get("KAIROS_UPDATE_GOLDEN") == "1":
        HASH.write_text(f"{digest}\n")
    assert told.count(b'"event":"open"') > 3
    assert digest == HASH.read_text().strip()


def kept_of(line: bytes) -> bytes:
    """What of a line no later version says otherwise, byte by byte: fields are added, these stay."""
    fields = msgspec.json.decode(line, type=dict[str, msgspec.Raw])
    return b",".join(bytes(fields[name]) for name in _KEPT if name in fields)


def test_a_hole_of_years_is_a_few_signs_of_life_and_no_endless_row_of_them(tmp_path: Path) -> None:
    """A file of some kB may say any instant; half a minute of quiet still has a line each ten seconds."""
    told = []
    for number, hole_s in enumerate((31, 10 * 365 * 86_400)):
        run = MadeRun(tmp_path / f"{number}.kz", made_market(ticks=40))
        run.open()
        until_ns = run.now_ns + hole_s * 1_000_000_000
        while hole_s < 60 and run.now_ns < until_ns:
            run.turn(run.now_ns + 500_000_000)
        run.turn(until_ns)
        run.close()
        lines = lines_of(replayed(run.folder, "--json"))
        told.append([line["type"] for line in lines].count("heartbeat"))

    assert told[0] == 3
    assert 5 < told[1] < 40

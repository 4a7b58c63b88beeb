"""What is no recording, or is asked of one wrongly, is said in one line before anything starts: exit 2."""

import gzip
import os
from pathlib import Path

import pytest
from tests.runtime.made_recording import made_market, make_recording

from kairos_tui.cli.replay import read_speed
from kairos_tui.errors import SettingsInvalid


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("made") / "a.kz"
    make_recording(path, made_market(ticks=320))
    return path


def test_what_is_no_recording_is_refused_in_one_line(kairos, tmp_path: Path) -> None:
    foreign, bomb, empty = tmp_path / "a.jsonl", tmp_path / "b.gz", tmp_path / "empty.kz"
    foreign.write_text('{"type":"hello"}\n' * 100)
    bomb.write_bytes(gzip.compress(b"\0" * 50_000_000))
    empty.mkdir()
    pipe, link = tmp_path / "pipe.kzs", tmp_path / "link.kzs"
    os.mkfifo(pipe)
    link.symlink_to(foreign)

    for path in (foreign, bomb, empty, pipe, link, tmp_path / "absent.kz"):
        assert kairos("replay", str(path), "--json").refusal.startswith(f"{path}: ")


def test_a_newer_segment_and_one_of_another_kind_are_refused(kairos, folder: Path, tmp_path: Path) -> None:
    (segment,) = folder.glob("*.kzs")
    strange = tmp_path / "0-000001.kzs"
    strange.write_bytes(b"PK\x03\x04" + segment.read_bytes()[4:])

    assert kairos("replay", str(strange), "--json").refusal


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--from", "noon"), "--from: 'noon' is not a time like 14:03:22"),
        (("--to", "12:00"), "--to: '12:00' is outside of the recording: 2026-11-21T14:03:22 to"),
        (("--from", "60%", "--to", "40%"), "--to: 40% is not after where it begins"),
        (("--speed", "warp"), "--speed: 'warp' is not 1x, 4x, 0.5x, up to 1000x, or max"),
        (("--venues", "v0,kraken"), "--venues: kraken was not recorded (there are v0, v1, v2)"),
        (("--run", "zzzz"), "holds no run 'zzzz'"),
        (("--min-net-bps", "-1"), "--min-net-bps"),
        (("--emit", "ticks"), "--emit: no line type 'ticks'"),
        (("--emit", "fill"), "--emit fill tells of signals that are followed: add --paper"),
        (("--paper-stock", "BTC=1"), "--paper-stock is for signals that are followed: add --paper"),
        (("--json", "--plain"), "--json and --plain ask for different output"),
    ],
)
def test_what_is_asked_wrongly_names_the_option(kairos, folder: Path, words, said: str) -> None:
    assert said in kairos("replay", str(folder), *words).refusal


def test_without_a_path_it_says_what_it_needs(kairos) -> None:
    assert kairos("replay").refusal == "kairos replay needs PATH (see kairos replay --help)"


@pytest.mark.parametrize(
    ("text", "speed"), [(None, None), ("1x", 1.0), ("0.25", 0.25), ("10x", 10.0), ("max", 0.0)]
)
def test_a_speed_is_read(text: str | None, speed: float | None) -> None:
    assert read_speed(text) == speed


@pytest.mark.parametrize("text", ["0x", "1001x", "x", "-1x", "1e3", "maxx", "nan"])
def test_what_is_no_speed_is_refused(text: str) -> None:
    with pytest.raises(SettingsInvalid, match="--speed"):
        read_speed(text)

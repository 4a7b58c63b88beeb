"""From anywhere on: the first entry at or after an instant; the checkpoint from where all is known."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from tests.journal.container.conftest import LIMITS, checkpoint, header_of, made, record, write_segment

from kairos_tui.journal import BEGIN, Channel, Entry, Limits, Recording
from kairos_tui.journal.container.entry import Loss, pack_loss

SECOND_NS = 1_000_000_000
SHORT = Limits(free_floor_bytes=0, segment_s=15.0)


def hours(count: int, engine: int = 0) -> list[Entry]:
    """Seconds of entries, a checkpoint at the beginning of every tenth."""
    entries: list[Entry] = []
    for second in range(count):
        from_ns = SECOND_NS * (1 + second)
        if second % 10 == 0:
            entries += checkpoint(from_ns + engine)
        entries += made(40, seed=second * 2 + engine, from_ns=from_ns + 1_000, step_ns=20_000_000)
    return entries


def after(entries: Sequence[Entry], from_ns: int) -> list[Entry]:
    return [entry for entry in entries if entry.at_ns >= from_ns]


@pytest.fixture
def entries() -> list[Entry]:
    return hours(60)


@pytest.mark.parametrize("limits", [LIMITS, SHORT], ids=["one", "several"])
def test_reading_begins_at_the_first_entry_from_an_instant_on(
    folder: Path, entries: list[Entry], limits: Limits
) -> None:
    record(folder, entries, limits=limits)
    recording = Recording.open(folder)

    for entry in entries[:: len(entries) // 15]:
        for from_ns in (entry.at_ns - 1, entry.at_ns, entry.at_ns + 1):
            assert list(recording.entries(from_ns)) == after(entries, from_ns)
    assert list(recording.entries(recording.to_ns + 1)) == []
    assert list(recording.entries(0)) == entries


def test_the_checkpoint_before_is_the_last_that_had_ended(folder: Path, entries: list[Entry]) -> None:
    limits = SHORT
    record(folder, entries, limits=limits)
    recording = Recording.open(folder)
    begins = [entry.at_ns for entry in entries if entry.body == BEGIN]

    for second in range(1, 60):
        at_ns = SECOND_NS * (1 + second) + SECOND_NS // 2
        assert recording.checkpoint_before(at_ns) == max(begin for begin in begins if begin <= at_ns)
    assert recording.checkpoint_before(0) == recording.from_ns


def test_a_checkpoint_with_a_hole_or_without_an_end_is_none(tmp_path: Path) -> None:
    whole, holed, open_ended = checkpoint(1_000), checkpoint(2_000), checkpoint(3_000)[:-1]
    holed.insert(2, Entry(2_000, Channel.LOST, pack_loss(Loss(2_000, 2_000, {4: 1}, 9))))
    path = write_segment(tmp_path / "a.kz", [whole, holed, made(3, from_ns=2_500), open_ended])

    recording = Recording.open(path)

    assert recording.checkpoint_before(10**12) == 1_000
    assert recording.lost == 1


def test_several_engines_are_read_as_one_in_the_order_of_time(folder: Path) -> None:
    series = [hours(20, engine) for engine in range(3)]
    for engine, entries in enumerate(series):
        record(folder, entries, header_of(engine=engine, engines=3), SHORT)

    recording = Recording.open(folder)

    everything = list(recording.entries())
    put = [entry for entries in series for entry in entries]
    assert everything == sorted(put, key=lambda entry: entry.at_ns)
    assert {header.engine for header in recording.headers} == {0, 1, 2}
    at_ns = SECOND_NS * 15
    begin_ns = recording.checkpoint_before(at_ns)
    assert begin_ns == SECOND_NS * 11
    assert list(recording.entries(begin_ns)) == after(everything, begin_ns)
    states = [entry for entry in recording.entries(begin_ns) if entry.channel is Channel.STATE]
    assert len(states) == 3 * 3


def test_an_engines_own_order_is_kept_where_its_instants_are_not_in_order(tmp_path: Path) -> None:
    first = [Entry(at_ns, Channel.FRAME, b"first") for at_ns in (10, 30, 20, 40)]
    second = [Entry(at_ns, Channel.FRAME, b"second") for at_ns in (10, 25, 35)]
    record(tmp_path / "a.kz", first, header_of(engine=0, engines=2))
    record(tmp_path / "a.kz", second, header_of(engine=1, engines=2))

    entries = list(Recording.open(tmp_path / "a.kz").entries())

    assert [entry for entry in entries if entry.body == b"first"] == first
    assert [(entry.at_ns, entry.body) for entry in entries][:2] == [(10, b"first"), (10, b"second")]


def test_of_several_runs_the_newest_is_read_or_the_one_that_is_named(folder: Path) -> None:
    old, new = made(10, seed=1), made(10, seed=2)
    record(folder, old, header_of(run="old1", started_us=1_000_000))
    record(folder, new, header_of(run="new1", started_us=2_000_000))

    assert Recording.open(folder).runs == ("old1", "new1")
    assert list(Recording.open(folder).entries()) == new
    assert list(Recording.open(folder, run="old1").entries()) == old

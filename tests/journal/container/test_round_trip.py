"""What is put comes back: the same bytes, instants, channels, in the same order."""

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as some
from tests.journal.container.conftest import HEADER, LIMITS, made, record

from kairos_tui.journal import Channel, Entry, Recording

A_CHANNEL = some.sampled_from([channel for channel in Channel if channel is not Channel.CHECKPOINT])
AN_ENTRY = some.builds(
    Entry, some.integers(0, 2**62), A_CHANNEL, some.binary(max_size=300) | some.integers(1, 90_000).map(bytes)
)


def test_a_recording_gives_back_what_was_put(folder: Path) -> None:
    entries = made(20_000)

    record(folder, entries)

    recording = Recording.open(folder)
    assert list(recording.entries()) == entries
    assert recording.headers == (HEADER,)
    assert (recording.from_ns, recording.to_ns) == (entries[0].at_ns, entries[-1].at_ns)
    assert (recording.damaged, recording.lost) == (0, 0)
    assert recording.bytes == sum(path.stat().st_size for path in folder.glob("*.kzs"))


@settings(max_examples=40, deadline=None)
@given(some.lists(AN_ENTRY, min_size=1, max_size=60))
def test_any_bytes_at_any_instants_in_any_order_come_back(entries: list[Entry]) -> None:
    with TemporaryDirectory() as folder:
        record(Path(folder), entries, limits=LIMITS)

        recording = Recording.open(folder)

        assert list(recording.entries()) == entries
        assert recording.from_ns == entries[0].at_ns
        assert recording.to_ns == max(entry.at_ns for entry in entries)


def test_channels_that_are_not_asked_for_do_not_come(folder: Path) -> None:
    entries = made(3_000)
    record(folder, entries)

    outputs = list(Recording.open(folder).entries(channels=(Channel.OUTPUT, Channel.LOST)))

    assert outputs == [entry for entry in entries if entry.channel is Channel.OUTPUT]


def test_one_segment_can_be_opened_alone(folder: Path) -> None:
    entries = made(100)
    record(folder, entries)

    assert list(Recording.open(folder / "0-000001.kzs").entries()) == entries

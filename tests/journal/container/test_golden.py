"""A recording of format 1, as the first version wrote it: it is read for ever, to the byte.

Never made again: a new format gets a file of its own, beside this one.
"""

from pathlib import Path

from tests.journal.container.conftest import HEADER, checkpoint, made

from kairos_tui.journal import Channel, Entry, Loss, Recording, unpack_loss
from kairos_tui.journal.container.entry import pack_loss

FORMAT_1 = Path(__file__).with_name("golden") / "format-1.kzs"
LOSS = Loss(2_900_000_000, 2_999_999_999, {Channel.FRAME: 12, Channel.OUTPUT: 1}, 34_567)
BLOCKS: list[list[Entry]] = [
    checkpoint(1_000_000_000),
    made(8, seed=11, from_ns=1_000_000_001),
    [*made(60, seed=12, from_ns=2_000_000_000), Entry(2_999_999_999, Channel.LOST, pack_loss(LOSS))],
    checkpoint(4_000_000_000),
    [Entry(4_000_000_001, Channel.TURN, b"\x00"), Entry(9_000_000_000_000, Channel.OUTPUT, b"")],
]
ENTRIES = [entry for block in BLOCKS for entry in block]


def test_format_1_is_read() -> None:
    recording = Recording.open(FORMAT_1)

    assert list(recording.entries()) == ENTRIES
    assert recording.headers == (HEADER,)
    assert (recording.from_ns, recording.to_ns) == (1_000_000_000, 9_000_000_000_000)
    assert (recording.damaged, recording.lost) == (0, 13)
    assert recording.checkpoint_before(3_999_999_999) == 1_000_000_000
    assert recording.checkpoint_before(4_000_000_000) == 4_000_000_000
    lost = list(recording.entries(channels=(Channel.LOST,)))
    assert [unpack_loss(entry.body) for entry in lost] == [LOSS]

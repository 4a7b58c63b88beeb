"""container: what happened -> a crash-safe file -> what happened. Runtime knows what the bytes mean.

entry (Channel), header say what is kept; limits how much. Recorder puts: lane -> series_writer (folder) ->
segment_writer. Recording reads: segment_file -> group_reader -> series -> merging. Both pack a block as
block_head and block_body say, and find it by segment_index. Docs: docs/journal.md.
"""

from kairos_tui.journal.container.entry import BEGIN, END, Channel, Entry, Loss, unpack_loss
from kairos_tui.journal.container.folder import FolderLock
from kairos_tui.journal.container.header import FORMAT, Header
from kairos_tui.journal.container.limits import Limits
from kairos_tui.journal.container.recorder import Recorder
from kairos_tui.journal.container.recording import Recording

__all__ = [
    "BEGIN",
    "END",
    "FORMAT",
    "Channel",
    "Entry",
    "FolderLock",
    "Header",
    "Limits",
    "Loss",
    "Recorder",
    "Recording",
    "unpack_loss",
]

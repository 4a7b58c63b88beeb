"""wire: between processes. The only room that knows ZeroMQ and bytes; numbers and the loss ledger live here.

records -> codec (version, restamp) -> outbox, tick_sender (tick_fan: one per engine) ~ tick_receiver,
loss_ledger; signal_publisher ~ signal_reader, which makes one bus of several engines';
door (door_words, door_sockets) ~ door_link, clock_offset: who is there, and what its clock says;
address names the sockets of a run; sockets opens them as open_socket can: over TCP with the keys of curve
only, where porter answers who may come in and joins says why one was refused. A plain TCP socket is opened by
bench_ends alone, while buses are measured; bench_json is what the hop is measured against.
"""

from kairos_tui.market import NO_KEYS, KeyRing
from kairos_tui.wire.address import Endpoints, TcpAddress, is_tcp, private_dir, read_tcp
from kairos_tui.wire.codec import (
    count_ticks,
    pack_message,
    pack_record,
    unpack_frame,
    unpack_message,
    unpack_record,
)
from kairos_tui.wire.curve import check_ring, make_keys, public_key
from kairos_tui.wire.door import Door, DoorClient
from kairos_tui.wire.door_link import DoorLink
from kairos_tui.wire.door_words import Hello, Welcome
from kairos_tui.wire.loss_ledger import Account, LossLedger, Tally
from kairos_tui.wire.numbering import Numbering
from kairos_tui.wire.private_folder import private_folder, running_folders
from kairos_tui.wire.records import (
    Arrival,
    Body,
    Missed,
    OutboxCounts,
    Published,
    Received,
    Record,
    RecordOrder,
    RoleReport,
    Topic,
)
from kairos_tui.wire.signal_publisher import SignalPublisher
from kairos_tui.wire.signal_reader import SignalReader
from kairos_tui.wire.tick_fan import TickFan
from kairos_tui.wire.tick_receiver import OnFrame, TickReceiver
from kairos_tui.wire.tick_sender import TickSender

__all__ = [
    "NO_KEYS",
    "Account",
    "Arrival",
    "Body",
    "Door",
    "DoorClient",
    "DoorLink",
    "Endpoints",
    "Hello",
    "KeyRing",
    "LossLedger",
    "Missed",
    "Numbering",
    "OnFrame",
    "OutboxCounts",
    "Published",
    "Received",
    "Record",
    "RecordOrder",
    "RoleReport",
    "SignalPublisher",
    "SignalReader",
    "Tally",
    "TcpAddress",
    "TickFan",
    "TickReceiver",
    "TickSender",
    "Topic",
    "Welcome",
    "check_ring",
    "count_ticks",
    "is_tcp",
    "make_keys",
    "pack_message",
    "pack_record",
    "private_dir",
    "private_folder",
    "public_key",
    "read_tcp",
    "running_folders",
    "unpack_frame",
    "unpack_message",
    "unpack_record",
]

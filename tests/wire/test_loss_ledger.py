"""Numbers on frames say exactly what was received, lost and refused, through restarts of either end."""

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from kairos_tui.wire.codec import FrameHead
from kairos_tui.wire.loss_ledger import LedgerFile, LossLedger, Tally


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(1, 5), st.integers(0, 5), st.booleans())))
def test_received_and_lost_add_up_to_sent(frames: list[tuple[int, int, bool]]) -> None:
    ledger = LossLedger()
    number, ticks_before, received, received_ticks = 1, 0, 0, 0
    last_heard = (1, 0)
    for records, ticks, arrives in frames:
        ticks = min(records, ticks)
        if arrives:
            assert ledger.admit(FrameHead("a", 0, number, ticks_before, 0), records, ticks)
            received += records
            received_ticks += ticks
            last_heard = (number + records, ticks_before + ticks)
        number += records
        ticks_before += ticks
    assert ledger.records == Tally(received, last_heard[0] - 1 - received, 0)
    assert ledger.ticks == Tally(received_ticks, last_heard[1] - received_ticks, 0)


def test_a_new_epoch_of_a_sender_begins_a_new_count() -> None:
    ledger = LossLedger()
    ledger.admit(FrameHead("a", 0, 1, 0, 0), 10, 10)
    ledger.admit(FrameHead("a", 1, 3, 2, 0), 1, 1)
    assert ledger.records == Tally(received=11, lost=2)


def test_what_a_former_life_of_a_sender_still_had_in_the_socket_is_refused_and_counted() -> None:
    ledger = LossLedger()
    ledger.admit(FrameHead("a", 1, 1, 0, 0), 1, 1)
    assert not ledger.admit(FrameHead("a", 0, 900, 900, 0), 5, 5)
    assert ledger.records == Tally(received=1, lost=0, refused=5)


def test_a_repeated_frame_is_not_used_twice() -> None:
    ledger = LossLedger()
    head = FrameHead("a", 0, 1, 0, 0)
    assert ledger.admit(head, 3, 3)
    assert not ledger.admit(head, 3, 3)


def test_of_very_many_senders_the_longest_unheard_are_forgotten_and_their_totals_are_not() -> None:
    ledger = LossLedger()
    for number in range(300):
        assert ledger.admit(FrameHead(f"s{number}", 0, 1, 0, 0), 1, 1)
        assert ledger.admit(FrameHead("steady", 0, number + 1, number, 0), 1, 1)
    assert (len(ledger.accounts), "steady" in ledger.accounts, "s0" in ledger.accounts) == (256, True, False)
    assert (ledger.records, ledger.ticks, ledger.foreign) == (Tally(600), Tally(600), 0)


def test_what_a_successor_reads_has_the_forgotten_too(tmp_path: Path) -> None:
    ledger = LossLedger()
    for number in range(300):
        ledger.admit(FrameHead(f"s{number}", 0, 2, 1, 0), 1, 1)
    LedgerFile(tmp_path / "ticks.ledger").save(ledger)
    successor = LedgerFile(tmp_path / "ticks.ledger").load()
    assert (successor.records, successor.ticks) == (Tally(300, 300), Tally(300, 300))


def test_a_successor_goes_on_where_the_ledger_was_saved(tmp_path: Path) -> None:
    ledger = LossLedger()
    ledger.admit(FrameHead("a", 0, 1, 0, 0), 10, 10)
    kept = LedgerFile(tmp_path / "ticks.ledger")
    kept.save(ledger)
    successor = LedgerFile(tmp_path / "ticks.ledger").load()
    successor.admit(FrameHead("a", 0, 15, 14, 0), 1, 1)
    assert successor.records == Tally(received=11, lost=4)


def test_a_damaged_ledger_file_is_an_empty_ledger(tmp_path: Path) -> None:
    path = tmp_path / "ticks.ledger"
    path.write_bytes(b"\x00\x00\x00\xffgarbage")
    assert LedgerFile(path).load().accounts == {}


def test_of_a_sender_that_has_gone_on_for_long_nothing_was_lost_here() -> None:
    ledger = LossLedger()
    ledger.joins_late = True
    assert ledger.admit(FrameHead("a", 0, 901, 900, 0), 10, 10)
    assert ledger.admit(FrameHead("a", 0, 916, 915, 0), 1, 1)
    assert (ledger.records, ledger.ticks) == (Tally(11, 5), Tally(11, 5))

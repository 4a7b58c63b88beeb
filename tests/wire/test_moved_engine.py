"""An engine that moves to another address remembers who sent to it, and believes them at once."""

from itertools import count
from pathlib import Path

from kairos_tui.market import PackedTick, Symbol, Tick, Venue
from kairos_tui.wire import Endpoints, TickFan, TickReceiver, private_folder

BTC, OKX = Symbol("BTC/USDT"), Venue("okx")


def send(fan: TickFan, receiver: TickReceiver, ticks: int) -> int:
    """So many, one after the other; how many were taken."""
    taken = 0
    for number in range(ticks):
        fan.offer(Tick(OKX, BTC, ((100.0 + number, 1.0),), ((200.0 + number, 1.0),), number + 1, number + 1))
        for _ in range(400):
            fan.flush()
            arrived = sum(isinstance(each.record, PackedTick) for each in receiver.drain(5))
            taken += arrived
            if arrived:
                break
    return taken


def test_what_is_sent_to_its_new_address_is_not_taken_for_a_repetition(tmp_path: Path) -> None:
    ledger = tmp_path / "engine.ledger"
    epochs = count(7)
    with private_folder() as folder:
        here, there = (Endpoints.in_dir(folder, number).ticks for number in range(2))
        fan = TickFan((), {}, sender="ingest:okx@near", epoch=lambda: next(epochs))
        try:
            for address in (here, there):
                receiver = TickReceiver(address, ledger=ledger)
                try:
                    fan.follow({address: ()})
                    assert send(fan, receiver, 20) >= 20  # at a new address the last value comes first
                    assert receiver.ledger.ticks.refused == 0
                finally:
                    receiver.close()
        finally:
            fan.close()

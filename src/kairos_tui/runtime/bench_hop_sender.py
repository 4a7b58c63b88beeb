"""bench_hop_sender: the process that offers ticks while the hop is measured, over our wire or as JSON.

Before it: bench_hop starts it with its order on the command line and reads what it sends.
"""

import asyncio
import signal
import sys
import time
from collections.abc import Callable
from typing import Any

import msgspec
from msgspec import Struct

from kairos_tui.market import Symbol, Tick, Venue
from kairos_tui.runtime.child import die_with_parent
from kairos_tui.wire import TickSender
from kairos_tui.wire.bench_json import JsonEnd

_BOOKS = 100
_RETRY_S = 0.0001
_GIVE_UP_S = 5.0


class HopOrder(Struct, frozen=True):
    """`ticks` paced at `per_s`; with `per_s` 0 as many as are taken in `seconds`, `per_turn` a flush."""

    endpoint: str
    levels: int
    as_json: bool = False
    ticks: int = 0
    per_s: int = 0
    seconds: float = 0.0
    per_turn: int = 1


class Ticks:
    """A tick of a hundred books in turn."""

    def __init__(self, levels: int) -> None:
        self._symbols = [Symbol(f"C{number}/USDT") for number in range(_BOOKS)]
        self._bids = tuple((67_110.1 - 0.1 * level, 0.31 + level) for level in range(levels))
        self._asks = tuple((67_110.2 + 0.1 * level, 0.27 + level) for level in range(levels))

    def tick(self, number: int) -> Tick:
        now_ns = time.monotonic_ns()
        symbol = self._symbols[number % _BOOKS]
        return Tick(
            Venue("kraken"), symbol, self._bids, self._asks, now_ns, now_ns, 1_795_342_351_123, number
        )


def send_ticks(order: HopOrder) -> None:
    """Over our own wire, as an ingest worker does."""
    sender, ticks = TickSender(order.endpoint, sender="bench", epoch=0), Ticks(order.levels)
    if order.per_s:
        for number in range(order.ticks):
            _wait_for_turn(order, number)
            sender.offer(ticks.tick(number))
            sender.flush()
    else:
        _flood(order, lambda number: _send_turn(sender, ticks, order.per_turn, number))
    give_up_s = time.monotonic() + _GIVE_UP_S
    while sender.flush() and time.monotonic() < give_up_s:
        time.sleep(_RETRY_S)
    sender.close()


def _send_turn(sender: TickSender, ticks: Ticks, per_turn: int, number: int) -> None:
    for place in range(per_turn):
        sender.offer(ticks.tick(number * per_turn + place))
    give_up_s = time.monotonic() + _GIVE_UP_S
    while sender.flush() and time.monotonic() < give_up_s:
        time.sleep(_RETRY_S)


async def send_json(order: HopOrder) -> None:
    """A JSON object each."""
    end, ticks = JsonEnd("PUSH", order.endpoint), Ticks(order.levels)
    if order.per_s:
        for number in range(order.ticks):
            _wait_for_turn(order, number)
            await end.send(_as_dict(ticks.tick(number)))
    else:
        ends_s, number = time.monotonic() + order.seconds, 0
        while time.monotonic() < ends_s:
            await end.send(_as_dict(ticks.tick(number)))
            number += 1
    await end.send({})  # that was the last
    end.close()


_began_ns = time.monotonic_ns()


def _wait_for_turn(order: HopOrder, number: int) -> None:
    while (wait_ns := _began_ns + number * 1_000_000_000 // order.per_s - time.monotonic_ns()) > 0:
        time.sleep(wait_ns / 1e9)


def _flood(order: HopOrder, send_turn: Callable[[int], None]) -> None:
    ends_s, number = time.monotonic() + order.seconds, 0
    while time.monotonic() < ends_s:
        send_turn(number)
        number += 1


def _as_dict(tick: Tick) -> dict[str, Any]:
    return {name: getattr(tick, name) for name in tick.__struct_fields__}


def main() -> None:
    """Enter the process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    die_with_parent(signal.SIGKILL)
    order = msgspec.json.decode(sys.argv[1], type=HopOrder)
    if order.as_json:
        asyncio.run(send_json(order))
    else:
        send_ticks(order)


if __name__ == "__main__":
    main()

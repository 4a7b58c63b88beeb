"""bench_bus_worker: the process that sends, and the one that reads, while buses are measured.

Before it: bench_bus_pair orders over stdin and is answered on stdout; when stdin closes, the process ends.
"""

import gc
import importlib
import os
import queue
import signal
import threading
import time
from typing import Any, TypeVar, assert_never

from kairos_tui.runtime import bench_bus_orders as told
from kairos_tui.runtime.bench_figures import RollCall
from kairos_tui.runtime.child import die_with_parent

EndT = TypeVar("EndT")

_READER_WITHIN_S = 5.0
_LOOK_EVERY_S = 0.2
_QUIET_NS = 1_000_000_000
_AT_ONCE = 100
"""Messages made and handed over together when sent flat out; what a pipeline of Redis holds."""


class Worker:
    """Obeys one order after another. Create it on the main thread."""

    def __init__(self, orders_fd: int, answers_fd: int) -> None:
        self._orders: queue.SimpleQueue[told.Order] = queue.SimpleQueue()
        self._sent = threading.Event()
        self._sent_count = 0
        self._answers_fd = answers_fd
        self._sending: told.Sending | None = None
        self._reading: told.Reading | None = None
        threading.Thread(target=self._hear, args=(orders_fd,), name="orders", daemon=True).start()

    def obey_forever(self) -> None:
        """Until the orders end, which ends the process."""
        while True:
            order = self._orders.get()
            try:
                self._obey(order)
            except Exception as error:  # noqa: BLE001  the containment door: whatever a client library raises
                self._tell(told.Failed(f"{type(error).__name__}: {error}".split("\n", 1)[0]))

    def _hear(self, orders_fd: int) -> None:
        with os.fdopen(orders_fd, "rb") as lines:
            for line in lines:
                order = told.orders.decode(line)
                if isinstance(order, told.AllSent):
                    self._sent_count = order.count
                    self._sent.set()
                else:
                    self._orders.put(order)
        os._exit(0)

    def _obey(self, order: told.Order) -> None:
        match order:
            case told.OpenSender():
                self._sending = _named(order.end)(order.address)
                self._tell(told.Opened(self._sending.address))
            case told.OpenReader():
                self._reading = _named(order.end)(order.address)
                self._tell(told.Opened(order.address))
            case told.Send():
                self._tell(send(_open(self._sending), order))
            case told.Read():
                self._sent.clear()
                self._tell(told.Listening())
                self._tell(self._read(_open(self._reading), order))
            case told.Close():
                self._close()
                self._tell(told.Closed())
            case told.AllSent():
                pass  # heard by the other thread
            case _:
                assert_never(order)

    def _read(self, reading: told.Reading, order: told.Read) -> told.HaveRead:
        roll, ages_ns, last_ns = RollCall(order.first, order.count), list[int](), 0
        unpack = told.STAMP.unpack_from
        gc.collect()
        cpu_ns, heard_ns = time.process_time_ns(), time.monotonic_ns()
        while roll.came < (self._sent_count if self._sent.is_set() else order.count):
            messages = reading.receive(_LOOK_EVERY_S)
            now_ns = time.monotonic_ns()
            for message in messages:
                number, sent_ns = unpack(message)
                if roll.answer(number):
                    last_ns = now_ns
                    if order.ages:
                        ages_ns.append(now_ns - sent_ns)
            if messages or not self._sent.is_set():
                heard_ns = now_ns
            elif now_ns - heard_ns > _QUIET_NS:
                break
        cpu_ns = time.process_time_ns() - cpu_ns
        return told.HaveRead(roll.came, roll.repeated, ages_ns, last_ns, cpu_ns)

    def _close(self) -> None:
        for end in (self._sending, self._reading):
            if end is not None:
                end.close()
        self._sending = self._reading = None

    def _tell(self, answer: told.Answer) -> None:
        body = told.as_line(answer)
        while body:
            body = body[os.write(self._answers_fd, body) :]


def send(sending: told.Sending, order: told.Send) -> told.Sent:
    """Send what is ordered, or what of it can be sent in `most_s`."""
    if not sending.has_reader(_READER_WITHIN_S):
        raise TimeoutError("no reader within 5 s")
    gc.collect()
    before_s, cpu_ns, first_ns = sending.server_cpu_s(), time.process_time_ns(), time.monotonic_ns()
    count = _paced(sending, order) if order.per_s else _flat_out(sending, order)
    cpu_ns, after_s = time.process_time_ns() - cpu_ns, sending.server_cpu_s()
    server_ns = None if before_s is None or after_s is None else int((after_s - before_s) * 1e9)
    return told.Sent(count, first_ns, cpu_ns, server_ns)


def _paced(sending: told.Sending, order: told.Send) -> int:
    """One at a time, each at its due moment. One that is late goes at once; the next keep their moments."""
    pack, filling, every_ns = told.STAMP.pack, order.filling, 1_000_000_000 // order.per_s
    start_ns = time.monotonic_ns()
    for sent in range(order.count):
        while (wait_ns := start_ns + sent * every_ns - time.monotonic_ns()) > 0:
            time.sleep(wait_ns / 1e9)
        if -wait_ns > order.most_s * 1e9:
            return sent
        sending.send(pack(order.first + sent, time.monotonic_ns()) + filling)
    return order.count


def _flat_out(sending: told.Sending, order: told.Send) -> int:
    """As fast as the bus takes them, a hundred at a time."""
    pack, filling = told.STAMP.pack, order.filling
    ends_ns = time.monotonic_ns() + int(order.most_s * 1e9)
    end = order.first + order.count
    for number in range(order.first, end, _AT_ONCE):
        now_ns = time.monotonic_ns()
        if now_ns > ends_ns:
            return number - order.first
        sending.send_all(
            [pack(each, now_ns) + filling for each in range(number, min(number + _AT_ONCE, end))]
        )
    return order.count


def _named(end: str) -> Any:  # noqa: ANN401  one of Sending or Reading, by its name alone
    """`module:callable`, loaded only in the process that measures with it."""
    module, _, name = end.partition(":")
    return getattr(importlib.import_module(module), name)


def _open(end: EndT | None) -> EndT:
    if end is None:
        raise RuntimeError("ordered before anything is open")
    return end


def main() -> None:
    """Enter the process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    die_with_parent(signal.SIGKILL)
    answers_fd = os.dup(1)
    os.dup2(2, 1)  # what a library prints must not be taken for an answer
    Worker(os.dup(0), answers_fd).obey_forever()


if __name__ == "__main__":
    main()

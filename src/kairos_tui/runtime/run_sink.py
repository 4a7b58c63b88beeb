"""run_sink: one sink's process. Wire's reader in a thread, the courier in the loop, a backlog between them.

Whatever the sink does, it does here: a process of its own, which the engine never waits for.
"""

import asyncio
import logging
import signal
import threading
import time

from kairos_tui.errors import Fatal
from kairos_tui.runtime.child import News, Post, on_terminate, post_from_argv
from kairos_tui.runtime.log_file import log_to
from kairos_tui.runtime.loop_lag import LoopLag
from kairos_tui.runtime.outlet_plans import SinkRolePlan
from kairos_tui.runtime.sink_teller import SinkTeller
from kairos_tui.sinks import Backlog, SinkUrl, open_sink, read_url
from kairos_tui.sinks.courier import Courier
from kairos_tui.wire import SignalReader

log = logging.getLogger(__name__)

_WAIT_MS = 50
_BEAT_S = 0.25
_LAST_WORDS_NS = 200_000_000
_SILENT_NS = 60_000_000
_FLUSH_WITHIN_S = 0.3


class SinkRole:
    """A backlog with a reader before it and a courier behind it. Made in the loop."""

    def __init__(self, plan: SinkRolePlan, url: SinkUrl, post: Post) -> None:
        self._post = post
        self._backlog = Backlog(run=plan.run, feed=plan.feed, most_waiting=url.queue)
        self._courier = Courier(self._backlog, open_sink(url), say=self._say)
        self._teller = SinkTeller(
            url,
            self._backlog,
            settings=plan.settings,
            symbols=plan.symbols,
            feed=plan.feed,
            on_board=self._courier.show,
            now_ns=time.monotonic_ns(),
        )
        self._endpoints, self._order, self._ring = plan.signals, plan.symbols, plan.ring
        self._stopping = threading.Event()

    def stop(self) -> None:
        """Hear the engine's last words, say bye, deliver what can be delivered at once, and end."""
        self._teller.stop_begins(time.monotonic_ns())  # now: the feeds go down while the reader still waits
        self._stopping.set()

    async def run(self) -> None:
        """Until stopped. Raises Fatal when the sink can never work."""
        self._beat()
        LoopLag(asyncio.get_running_loop(), self._post.is_late)
        reader = threading.Thread(target=self._read, name="reader", daemon=True)
        reader.start()
        untold = await self._courier.run()
        counts = self._backlog.counts
        log.info("sink ended counts=%s retries=%s untold=%s", counts, self._courier.retries, untold)
        if untold:
            log.warning("sink ended with lines untold=%s", untold)
            self._say(f"ended with {untold} line{'' if untold == 1 else 's'} undelivered")

    def _beat(self) -> None:
        self._post.beat()
        asyncio.get_running_loop().call_later(_BEAT_S, self._beat)

    def _say(self, note: str) -> None:
        log.warning("sink in trouble note=%s", note)
        self._post.tell(News(note=note))

    def _read(self) -> None:
        source = SignalReader(self._endpoints, topics=self._teller.topics, order=self._order, ring=self._ring)
        try:
            while not self._stopping.is_set():
                self._pass_on(source, _WAIT_MS)
            self._hear_last_words(source)
        finally:
            source.close()
            self._teller.finish("done")
            self._courier.close(_FLUSH_WITHIN_S)

    def _hear_last_words(self, source: SignalReader) -> None:
        began_ns = heard_ns = time.monotonic_ns()
        while (now_ns := time.monotonic_ns()) - began_ns < _LAST_WORDS_NS:
            if self._pass_on(source, 10):
                heard_ns = now_ns
            elif now_ns - heard_ns > _SILENT_NS and not self._teller.awaits_closes:
                break

    def _pass_on(self, source: SignalReader, wait_ms: int) -> bool:
        heard = source.drain(wait_ms)
        self._teller.take(heard, time.monotonic_ns())
        if not self._backlog.is_empty:
            self._courier.wake()
        return bool(heard)


async def _deliver(plan: SinkRolePlan, post: Post) -> None:
    role = SinkRole(plan, read_url(plan.url), post)
    on_terminate(role.stop)
    await role.run()


def main() -> None:
    """Enter the sink's process."""
    post = Post(*post_from_argv(), last_words=signal.SIGTERM)
    plan = post.read_plan(SinkRolePlan)
    log_to(plan.log_path, plan.log_level, role=f"sink:{plan.url.partition(':')[0]}")
    try:
        asyncio.run(_deliver(plan, post))
    except Fatal as error:
        log.error("sink given up reason=%s", error)  # noqa: TRY400  a sentence, no crash
        post.tell(News(given_up=str(error)))


if __name__ == "__main__":
    main()

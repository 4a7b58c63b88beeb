"""EngineRecording: what an engine hears, when it decides, what it publishes: recorded while that is wanted.

Before it: the engine's role. After it: the journal's Recorder, whose thread writes: here nothing waits.
"""

import itertools
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from threading import Thread
from typing import Final, Protocol

import kairos_tui
from kairos_tui.engine import Told
from kairos_tui.errors import RecordingRefused
from kairos_tui.journal import BEGIN, END, Channel, Header, Recorder
from kairos_tui.market import RecordingView, Thresholds
from kairos_tui.runtime.engine_plan import EnginePlan
from kairos_tui.wire import OnFrame, pack_record

_STREAMS_A_TURN: Final = 64
"""Of a checkpoint: 64 books of ten levels are packed in a third of a millisecond."""
_LOOK_EVERY_NS: Final = 20_000_000
_CLOSE_WITHIN_S: Final = 0.4
_CLOSE_LATER_WITHIN_S: Final = 5.0


class Known(Protocol):
    """The engine's desk, as a checkpoint and a header see it."""

    @property
    def thresholds(self) -> Thresholds: ...

    def known(self) -> Iterator[tuple[Told, ...]]: ...


class Ears(Protocol):
    """The tick wire's receiver, as a recording sees it."""

    on_frame: OnFrame | None


class EngineRecording:
    """On or off, as the last order says. A folder that refuses is shown, and never stops the engine."""

    def __init__(
        self, plan: EnginePlan, known: Known, ears: Ears, *, clock_ns: Callable[[], int] = time.monotonic_ns
    ) -> None:
        self._plan = plan
        self._clock_ns = clock_ns
        self._known = known
        self._ears = ears
        self._path = ""
        self._recorder: Recorder | None = None
        self._refused: RecordingView | None = None
        self._checkpoint: Iterator[tuple[Told, ...]] | None = None
        self._look_at_ns = 0
        self.order(plan.record)

    @property
    def view(self) -> RecordingView | None:
        """What is recorded, or why it cannot be; None when nobody wants it."""
        return self._recorder.view if self._recorder is not None else self._refused

    def order(self, path: str) -> None:
        """Record there from now on; empty = no more. The same order again changes nothing."""
        if path == self._path:
            return
        if (ended := self._let_go()) is not None:
            # Its last block and its index are not for the engine to wait for.
            Thread(target=ended.close, args=(_CLOSE_LATER_WITHIN_S,), name="recorded", daemon=True).start()
        self._path = path
        if not path:
            return
        try:
            self._recorder = Recorder(Path(path), self._header(), self._plan.limits)
        except RecordingRefused as error:
            self._refused = RecordingView(path, trouble=str(error).removeprefix(f"{path}: "))
            return
        self._ears.on_frame = partial(self._recorder.put, Channel.FRAME)

    def on_turn(self, now_ns: int, *, is_heard: bool) -> None:
        """The engine decides now; call it before what it finds is published."""
        if self._recorder is not None:
            self._recorder.put(Channel.TURN, now_ns, b"\x01" if is_heard else b"\x00")

    def on_output(self, published_ns: int, message: bytes) -> None:
        """A signal or a status as it left."""
        if self._recorder is not None:
            self._recorder.put(Channel.OUTPUT, published_ns, message)

    def go_on(self, now_ns: int, record_to: str | None) -> None:
        """Once a turn, after it: the newest order, and the next part of a checkpoint where one is due."""
        if record_to is not None:
            self.order(record_to)
        recorder = self._recorder
        if recorder is None or (self._checkpoint is None and now_ns < self._look_at_ns):
            return
        self._look_at_ns = now_ns + _LOOK_EVERY_NS
        at_ns = self._clock_ns()  # what the turn has published bears later instants than the turn
        if recorder.wants_checkpoint:
            self._checkpoint = self._known.known()
            recorder.put(Channel.CHECKPOINT, at_ns, BEGIN)
        if self._checkpoint is None:
            return
        streams = tuple(itertools.islice(self._checkpoint, _STREAMS_A_TURN))
        for told in itertools.chain.from_iterable(streams):
            recorder.put(Channel.STATE, at_ns, pack_record(told))
        if len(streams) < _STREAMS_A_TURN:
            self._checkpoint = None
            recorder.put(Channel.CHECKPOINT, at_ns, END)

    def close(self) -> None:
        """Write what waits and stop. May be repeated."""
        if (ended := self._let_go()) is not None:
            ended.close(_CLOSE_WITHIN_S)

    def _let_go(self) -> Recorder | None:
        ended, self._recorder = self._recorder, None
        self._ears.on_frame = self._checkpoint = self._refused = None
        self._path = ""
        return ended

    def _header(self) -> Header:
        plan, shard = self._plan, self._plan.shard
        started_ns, started_us = self._clock_ns(), time.time_ns() // 1_000
        return Header(
            kairos=kairos_tui.__version__,
            run=plan.run,
            epoch=plan.epoch,
            engine=shard.number,
            engines=shard.of,
            feed=plan.feed,
            symbols=shard.symbols,
            conversions=shard.conversions,
            venues=plan.venues,
            thresholds=self._known.thresholds,
            mood=plan.mood,
            seed=plan.seed,
            started_us=started_us,
            started_ns=started_ns,
        )

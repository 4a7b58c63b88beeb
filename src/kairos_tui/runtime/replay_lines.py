"""ReplayLines: a recording -> lines on stdout, in this process alone: no socket, no child, no clock told.

Before it: replay. After it: narrator, as in a live run, over a stream that waits for its reader. What is
written depends on the recording and on what was asked, and on nothing else.
"""

import os
import time
from typing import Final

from kairos_tui.errors import CountNotMet, OutputLost
from kairos_tui.journal import Recording
from kairos_tui.market import Signal
from kairos_tui.runtime.bus import bus_of
from kairos_tui.runtime.narrator import Narrator, Output
from kairos_tui.runtime.player import Player
from kairos_tui.runtime.replay_pace import ReplayPace
from kairos_tui.runtime.replay_plan import ReplayPlan, recorded_settings, symbols_of
from kairos_tui.runtime.replay_request import ENDED
from kairos_tui.runtime.signals_caught import SignalsCaught
from kairos_tui.runtime.voice import HEARTBEAT_AFTER_S, Clocks
from kairos_tui.settings import Settings
from kairos_tui.sinks import LineStream, OutStream, PlainStream, SteadyLane
from kairos_tui.wire import Body, Published, Topic
from kairos_tui.wire.records import TOPICS

_SLICE: Final = 2_000
_LOOK_NS: Final = 1_000_000_000
_FEES_LOOK_NS: Final = 100_000_000
_REST_S: Final = 0.02


class ReplayLines:
    """An outlet of a player, and what turns it. Every look at the board is at an instant of the recording."""

    def __init__(
        self,
        recording: Recording,
        plan: ReplayPlan,
        signals: SignalsCaught,
        *,
        output: Output,
        emit: frozenset[str],
        count: int | None,
    ) -> None:
        self.is_quoted = "quote" in emit
        self._signals, self._count = signals, count
        self._epoch = 0
        self._numbers = dict.fromkeys(Topic, 0)
        self._pace = ReplayPace(plan.speed)
        self._lane = SteadyLane(os.dup(1), is_stopped=lambda: bool(signals.caught))
        self._player = player = Player(recording, plan, self)
        self._look_ns, self._stride, self._taken = player.from_ns, 1, 0
        self._stream = self._open_stream(output)
        self._narrator = Narrator(
            bus_of((), ()),  # it is not started: what it hears is handed to it
            run=player.run,
            feed="replay",
            settings=recorded_settings(Settings(), plan, recording.headers),
            groups=(symbols_of(recording.headers),),
            output=output,
            emit=emit,
            count=count,
            quiet=True,
            wake=lambda: None,
            stream=self._stream,
            clocks=Clocks(self._recorded_ns, lambda: player.span.wall_us(max(player.at_ns, player.from_ns))),
        )

    def publish(self, body: Body, at_ns: int) -> None:
        """See Outlet."""
        if isinstance(body, Signal) and self._narrator.waits_for_fees:
            self._hear(self._player.board(), at_ns)  # the first line comes before it
        if not self._narrator.count_met:
            self._hear(body, at_ns)

    def begin(self, epoch: int) -> None:
        """See Outlet."""
        self._epoch = epoch
        self._numbers = dict.fromkeys(Topic, 0)

    def run(self) -> int:
        """Until it is over; the exit code. Raises OutputLost, CountNotMet."""
        why = "crash"
        try:
            while (code := self._exit_code()) is None:
                self._turn()
            why = self._reason(code)
        finally:
            self._hear(self._player.board(), self._player.at_ns)
            self._narrator.finish(reason=why)
        if self._player.ended and self._count is not None and not self._narrator.count_met:
            raise CountNotMet(f"the recording was over before --count {self._count} was met")
        return code

    def _turn(self) -> None:
        player, now_ns = self._player, time.monotonic_ns()
        if player.running_up:
            player.play(0, most=_SLICE)
            return
        if player.at_ns >= self._look_ns:
            self._look()
        due_ns = self._pace.due_ns(now_ns, player.at_ns)
        taken = player.play(min(due_ns, self._look_ns), most=_SLICE)
        self._taken += taken
        if player.ended:
            player.close()
        elif taken < _SLICE and due_ns < self._look_ns:
            self._lane.flush()
            time.sleep(_REST_S)

    def _look(self) -> None:
        """The first line waits for a board with all fees, and a quiet stream shows one.

        Where nothing was recorded for a while it looks ever more rarely: a hole is no endless row of lines.
        """
        waits = self._narrator.waits_for_fees
        if waits or self._stream.quiet_for_s() >= HEARTBEAT_AFTER_S:
            self._hear(self._player.board(), self._player.at_ns)
        self._stride = 1 if self._taken else self._stride * 2
        self._taken = 0
        self._look_ns += (_FEES_LOOK_NS if waits else _LOOK_NS) * self._stride

    def _exit_code(self) -> int | None:
        if self._signals.caught:
            return 128 + self._signals.caught[0]
        if self._narrator.failure:
            raise OutputLost(f"stdout cannot be written: {self._narrator.failure}")
        over = self._narrator.count_met or self._narrator.reader_left or self._player.ended
        return 0 if over else None

    def _reason(self, code: int) -> str:
        if code:
            return self._signals.caught[0].name
        return ENDED if self._player.ended else "done"

    def _hear(self, body: Body, at_ns: int) -> None:
        topic = TOPICS[type(body)]
        self._numbers[topic] += 1
        ts_us = self._player.span.wall_us(at_ns)
        number, run = self._numbers[topic], self._player.run
        self._narrator.hear([Published(run, self._epoch, topic, number, ts_us, at_ns, body)])

    def _open_stream(self, output: Output) -> OutStream:
        make = PlainStream if output == "plain" else LineStream
        clock_ns = self._recorded_ns
        return make(self._lane, run=self._player.run, feed="replay", clock_ns=clock_ns)

    def _recorded_ns(self) -> int:
        return self._player.at_ns

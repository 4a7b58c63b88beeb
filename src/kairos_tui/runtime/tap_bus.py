"""tap_bus: `kairos tap` on engines themselves. What they publish, as JSON lines on our stdout.

Before it: cli. After it: narrator, which reads the bus and tells it on. Its lines have a run of their own,
the signals in them the ids that their engine gave.
"""

import secrets
import time
from functools import partial

from msgspec.structs import replace

from kairos_tui.errors import CountNotMet, OutputLost
from kairos_tui.runtime.follow import FollowPlan, as_there, await_board, symbols_of
from kairos_tui.runtime.narrator import Narrator
from kairos_tui.runtime.signals_caught import SignalsCaught
from kairos_tui.runtime.sources import open_bus
from kairos_tui.runtime.supervisor import describe_exit
from kairos_tui.runtime.tap import TapPlan

_TURN_S = 0.1


def tap_bus(plan: TapPlan, follow: FollowPlan) -> int:
    """Until quit, signalled or met; returns the exit code.

    Raises SourceUnreachable, CountNotMet, OutputLost, SettingsInvalid, ExtraMissing.
    """
    with SignalsCaught() as signals:
        board = await_board(follow, signals)
        if board is None:
            return 128 + signals.caught[0]
        symbols = symbols_of(board)
        narrator = Narrator(
            partial(open_bus, follow.address, order=symbols, ring=follow.ring),
            run=secrets.token_hex(2),
            feed=board.feed,
            settings=replace(as_there(follow.settings, board), journal=False),
            groups=(symbols,),
            output="json",
            emit=plan.emit,
            count=plan.count,
            quiet=plan.quiet,
            wake=signals.wake,
        )
        return Tapping(plan, narrator, signals).run()


class Tapping:
    """One run of the command: narrator reads and tells, this waits until it is over."""

    def __init__(self, plan: TapPlan, narrator: Narrator, signals: SignalsCaught) -> None:
        self._plan = plan
        self._narrator = narrator
        self._signals = signals
        self._started_ns = time.monotonic_ns()

    def run(self) -> int:
        """Turn until there is an exit code."""
        why = "crash"
        self._narrator.start()
        try:
            while (code := self._exit_code()) is None:
                self._signals.wait(_TURN_S)
            why = describe_exit(128 - code) if code > 128 else "done"
        finally:
            self._narrator.finish(reason=why)
        return code

    def _exit_code(self) -> int | None:
        if self._signals.caught:
            return 128 + self._signals.caught[0]
        if self._narrator.failure:
            raise OutputLost(f"stdout cannot be written: {self._narrator.failure}")
        if self._narrator.count_met or self._narrator.reader_left:
            return 0
        elapsed_s, for_s = (time.monotonic_ns() - self._started_ns) / 1e9, self._plan.for_s
        if for_s is None or elapsed_s < for_s:
            return None
        if self._plan.count is not None:
            raise CountNotMet(f"--for {for_s:g}s was over before --count {self._plan.count} was met")
        return 0

"""Run scored: which runs a journal holds, from when to when, and what they said of themselves.

Runs of several processes may share a file, line by line. Before it: scoring. After it: scorecard.
"""

from collections import OrderedDict

from kairos_tui.journal.lines.told import AnyTold, ByeTold, HelloTold, SignalTold, ThresholdsTold

MOST_RUNS = 64
"""That may be under way at a time; the one that was silent for longest is over."""
MOST_OPEN = 20_000
"""Signals of a run whose opening is remembered; the oldest are forgotten first."""
_MOST_NAMES = 200


class Run:
    """One that is under way: what it began with, what stands, until when it spoke."""

    def __init__(self, told: AnyTold) -> None:
        self.name = told.run
        self.from_us = self.to_us = told.ts_us
        self.thresholds = told.thresholds if isinstance(told, HelloTold) else ThresholdsTold()
        self.opened: OrderedDict[str, SignalTold] = OrderedDict()
        self.standing: OrderedDict[str, SignalTold] = OrderedDict()
        self.unborn: set[str] = set()

    def stands(self, signal: SignalTold) -> None:
        """It opened, or was updated."""
        _remember(self.standing, signal)
        if signal.event == "open":
            _remember(self.opened, signal)


class RunScore:
    """A run begins with its hello, or with the first line of its name; it ends with its bye."""

    def __init__(self) -> None:
        self.count = self.ended = self.ticks = 0
        self.from_us = self.to_us = self.watched_us = 0
        self._under_way: OrderedDict[str, Run] = OrderedDict()
        self._feeds: dict[str, None] = {}
        self._symbols: dict[str, None] = {}

    def over_before(self, told: AnyTold) -> list[Run]:
        """The runs that are over now that this line comes; each is told once."""
        if told.run in self._under_way:
            return [self._end(told.run)] if isinstance(told, HelloTold) else []
        return [self._end(next(iter(self._under_way)))] if len(self._under_way) >= MOST_RUNS else []

    def tell(self, told: AnyTold) -> Run:
        """One line, and the run that it is of."""
        run = self._under_way.get(told.run) or self._begin(told)
        self._under_way.move_to_end(told.run)
        run.to_us = max(run.to_us, told.ts_us)
        self.to_us = max(self.to_us, told.ts_us)
        if isinstance(told, SignalTold):
            _name(self._symbols, told.buy_symbol)
        elif isinstance(told, ByeTold):
            self.ended += 1
            self.ticks += told.ticks
        return run

    def end(self, run: Run) -> None:
        """Its last line has come."""
        self._end(run.name)

    def rest(self) -> list[Run]:
        """Those whose end is not there."""
        return [self._end(name) for name in tuple(self._under_way)]

    def _begin(self, told: AnyTold) -> Run:
        self.count += 1
        run = self._under_way[told.run] = Run(told)
        self.from_us = told.ts_us if self.from_us == 0 else min(self.from_us, told.ts_us)
        _name(self._feeds, told.feed)
        for symbol in told.symbols if isinstance(told, HelloTold) else ():
            _name(self._symbols, symbol)
        return run

    def _end(self, name: str) -> Run:
        run = self._under_way.pop(name)
        self.watched_us += run.to_us - run.from_us
        return run

    @property
    def not_ended(self) -> int:
        """Runs whose last line is not there."""
        return self.count - self.ended

    @property
    def feeds(self) -> tuple[str, ...]:
        """What the prices were: live, sim, replay."""
        return tuple(self._feeds)

    @property
    def symbols(self) -> tuple[str, ...]:
        """What was watched."""
        return tuple(self._symbols)


def _name(names: dict[str, None], name: str) -> None:
    if len(names) < _MOST_NAMES:
        names[name] = None


def _remember(kept: OrderedDict[str, SignalTold], signal: SignalTold) -> None:
    kept[signal.id] = signal.without_legs
    kept.move_to_end(signal.id)
    if len(kept) > MOST_OPEN:
        kept.popitem(last=False)

"""Run scored: which runs a journal holds, from when to when, and what they said of themselves.

Before it: scoring. After it: scorecard.
"""

from kairos_tui.journal.lines.told import AnyTold, ByeTold, HelloTold, SignalTold, ThresholdsTold

_MOST_NAMES = 200


class RunScore:
    """A run begins with its hello, or with the first line of another name."""

    def __init__(self) -> None:
        self.count = self.ended = self.ticks = 0
        self.from_us = self.to_us = self.watched_us = 0
        self.run_to_us = 0
        self.thresholds = ThresholdsTold()
        self._run: str | None = None
        self._feeds: dict[str, None] = {}
        self._symbols: dict[str, None] = {}

    def is_another(self, told: AnyTold) -> bool:
        """Whether this line begins a run."""
        return told.run != self._run or isinstance(told, HelloTold)

    def tell(self, told: AnyTold) -> None:
        """One line."""
        if self.is_another(told):
            self._begin(told)
        self.watched_us += max(0, told.ts_us - self.run_to_us)
        self.run_to_us = max(self.run_to_us, told.ts_us)
        self.to_us = max(self.to_us, told.ts_us)
        if isinstance(told, SignalTold):
            self._name(self._symbols, told.buy_symbol)
        elif isinstance(told, ByeTold):
            self.ended += 1
            self.ticks += told.ticks

    def _begin(self, told: AnyTold) -> None:
        self.count += 1
        self._run, self.run_to_us = told.run, told.ts_us
        self.from_us = told.ts_us if self.from_us == 0 else min(self.from_us, told.ts_us)
        self._name(self._feeds, told.feed)
        self.thresholds = ThresholdsTold()
        if isinstance(told, HelloTold):
            self.thresholds = told.thresholds
            for symbol in told.symbols:
                self._name(self._symbols, symbol)

    def _name(self, names: dict[str, None], name: str) -> None:
        if len(names) < _MOST_NAMES:
            names[name] = None

    @property
    def not_ended(self) -> int:
        """Runs whose last line is not there."""
        return max(0, self.count - self.ended)

    @property
    def feeds(self) -> tuple[str, ...]:
        """What the prices were: live, sim, replay."""
        return tuple(self._feeds)

    @property
    def symbols(self) -> tuple[str, ...]:
        """What was watched."""
        return tuple(self._symbols)

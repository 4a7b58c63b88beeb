"""Watch: what is remembered of one route while it is a candidate or open. Owned by signal_gate."""

from typing import NamedTuple

from kairos_tui.market import CloseReason, LatencyTrace, Opportunity, Signal, SignalEvent


class Chance(NamedTuple):
    """That an edge stands after the user's reaction, told by `n` others; a prior is a model's word."""

    p: float
    n: int
    is_prior: bool


class Watch:
    """`since_ns`: when the edge first stood. `priced`: as of the last look. `told`: as of the last event.

    `number` is the watchlist's, by age; `due_ns` is what the agenda holds of it, None for nothing.
    `is_birth`: the edge began at `since_ns`, and did not stand already when it was first looked at.
    `chance` is what was told of its capture with the last event.
    """

    __slots__ = (
        "chance",
        "due_ns",
        "is_birth",
        "number",
        "opened_ns",
        "peak_net_bps",
        "priced",
        "signal_id",
        "since_ns",
        "told",
        "told_ns",
        "trace",
    )

    def __init__(self, priced: Opportunity, now_ns: int) -> None:
        self.since_ns = now_ns
        self.number = 0
        self.is_birth = False
        self.chance: Chance | None = None
        self.due_ns: int | None = None
        self.signal_id: str | None = None
        self.opened_ns = self.told_ns = 0
        self.peak_net_bps = priced.net_bps
        self.priced = self.told = priced
        self.trace = LatencyTrace(now_ns, now_ns, now_ns, now_ns, now_ns)

    def reprice(self, priced: Opportunity) -> None:
        """The route was looked at again; a better price moves the peak and never the clock."""
        self.priced = priced
        self.peak_net_bps = max(self.peak_net_bps, priced.net_bps)

    def open(self, signal_id: str, priced: Opportunity, trace: LatencyTrace, now_ns: int) -> Signal:
        """The candidate becomes a signal: its life and its peak start here."""
        self.signal_id, self.opened_ns = signal_id, now_ns
        self.priced, self.peak_net_bps = priced, priced.net_bps
        return self._tell("open", trace, now_ns)

    def update(self, trace: LatencyTrace, now_ns: int) -> Signal:
        """The signal as last priced."""
        return self._tell("update", trace, now_ns)

    def close(self, reason: CloseReason, trace: LatencyTrace, now_ns: int) -> Signal:
        """The end, with the opportunity as it was priced last."""
        self.trace = trace
        return self.speak("close", now_ns, reason)

    def speak(self, event: SignalEvent, now_ns: int, reason: CloseReason | None = None) -> Signal:
        """The open signal as it stands at `now_ns`."""
        assert self.signal_id is not None
        told = self.chance if event != "close" else None
        return Signal(
            id=self.signal_id,
            event=event,
            opportunity=self.priced,
            opened_ns=self.opened_ns,
            at_ns=now_ns,
            peak_net_bps=self.peak_net_bps,
            trace=self.trace,
            reason=reason,
            capture_p=told.p if told else None,
            capture_n=told.n if told else None,
            is_prior=told is not None and told.is_prior,
        )

    def _tell(self, event: SignalEvent, trace: LatencyTrace, now_ns: int) -> Signal:
        self.told, self.told_ns, self.trace = self.priced, now_ns, trace
        return self.speak(event, now_ns)

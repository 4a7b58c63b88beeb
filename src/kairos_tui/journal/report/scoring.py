"""Scoring: what lines tell, one by one -> the scorecard. Memory is bounded, however long the journal is.

Before it: told_reader. After it: scorecard.
"""

from collections import Counter

from kairos_tui.journal.lines.told import (
    AnyTold,
    ByeTold,
    FillTold,
    GapTold,
    MarkoutTold,
    SignalTold,
    VenueTold,
)
from kairos_tui.journal.lines.told_reader import ToldReader
from kairos_tui.journal.report.marks_scored import ChanceScore, came_true
from kairos_tui.journal.report.paper_scored import PaperScore
from kairos_tui.journal.report.routes_scored import RouteScores
from kairos_tui.journal.report.run_scored import MOST_OPEN, Run, RunScore
from kairos_tui.journal.report.scorecard import Activity, EdgeCard, Scorecard, SignalCount
from kairos_tui.journal.report.stream_times import StreamTimes
from kairos_tui.journal.report.tally import Bins, Tally
from kairos_tui.market import FINISHED

_MOST_REASONS = 200
_JUST_UP_US = 100_000
_FINISHED = frozenset(str(reason) for reason in FINISHED)


def score(reader: ToldReader) -> Scorecard:
    """The scorecard of everything it reads. Raises LinesRefused for a file of something else."""
    scoring = Scoring()
    for told in reader:
        scoring.tell(told)
    return scoring.card(reader)


class Scoring:
    """Adds up."""

    def __init__(self) -> None:
        self._runs = RunScore()
        self._routes = RouteScores()
        self._chances = ChanceScore()
        self._paper = PaperScore()
        self._streams = StreamTimes()
        self._events: Counter[str] = Counter()
        self._closed_for: Counter[str] = Counter()
        self._lost: Counter[str] = Counter()
        self._nets, self._peaks, self._latency = Tally(), Tally(), Tally()
        self._bins = Bins()

    def tell(self, told: AnyTold) -> None:
        """One line."""
        for over in self._runs.over_before(told):
            self._close_run(over)
        run = self._runs.tell(told)
        match told:
            case SignalTold():
                self._signal(told, run)
            case MarkoutTold():
                self._markout(told, run)
            case FillTold():
                self._paper.add(told)
            case VenueTold():
                self._streams.tell(told)
            case GapTold():
                reasons = self._lost
                why = f"lines not delivered: {told.reason}"
                reasons[why if why in reasons or len(reasons) < _MOST_REASONS else "other"] += told.count
            case ByeTold():
                self._runs.end(run)
                self._close_run(run)
            case _:
                pass

    def card(self, reader: ToldReader) -> Scorecard:
        """Everything so far; no more lines may follow."""
        for run in self._runs.rest():
            self._close_run(run)
        runs, events = self._runs, self._events
        return Scorecard(
            path=reader.path,
            feeds=runs.feeds,
            runs=runs.count,
            runs_not_ended=runs.not_ended,
            from_us=runs.from_us,
            to_us=runs.to_us,
            watched_s=runs.watched_us / 1e6,
            symbols=runs.symbols,
            lines=reader.read,
            ticks=runs.ticks,
            signals=SignalCount(
                opened=events["open"],
                updated=events["update"],
                closed=events["close"],
                still_open=events["lost sight of"],
                closed_for=dict(self._closed_for.most_common()),
            ),
            edges=EdgeCard(opening=self._nets.spread(), peak=self._peaks.spread(), bars=self._nets.bars()),
            money=self._routes.money(),
            latency_us=self._latency.spread(),
            lifetimes=self._routes.lives.card(with_curve=True),
            horizons=self._routes.horizons.cards(),
            unpriced_for=dict(self._chances.notes.most_common()),
            calibration=self._chances.card(),
            paper=self._paper.card(),
            routes=self._routes.cards(),
            more_routes=self._routes.more,
            venues=self._streams.cards(),
            activity=self._activity(),
            lost=dict(self._lost) | reader.lost | self._not_followed(),
        )

    def _signal(self, signal: SignalTold, run: Run) -> None:
        self._events[signal.event] += 1
        if signal.event == "close":
            self._close(signal, run)
            return
        run.stands(signal)
        if signal.event != "open":
            return
        if self._is_unborn(signal, run) and len(run.unborn) < MOST_OPEN:
            run.unborn.add(signal.id)
        self._routes.open(signal)
        self._nets.add(signal.net_bps)
        self._bins.add(signal.ts_us)
        if signal.tick_to_signal_us is not None:
            self._latency.add(signal.tick_to_signal_us)

    def _close(self, signal: SignalTold, run: Run) -> None:
        reason = signal.reason or "no reason given"
        run.standing.pop(signal.id, None)
        self._peaks.add(signal.peak_net_bps)
        if reason in self._closed_for or len(self._closed_for) < _MOST_REASONS:
            self._closed_for[reason] += 1
        self._end(signal, run, ended=reason in _FINISHED)

    def _is_unborn(self, signal: SignalTold, run: Run) -> bool:
        """Its edge may be older than its dwell: when that began, a stream of it had just come up."""
        stood_us = signal.ts_us - run.thresholds.dwell_ms * 1_000
        streams = ((signal.buy_venue, signal.buy_symbol), (signal.sell_venue, signal.sell_symbol))
        up_us = max(self._streams.up_since_us(signal.run, *stream) for stream in streams)
        return up_us > 0 and stood_us - up_us < _JUST_UP_US

    def _end(self, signal: SignalTold, run: Run, *, ended: bool) -> None:
        if signal.id in run.unborn:
            run.unborn.discard(signal.id)
            self._routes.lives.unborn += 1
            return
        self._routes.end(signal, signal.duration_us, ended=ended, dwell_ms=run.thresholds.dwell_ms)

    def _markout(self, markout: MarkoutTold, run: Run) -> None:
        signal = run.opened.get(markout.id)
        self._routes.mark(signal.route if signal is not None else markout.route, markout)
        self._chances.note(markout)
        captured = came_true(markout)
        if signal is None or signal.capture_p is None or captured is None:
            return
        if markout.horizon_ms == run.thresholds.reaction_ms:
            self._chances.add(signal.capture_p, of_prior=signal.capture_prior, came_true=captured)

    def _close_run(self, run: Run) -> None:
        """What still stands is lost sight of; no stream's state holds any longer."""
        for last in run.standing.values():
            self._events["lost sight of"] += 1
            self._end(last, run, ended=False)
        self._streams.end_run(run.name, run.to_us)

    def _activity(self) -> Activity | None:
        if self._bins.start_us is None:
            return None
        return Activity(
            from_us=self._bins.start_us, width_s=self._bins.width_us / 1e6, opened=self._bins.counts
        )

    def _not_followed(self) -> dict[str, int]:
        streams = self._streams.not_followed
        return {"states of more streams than are followed": streams} if streams else {}

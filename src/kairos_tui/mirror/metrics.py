"""Metrics: the newest board and the mirror's own counts as Prometheus text, read when they are asked for.

Base units, `_total` on what only grows, labels that cannot grow: venues, and the first few symbols.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, get_args

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from kairos_tui.market import Board, FeedState, PaperOutcome, Symbol, Venue, VenueView
from kairos_tui.mirror.seam import MirrorPlan
from kairos_tui.mirror.served import Served

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
MOST_SYMBOLS: Final = 8

_Labels = list[tuple[tuple[str, ...], float]]


class Metrics(Collector):
    """`text()` is a scrape."""

    def __init__(self, plan: MirrorPlan, served: Served) -> None:
        self._plan = plan
        self._served = served
        self._shown = frozenset(plan.symbols[:MOST_SYMBOLS])
        self._registry = CollectorRegistry(auto_describe=False)
        self._registry.register(self)

    def text(self) -> bytes:
        """What Prometheus reads."""
        return generate_latest(self._registry)

    def describe(self) -> Iterable[Metric]:
        """Nothing beforehand: names are few and fixed."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """Everything, from one board."""
        info = {"version": self._plan.version, "run": self._plan.run, "feed": self._plan.feed}
        yield InfoMetricFamily("kairos_build", "What is running.", value=info)
        yield from self._own()
        board = self._served.scene.board
        if board is not None:
            yield from _of_rates(board)
            yield from _of_stages(board)
            yield from _of_roles(board)
            rows = [(each.symbol, row) for each in board.symbols for row in each.venues]
            yield from _of_venues([row for _, row in rows])
            yield from _of_streams([(symbol, row) for symbol, row in rows if symbol in self._shown])
            yield from self._of_symbols(board)
            yield from _of_paper(board)

    def _own(self) -> Iterator[Metric]:
        served = self._served
        age_s = served.health.board_age_s
        yield _gauge(
            "kairos_up", "1 when the newest board is fresh.", float(served.health.not_fresh() is None)
        )
        ready = float(served.health.not_ready() is None)
        yield _gauge("kairos_ready", "1 when it is fresh and venues can be compared.", ready)
        yield _gauge("kairos_loop_lag_seconds", "How late the mirror's loop was.", served.health.loop_lag_s)
        if age_s is not None:
            yield _gauge("kairos_board_age_seconds", "Since the newest board came.", age_s)
        yield _gauge("kairos_mirror_viewers", "Browsers connected.", len(served.audience.viewers))
        yield _gauge("kairos_mirror_listeners", "Readers of /events.", served.events.listeners)
        yield _counter("kairos_mirror_batches_total", "Batches made.", served.audience.batches)
        yield _counter("kairos_mirror_sent_bytes_total", "Sent to browsers.", served.audience.bytes)
        yield _counter(
            "kairos_mirror_skipped_total", "Batches a slow browser did not get.", served.audience.skipped
        )
        yield _counter(
            "kairos_mirror_lines_dropped_total", "Lines lost before the loop.", served.intake.dropped
        )
        kicked = {"slow": 0, "flood": 0, "silent": 0, "malformed": 0} | served.audience.kicked
        kicked["slow"] += served.events.kicked
        yield _counters("kairos_mirror_sent_away_total", "Clients disconnected.", "reason", _single(kicked))
        yield _counters("kairos_mirror_refused_total", "Requests refused.", "status", _single(served.refused))

    def _of_symbols(self, board: Board) -> Iterator[Metric]:
        shown = [each for each in board.symbols if each.symbol in self._shown]
        edges: _Labels = [
            ((each.symbol,), each.best.net_bps / 1e4)
            for each in shown
            if each.best is not None and each.best.net_bps is not None
        ]
        signals: _Labels = [((each.symbol,), each.signals) for each in shown]
        yield _gauges("kairos_best_net_ratio", "Best net return on outlay.", "symbol", edges)
        yield _counters("kairos_symbol_signals_total", "Signals opened.", "symbol", signals)


def _of_rates(board: Board) -> Iterator[Metric]:
    rates = board.rates
    yield _counter("kairos_ticks_offered_total", "Ticks the feeds made.", rates.offered)
    yield _counter("kairos_ticks_used_total", "Ticks the engine used.", rates.used)
    yield _counter("kairos_ticks_conflated_total", "Ticks replaced by newer ones.", rates.conflated)
    yield _counter("kairos_ticks_standby_total", "Ticks of ingesters that stand by.", rates.standby)
    untrue: dict[Venue, int] = {}  # of a venue's one connection: on every row of it
    for row in (row for each in board.symbols for row in each.venues):
        untrue[row.venue] = max(untrue.get(row.venue, 0), row.refused)
    rejected: _Labels = [(("invalid",), rates.rejected), (("untrue",), sum(untrue.values()))]
    yield _counters("kairos_ticks_rejected_total", "Ticks refused.", "reason", rejected)
    lost: _Labels = [(("feed_to_engine",), rates.lost), (("engine_to_outlets",), rates.dropped)]
    if board.recording is not None:
        lost.append((("engine_to_recording",), board.recording.lost))
    yield _counters("kairos_lost_total", "Messages lost between processes.", "hop", lost)
    yield _counter("kairos_signals_total", "Signals opened.", rates.signals)
    yield _gauge("kairos_uptime_seconds", "Since the engine started.", board.uptime_us / 1e6)
    latency = {"0.5": rates.latency_p50_us, "0.99": rates.latency_p99_us}
    shown: _Labels = [((q,), us / 1e6) for q, us in latency.items() if us is not None]
    yield _gauges(
        "kairos_tick_to_signal_seconds", "Socket read to decision, last seconds.", "quantile", shown
    )
    if rates.engine_p99_us is not None:
        yield _gauge(
            "kairos_engine_p99_seconds", "Arrival to decision, last seconds.", rates.engine_p99_us / 1e6
        )


def _of_paper(board: Board) -> Iterator[Metric]:
    """Nothing where no signal is followed by simulated orders."""
    if board.paper is not None:
        ended: _Labels = [((name,), getattr(board.paper, name)) for name in get_args(PaperOutcome)]
        earned: _Labels = [((quote,), profit) for quote, profit in board.paper.profits]
        yield _counters("kairos_paper_signals_total", "Simulated: how signals ended.", "outcome", ended)
        yield _gauges("kairos_paper_profit", "Simulated: what they earned, in each quote.", "quote", earned)


def _of_stages(board: Board) -> Iterator[Metric]:
    family = GaugeMetricFamily(
        "kairos_stage_seconds", "Where ticks' time went, last seconds.", labels=("stage", "quantile")
    )
    for view in board.stages:
        for quantile, ns in (("0.5", view.p50_ns), ("0.99", view.p99_ns), ("0.999", view.p999_ns)):
            if ns is not None:
                family.add_metric((view.stage, quantile), ns / 1e9)
    yield family


def _of_roles(board: Board) -> Iterator[Metric]:
    running: _Labels = [((role.name,), float(role.state == "running")) for role in board.roles]
    restarts: _Labels = [((role.name,), role.restarts) for role in board.roles]
    yield _gauges("kairos_role_up", "1 when the process runs.", "role", running)
    yield _counters("kairos_role_restarts_total", "Times it was started again.", "role", restarts)
    for name, about, field, unit in (
        ("kairos_role_cpu_ratio", "Of one core, last two seconds.", "cpu_share", 1.0),
        ("kairos_role_resident_bytes", "What it holds, shared pages included.", "rss_bytes", 1.0),
        ("kairos_role_loop_lag_seconds", "How late its loop is, p99.", "lag_p99_us", 1e6),
    ):
        known = [(role.name, getattr(role, field)) for role in board.roles]
        values: _Labels = [((role,), value / unit) for role, value in known if value is not None]
        yield _gauges(name, about, "role", values)


def _of_venues(rows: list[VenueView]) -> Iterator[Metric]:
    """Counts of a venue's one connection are on every row of it: the largest is all."""
    for name, about, field in (
        ("kairos_reconnects_total", "Connections made again.", "reconnects"),
        ("kairos_frames_bad_total", "Frames that could not be true.", "bad_frames"),
        ("kairos_sequence_gaps_total", "Books found incomplete.", "gaps"),
        ("kairos_cross_checks_total", "Comparisons with REST that agreed.", "checks"),
        ("kairos_cross_check_disagreements_total", "Those that did not.", "disagreements"),
    ):
        most: dict[str, float] = {}
        for row in rows:
            most[row.venue] = max(most.get(row.venue, 0), getattr(row, field))
        yield _counters(name, about, "venue", _single(most))
    ticks: dict[str, float] = {}
    for row in rows:
        ticks[row.venue] = ticks.get(row.venue, 0) + row.ticks
    yield _counters("kairos_ticks_total", "Ticks of a venue that the engine took.", "venue", _single(ticks))
    yield _gauges(
        "kairos_venue_score_ratio",
        "Health, 0 to 1.",
        "venue",
        _single({row.venue: row.score / 100 for row in rows}),
    )


def _of_streams(rows: list[tuple[Symbol, VenueView]]) -> Iterator[Metric]:
    labels = ("venue", "symbol")
    for name, about, field in (
        ("kairos_feed_age_seconds", "Since the book last changed.", "age_us"),
        ("kairos_feed_alive_age_seconds", "Since the last proof that it holds.", "alive_us"),
        ("kairos_feed_latency_seconds", "Socket read to applied.", "latency_us"),
    ):
        family = GaugeMetricFamily(name, about, labels=labels)
        for symbol, row in rows:
            value_us = getattr(row, field)
            if value_us is not None:
                family.add_metric((row.venue, symbol), value_us / 1e6)
        yield family
    usable = GaugeMetricFamily("kairos_feed_usable", "1 when it may enter a route.", labels=labels)
    states = GaugeMetricFamily("kairos_feed_state", "1 for the state it is in.", labels=(*labels, "state"))
    for symbol, row in rows:
        usable.add_metric((row.venue, symbol), float(row.usable))
        for state in FeedState:
            states.add_metric((row.venue, symbol, state.value), float(row.state is state))
    yield usable
    yield states


def _single(values: Mapping[Venue, float] | Mapping[str, float]) -> _Labels:
    return [((name,), float(value)) for name, value in values.items()]


def _gauge(name: str, about: str, value: float) -> Metric:
    return GaugeMetricFamily(name, about, value=value)


def _counter(name: str, about: str, value: float) -> Metric:
    return CounterMetricFamily(name, about, value=value)


def _gauges(name: str, about: str, label: str, values: _Labels) -> Metric:
    family = GaugeMetricFamily(name, about, labels=(label,))
    for labels, value in values:
        family.add_metric(labels, value)
    return family


def _counters(name: str, about: str, label: str, values: _Labels) -> Metric:
    family = CounterMetricFamily(name, about, labels=(label,))
    for labels, value in values:
        family.add_metric(labels, value)
    return family

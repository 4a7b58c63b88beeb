"""Launcher: `kairos watch`. Starts every role, owns the terminal, and stops everything in order.

It imports neither ccxt nor textual: those live in its children. cast says how each starts, supervisor keeps
them alive, narrator tells on what the engine publishes.
"""

import logging
import secrets
import signal
import time

from kairos_tui.errors import KairosError, RoleLost
from kairos_tui.market import FeedKind, FeedState, FeedStatus, LatencyWindow, Venue, split_symbol
from kairos_tui.runtime.bus import bus_of
from kairos_tui.runtime.cast import ENGINE, INGEST, SINK, Cast
from kairos_tui.runtime.child import News
from kairos_tui.runtime.cores import held_to, plan_cores
from kairos_tui.runtime.ingest_plan import TRY_NOW
from kairos_tui.runtime.leaving import WatchPlan, exit_code, reason_of
from kairos_tui.runtime.liveness import Reporter
from kairos_tui.runtime.log_file import log_file, log_to
from kairos_tui.runtime.mirror_switch import MirrorSwitch
from kairos_tui.runtime.narrator import Narrator
from kairos_tui.runtime.placement import ANYWHERE, Placement
from kairos_tui.runtime.process_use import ProcessUse, launcher_view
from kairos_tui.runtime.record_switch import RecordSwitch
from kairos_tui.runtime.signals_caught import SignalsCaught
from kairos_tui.runtime.supervisor import Role, Supervisor
from kairos_tui.runtime.terminal import TerminalGuard
from kairos_tui.runtime.view_command import watch_words
from kairos_tui.sinks import OutStream
from kairos_tui.wire import Endpoints, RoleReport, TickFan, private_folder

log = logging.getLogger(__name__)

_TURN_S = 0.1
_REPORT_EVERY_NS = 500_000_000
_STOP_WITHIN_S = 0.6


def watch(plan: WatchPlan, stream: OutStream | None = None) -> int:
    """Run until quit, signalled or met; returns the exit code. `stream` is told in place of stdout.

    Raises SettingsInvalid when no venue lists a symbol, NoVenueReachable when none answers a pipe in time,
    CountNotMet, OutputLost, and RoleLost when the engine or the HUD keeps dying.
    """
    log_path = log_file(plan.settings.log_format)
    log_to(str(log_path), plan.log_level, role="launcher")
    assets = {split_symbol(symbol)[0] for symbol in plan.symbols}
    engines = min(plan.settings.engines, len(assets))  # one without an asset would only idle
    placement, said = plan_cores(plan.settings.placement, len(plan.settings.venues), engines)
    log.info("placement %s", said)
    with private_folder() as folder, SignalsCaught() as signals, held_to(placement.others):
        endpoints = tuple(Endpoints.in_dir(folder, engine) for engine in range(engines))
        return Launcher(plan, endpoints, signals, str(log_path), placement, stream).run()


class Launcher:
    """One start of `kairos watch`."""

    def __init__(
        self,
        plan: WatchPlan,
        endpoints: tuple[Endpoints, ...],
        signals: SignalsCaught,
        log_path: str,
        placement: Placement = ANYWHERE,
        stream: OutStream | None = None,
    ) -> None:
        self._plan, self._log_path, self._signals = plan, log_path, signals
        self._guard, self._supervisor = TerminalGuard(), Supervisor()
        self._feed: FeedKind = plan.feed
        self._draws = plan.draws
        self._origins: dict[str, tuple[str, str]] = {}
        self._exit_code: int | None = None
        self._next_report_ns = 0
        self._turns = LatencyWindow()
        self._use, self._reporter = ProcessUse(), Reporter()
        self._cast = Cast(
            run=secrets.token_hex(2),
            settings=plan.settings,
            symbols=plan.symbols,
            endpoints=endpoints,
            log_path=log_path,
            log_level=plan.log_level,
            placement=placement,
            command=watch_words(plan.settings, sim=plan.sim, config=plan.config),
            in_force=plan.in_force,
            own_sim=plan.sim,
        )
        self._reports = TickFan([each.ticks for each in endpoints], {}, sender="launcher", epoch=0)
        self._recording = RecordSwitch(self._cast, self._reports.offer)
        self._recording.start(plan.settings.record)
        self._mirror = MirrorSwitch(self._cast, self._supervisor, self._on_outlet_news)
        self._narrator = Narrator(
            bus_of([each.signals for each in endpoints], plan.symbols),
            run=self._cast.run,
            feed=self._feed,
            settings=plan.settings,
            groups=plan.groups,
            output=plan.output,
            emit=plan.emit,
            count=plan.count,
            quiet=plan.quiet,
            wake=signals.wake,
            stream=stream,
        )

    def run(self) -> int:
        """Start, turn until there is an exit code, stop in order."""
        started_ns = time.monotonic_ns()
        self._supervisor.watch_fd(self._signals.wake_fd)
        why = "crash"
        try:
            self._start()
            while self._exit_code is None:
                self._turn()
                elapsed_s = (time.monotonic_ns() - started_ns) / 1e9
                if self._exit_code is None:
                    caught = self._signals.caught
                    self._exit_code = exit_code(self._plan, self._narrator, caught, elapsed_s)
            why = reason_of(self._exit_code)
        except KairosError as error:
            why = str(error)
            raise
        finally:
            self._stop(why)
        return self._exit_code

    def _start(self) -> None:
        self._narrator.start()
        if self._draws:
            self._supervisor.add(self._cast.hud(self._feed, self._on_hud_news))
        if self._plan.sim:
            self._supervisor.add(self._cast.sim(self._on_sim_news))
        self._cast.warm_up()
        if not self._plan.sim:
            self._add_engines()
            self._add_ingest()

    def _turn(self) -> None:
        ended = self._supervisor.turn(_TURN_S)
        woke_ns = time.monotonic_ns()
        for role in ended:
            self._on_end(role)
        if self._exit_code is None:
            self._supervisor.restart_due()
        now_ns = time.monotonic_ns()
        self._turns.record(now_ns - woke_ns, now_ns)
        if now_ns >= self._next_report_ns:
            self._report(now_ns)

    def _report(self, now_ns: int) -> None:
        self._next_report_ns = now_ns + _REPORT_EVERY_NS
        own = launcher_view(self._turns, now_ns)
        roles = self._use.add_to((own, *self._supervisor.views()), now_ns)
        self._reports.offer(RoleReport(roles, self._cast.open_at_bps))
        self._reports.flush()
        self._reporter.turn(self._supervisor.roles.values(), now_ns, about=self._feed, wants=INGEST)

    def _on_end(self, role: Role) -> None:
        self._next_report_ns = 0
        if role.name == "hud":
            self._guard.restore(hud_left_in_order=role.last_exit == 0)
            if role.last_exit == 0:
                self._exit_code = 0
        if role.name.startswith(INGEST):
            self._withdraw(Venue(role.name.removeprefix(INGEST)), role.reason)
        if role.name.startswith(SINK) and role.state == "restarting":
            why = f"its process ended ({role.reason}) and starts again"
            self._narrator.say(f"{role.name}: {why}; lines that waited in it are lost")
        if role.state == "failed" and (role.name in ("hud", "sim") or role.name.startswith(ENGINE)):
            where = self._log_path
            raise RoleLost(f"the {role.name} process keeps ending ({role.reason}); the log is {where}")

    def _withdraw(self, venue: Venue, reason: str | None) -> None:
        # A dead worker cannot say that its books are no longer kept.
        why = f"its worker ended ({reason}), starting again"
        self._reports.offer(FeedStatus(venue, None, FeedState.DOWN, time.monotonic_ns(), reason=why))
        self._reports.flush()

    def _on_outlet_news(self, role_name: str, news: News) -> None:
        if news.given_up:
            # It said that it will never work: started again it would only say so again.
            self._supervisor.give_up(role_name, news.given_up)
        line = news.given_up or news.note
        if line:
            self._narrator.say(f"{role_name}: {line}")

    def _on_hud_news(self, news: News) -> None:
        if news.turn_recording:
            self._recording.turn()
            self._reports.flush()
        if news.mirror is not None:
            self._mirror.turn(self._feed, on=news.mirror)
            self._next_report_ns = 0
        if news.retry:
            self._supervisor.order(INGEST, TRY_NOW)
        if news.open_at_bps is not None:
            self._cast.open_at_bps, self._next_report_ns = news.open_at_bps, 0
        if news.start_sim and self._feed == "live" and self._cast.can_simulate:
            self._switch_to_sim()

    def _switch_to_sim(self) -> None:
        log.info("switching to the simulated exchanges")
        others = [name for name in self._supervisor.roles if name != "hud"]
        self._supervisor.stop(others, deadline_s=_STOP_WITHIN_S)
        self._feed = "sim"
        self._cast.keep_simulated()
        self._recording.feed_changed()
        self._narrator.feed_is("sim")
        self._supervisor.add(self._cast.sim(self._on_sim_news))

    def _on_sim_news(self, news: News) -> None:
        if not news.origins:
            return
        # A restarted simulator has new ports: its clients start over too.
        stale = [name for name in self._supervisor.roles if name.startswith(INGEST)]
        self._supervisor.stop(stale, deadline_s=_STOP_WITHIN_S)
        self._origins = news.origins
        if not any(name.startswith(ENGINE) for name in self._supervisor.roles):
            self._add_engines()  # not before there is something to hear: the first frame needs the cores
        self._add_ingest()

    def _add_engines(self) -> None:
        for engine in self._cast.engines(self._feed, draws=self._draws):
            self._supervisor.add(engine)
        for outlet in self._cast.outlets(self._feed, self._on_outlet_news):
            self._supervisor.add(outlet)

    def _add_ingest(self) -> None:
        for venue in self._cast.venues:
            self._supervisor.add(self._cast.ingest(venue, self._origins))

    def _stop(self, why: str) -> None:
        # The HUD first: the terminal is back at once. The engine's last words still reach the narrator.
        # The simulator last: that it hangs up is no news.
        self._reporter.stopping(why)
        self._narrator.stop_begins()
        if (hud := self._supervisor.roles.get("hud")) is not None:
            self._supervisor.stop(["hud"], deadline_s=_STOP_WITHIN_S / 2)
            self._guard.restore(hud_left_in_order=hud.last_exit in (0, 128 + signal.SIGTERM))
        for names in ([name for name in self._supervisor.roles if name != "sim"], ["sim"]):
            self._supervisor.stop(names, deadline_s=_STOP_WITHIN_S)
        self._narrator.finish(reason=why)
        self._reports.close()
        if self._plan.output == "none" and not self._plan.quiet:
            self._narrator.say(self._recording.summary)
        self._recording.close()
        self._cast.close()

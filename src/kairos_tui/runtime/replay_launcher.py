"""ReplayLauncher: `kairos replay` where somebody looks on. Starts the replay, the HUD and what else listens.

Before it: replay. After it: supervisor, which keeps the roles alive; narrator, for lines beside them.
"""

import os
import signal
import time
from typing import Final

from kairos_tui.errors import CountNotMet, KairosError, OutputLost, RoleLost
from kairos_tui.journal import Recording
from kairos_tui.market import FeedKind, Symbol
from kairos_tui.runtime.board_rate import boards_per_s
from kairos_tui.runtime.bus import bus_of
from kairos_tui.runtime.cast import Cast
from kairos_tui.runtime.child import News
from kairos_tui.runtime.log_file import log_file, log_to, output_file
from kairos_tui.runtime.narrator import Narrator
from kairos_tui.runtime.plans import ReplayOrder
from kairos_tui.runtime.replay_plan import ReplayPlan, recorded_settings, symbols_of
from kairos_tui.runtime.replay_request import ENDED, ReplayRequest
from kairos_tui.runtime.run_replay import ReplayRolePlan
from kairos_tui.runtime.signals_caught import SignalsCaught
from kairos_tui.runtime.spawn import SpawnedChild
from kairos_tui.runtime.supervisor import Role, Supervisor
from kairos_tui.runtime.terminal import TerminalGuard
from kairos_tui.runtime.view_command import replay_words
from kairos_tui.wire import Endpoints, private_folder

_TURN_S: Final = 0.1
_STOP_WITHIN_S: Final = 0.6
_LAST_LINES_S: Final = 0.3
REPLAY: Final[FeedKind] = "replay"
"""The role's name, and the feed's."""


def launch(asked: ReplayRequest, recording: Recording, plan: ReplayPlan) -> int:
    """Until quit, signalled, or over where nobody can go back; returns the exit code."""
    log_path = log_file(asked.settings.log_format)
    log_to(str(log_path), asked.log_level, role="launcher")
    with private_folder() as folder, SignalsCaught() as signals:
        return ReplayLauncher(asked, recording, plan, Endpoints.in_dir(folder), signals, str(log_path)).run()


class ReplayLauncher:
    """One start of it."""

    def __init__(
        self,
        asked: ReplayRequest,
        recording: Recording,
        plan: ReplayPlan,
        endpoints: Endpoints,
        signals: SignalsCaught,
        log_path: str,
    ) -> None:
        self._asked, self._plan, self._signals = asked, plan, signals
        self._endpoints, self._log_path = endpoints, log_path
        self._supervisor, self._guard = Supervisor(), TerminalGuard()
        self._log_fd = os.open(output_file(log_path), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._player: SpawnedChild | None = None
        self._starts = 0
        self._ended = False
        settings = recorded_settings(asked.settings, plan, recording.headers)
        symbols, run = symbols_of(recording.headers), recording.header.run
        self._settings = settings
        self._cast = Cast(
            run=run,
            settings=settings,
            symbols=symbols,
            endpoints=(endpoints,),
            log_path=log_path,
            log_level=asked.log_level,
            command=replay_words(asked.path, settings, _options(asked)),
            in_force=asked.in_force,
        )
        self._narrator = None if asked.output == "hud" else self._open_narrator(run, (symbols,))

    def run(self) -> int:
        """Start, turn until there is an exit code, stop in order."""
        self._supervisor.watch_fd(self._signals.wake_fd)
        why = "crash"
        try:
            self._start()
            while (code := self._turn()) is None:
                self._supervisor.restart_due()
            why = _reason(code, is_over=self._is_over)
        except KairosError as error:
            why = str(error)
            raise
        finally:
            self._stop(why)
        if (
            self._is_over
            and self._asked.count is not None
            and self._narrator
            and not self._narrator.count_met
        ):
            raise CountNotMet(f"the recording was over before --count {self._asked.count} was met")
        return code

    def _start(self) -> None:
        if self._narrator is not None:
            self._narrator.start()
        if self._asked.draws:
            self._supervisor.add(self._cast.hud(REPLAY, self._on_hud_news))
        outlets = self._cast.outlets(REPLAY, self._on_outlet_news)
        readers = len(outlets) + self._asked.draws + (self._narrator is not None)
        self._supervisor.add(self._replay(readers))
        for outlet in outlets:
            self._supervisor.add(outlet)

    def _turn(self) -> int | None:
        for role in self._supervisor.turn(_TURN_S):
            if role.name == "hud":
                self._guard.restore(hud_left_in_order=role.last_exit == 0)
                if role.last_exit == 0:
                    return 0
            if role.state == "failed" and role.name in ("hud", REPLAY):
                raise RoleLost(
                    f"the {role.name} process keeps ending ({role.reason}); the log is {self._log_path}"
                )
        if self._signals.caught:
            return 128 + self._signals.caught[0]
        return 0 if self._is_over or self._is_told() else None

    @property
    def _is_over(self) -> bool:
        """The end is reached, and nobody is there who could go back."""
        return self._ended and not self._asked.draws

    def _is_told(self) -> bool:
        """Everybody who reads our lines has had enough. Raises OutputLost."""
        narrator = self._narrator
        if narrator is None:
            return False
        if narrator.failure and not self._asked.draws:
            raise OutputLost(f"stdout cannot be written: {narrator.failure}")
        return narrator.count_met or (narrator.reader_left and not self._asked.draws)

    def _stop(self, why: str) -> None:
        if "hud" in self._supervisor.roles:
            hud = self._supervisor.roles["hud"]
            self._supervisor.stop(["hud"], deadline_s=_STOP_WITHIN_S / 2)
            self._guard.restore(hud_left_in_order=hud.last_exit in (0, 128 + signal.SIGTERM))
        # The replay's last words first: sinks tell what reaches them before they are told to leave.
        self._supervisor.stop([REPLAY] if REPLAY in self._supervisor.roles else [], deadline_s=_STOP_WITHIN_S)
        if self._is_over:
            time.sleep(_LAST_LINES_S)
        self._supervisor.stop(list(self._supervisor.roles), deadline_s=_STOP_WITHIN_S)
        if self._narrator is not None:
            self._narrator.finish(reason=why)
        self._cast.close()
        os.close(self._log_fd)

    def _replay(self, readers: int) -> Role:
        def start() -> SpawnedChild:
            plan = ReplayRolePlan(
                replay=self._plan,
                signals=self._endpoints.signals,
                start=self._starts,
                readers=readers,
                boards_per_s=boards_per_s(self._settings, draws=self._asked.draws),
            )
            self._starts += 1
            module = "kairos_tui.runtime.run_replay"
            self._player = SpawnedChild(module, plan, log_fd=self._log_fd, owns_terminal=False)
            return self._player

        return Role(REPLAY, start, on_news=self._on_replay_news)

    def _on_replay_news(self, news: News) -> None:
        self._ended = self._ended or news.ended

    def _on_hud_news(self, news: News) -> None:
        if news.replay is not None:
            self._order(news.replay)

    def _order(self, order: ReplayOrder) -> None:
        role = self._supervisor.roles.get(REPLAY)
        if role is not None and role.child is self._player and self._player is not None:
            self._player.order(order)

    def _on_outlet_news(self, role_name: str, news: News) -> None:
        if news.given_up:
            self._supervisor.give_up(role_name, news.given_up)
        line = news.given_up or news.note
        if line and not self._asked.draws:
            os.write(2, f"kairos: {role_name}: {line}\n".encode(errors="backslashreplace"))

    def _open_narrator(self, run: str, groups: tuple[tuple[Symbol, ...], ...]) -> Narrator:
        symbols = tuple(symbol for group in groups for symbol in group)
        return Narrator(
            bus_of((self._endpoints.signals,), symbols),
            run=run,
            feed=REPLAY,
            settings=self._settings,
            groups=groups,
            output=self._asked.output,
            emit=self._asked.emit,
            count=self._asked.count,
            quiet=self._asked.quiet,
            wake=self._signals.wake,
        )


def _reason(code: int, *, is_over: bool) -> str:
    if code > 128:
        return signal.Signals(code - 128).name
    return ENDED if is_over else "done"


def _options(asked: ReplayRequest) -> list[str]:
    """What was asked of the recording, to be asked again."""
    words: list[str] = []
    for option, said in (
        ("--config", asked.config),
        ("--run", asked.run),
        ("--from", asked.begin),
        ("--to", asked.end),
        ("--venues", asked.venues and ",".join(asked.venues)),
        ("--min-net-bps", None if asked.min_net_bps is None else f"{asked.min_net_bps:.12g}"),
        ("--max-notional", None if asked.max_notional is None else f"{asked.max_notional:.12g}"),
        ("--reaction", asked.reaction_ms and f"{asked.reaction_ms}ms"),
    ):
        words += [option, said] if said else []
    return [*words, "--paper"] if asked.settings.paper else words

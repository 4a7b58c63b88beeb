"""Follow: `kairos hud` and `kairos mirror`. One role that shows what a Kairos elsewhere publishes.

Before it: cli. After it: supervisor, which keeps the role alive; the role reads the source itself.
"""

import itertools
import logging
import os
import signal
import time
from collections.abc import Callable
from typing import Literal

import msgspec
from msgspec.structs import replace

from kairos_tui.errors import Fatal, RoleLost, SourceUnreachable, TerminalUnfit
from kairos_tui.market import NO_KEYS, Board, KeyRing, Symbol
from kairos_tui.runtime.child import News
from kairos_tui.runtime.fresh_process import screen_fd
from kairos_tui.runtime.liveness import Reporter
from kairos_tui.runtime.log_file import log_file, log_to, output_file
from kairos_tui.runtime.outlet_plans import MirrorRolePlan
from kairos_tui.runtime.plans import HudRolePlan, InForce, hud_look
from kairos_tui.runtime.signals_caught import SignalsCaught
from kairos_tui.runtime.sources import open_source, shown
from kairos_tui.runtime.spawn import SpawnedChild
from kairos_tui.runtime.supervisor import Role, Supervisor
from kairos_tui.runtime.terminal import TerminalGuard
from kairos_tui.runtime.view_command import follow_words
from kairos_tui.settings import Settings
from kairos_tui.wire import Published, Topic

_TURN_S = 0.1
_STOP_WITHIN_S = 0.6
_EMPTY_FOR_NS = 3_000_000_000


class FollowPlan(msgspec.Struct, frozen=True):
    """What to show, and where it is read from. `settings` are of this machine: theme, addresses, patience."""

    address: str
    shows: Literal["hud", "mirror", "tap"]
    settings: Settings
    ring: KeyRing = NO_KEYS
    log_level: int = logging.WARNING
    in_force: InForce = InForce()


def follow(plan: FollowPlan) -> int:
    """Until quit or signalled; returns the exit code.

    Raises SourceUnreachable when there is no live board in time, TerminalUnfit, SettingsInvalid,
    ExtraMissing, RoleLost.
    """
    log_path = log_file(plan.settings.log_format)
    log_to(str(log_path), plan.log_level, role="launcher")
    with SignalsCaught() as signals:
        board = await_board(plan, signals)
        if board is None:
            return 128 + signals.caught[0]
        if plan.shows == "hud" and not os.isatty(screen_fd()):
            raise TerminalUnfit("there is no terminal to draw on; for lines: kairos tap")
        return Follower(plan, board, signals, str(log_path)).run()


def symbols_of(board: Board) -> tuple[Symbol, ...]:
    """What is watched there."""
    return tuple(one.symbol for one in board.symbols)


def await_board(plan: FollowPlan, signals: SignalsCaught) -> Board | None:
    """The first board that is live and shows something, in the end one that does not; None: a signal came.

    Of a fleet an engine that has no asset yet shows nothing.
    """
    source = open_source((plan.address,), (Topic.BOARD,), ring=plan.ring)
    within_s = plan.settings.connect_timeout_s
    began_ns = time.monotonic_ns()
    deadline_ns = began_ns + int(within_s * 1e9)
    try:
        while not signals.caught:
            for item in source.drain(100):
                if isinstance(item, Published) and isinstance(item.body, Board):
                    waited_ns = time.monotonic_ns() - began_ns
                    if item.body.symbols or waited_ns > _EMPTY_FOR_NS:
                        return item.body
            if source.fatal:
                raise source.fatal
            if time.monotonic_ns() > deadline_ns:
                place, perhaps = shown(plan.address)
                raise SourceUnreachable(f"{place}: {source.trouble or perhaps}, for {within_s:g} s")
        return None
    finally:
        source.close()


class Follower:
    """One role, kept alive."""

    def __init__(self, plan: FollowPlan, board: Board, signals: SignalsCaught, log_path: str) -> None:
        self._plan = plan
        self._board = board
        self._signals = signals
        self._log_path = log_path
        self._log_fd = os.open(output_file(log_path), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._guard = TerminalGuard()
        self._supervisor, self._reporter = Supervisor(), Reporter()
        self._given_up: str | None = None

    def run(self) -> int:
        """Start it, turn until it is over, stop it."""
        self._supervisor.watch_fd(self._signals.wake_fd)
        try:
            self._supervisor.add(self._role())
            while True:
                ended = self._supervisor.turn(_TURN_S)
                self._reporter.turn(self._supervisor.roles.values(), time.monotonic_ns(), about="follows")
                code = self._exit_code(ended)
                if code is not None:
                    return code
                self._supervisor.restart_due()
        finally:
            self._stop()

    def _exit_code(self, ended: list[Role]) -> int | None:
        if self._signals.caught:
            return 128 + self._signals.caught[0]
        if self._given_up:
            raise Fatal(self._given_up)
        for role in ended:
            if role.name == "hud":
                self._guard.restore(hud_left_in_order=role.last_exit == 0)
                if role.last_exit == 0:
                    return 0
            if role.state == "failed":
                raise RoleLost(
                    f"the {role.name} process keeps ending ({role.reason}); the log is {self._log_path}"
                )
        return None

    def _stop(self) -> None:
        self._reporter.stopping("done")
        for role in list(self._supervisor.roles.values()):
            self._supervisor.stop([role.name], deadline_s=_STOP_WITHIN_S)
            if role.name == "hud":
                self._guard.restore(hud_left_in_order=role.last_exit in (0, 128 + signal.SIGTERM))
        os.close(self._log_fd)

    def _on_news(self, news: News) -> None:
        self._given_up = news.given_up or self._given_up
        if news.note:
            try:
                os.write(2, f"kairos: mirror: {news.note}\n".encode(errors="backslashreplace"))
            except OSError:
                return  # nobody is there to be told

    def _role(self) -> Role:
        if self._plan.shows == "hud":
            plan_at = self._hud_plan().at_start
            return self._started("hud", "run_hud", plan_at, on_news=lambda _news: None)
        mirror_plan = self._mirror_plan()
        return self._started("mirror", "run_mirror", lambda _start: mirror_plan, on_news=self._on_news)

    def _started(
        self,
        name: str,
        module: str,
        plan_at: Callable[[int], msgspec.Struct],
        *,
        on_news: Callable[[News], None],
    ) -> Role:
        starts = itertools.count()

        def start() -> SpawnedChild:
            plan = plan_at(next(starts))
            return SpawnedChild(
                f"kairos_tui.runtime.{module}", plan, log_fd=self._log_fd, owns_terminal=name == "hud"
            )

        return Role(name, start, on_news=on_news)

    def _hud_plan(self) -> HudRolePlan:
        board, settings = self._board, self._plan.settings
        return HudRolePlan(
            run=board.run,
            feed=board.feed,
            signals=(self._plan.address,),
            ring=self._plan.ring,
            symbols=symbols_of(board),
            look=hud_look(settings),
            keymap=settings.keymap,
            keys=settings.keys,
            fps=settings.fps,
            mouse=settings.mouse,
            connect_timeout_s=settings.connect_timeout_s,
            log_path=self._log_path,
            log_level=self._plan.log_level,
            mood=board.mood,
            seed=board.seed,
            simulates=False,
            remote=True,
            command=follow_words(self._plan.address, settings),
            in_force=self._plan.in_force,
        )

    def _mirror_plan(self) -> MirrorRolePlan:
        board = self._board
        return MirrorRolePlan(
            run=board.run,
            feed=board.feed,
            signals=(self._plan.address,),
            ring=self._plan.ring,
            settings=as_there(self._plan.settings, board),
            symbols=symbols_of(board),
            mirror=self._plan.settings.mirror,
            metrics=self._plan.settings.metrics,
            log_path=self._log_path,
            log_level=self._plan.log_level,
        )


def as_there(settings: Settings, board: Board) -> Settings:
    """What the board knows of the settings over there."""
    venues = tuple(dict.fromkeys(venue.venue for one in board.symbols for venue in one.venues))
    there = board.thresholds
    return replace(
        settings,
        venues=venues or settings.venues,
        venue={},
        min_net_bps=there.min_net_bps,
        close_net_bps=there.close_net_bps,
        dwell_ms=there.dwell_ms,
        max_notional=there.max_notional,
        max_age_ms=there.max_age_ms or 0,
        max_asynchrony_ms=there.max_asynchrony_ms,
        depeg_bps=there.depeg_bps,
        haircut_bps=there.haircut_bps,
        reaction_ms=there.reaction_ms,
    )

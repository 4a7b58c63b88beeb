"""run_hud: the HUD's process. A source before it; it draws on the terminal and owns nothing else."""

import logging
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

from msgspec.structs import asdict

from kairos_tui.errors import ThemeInvalid
from kairos_tui.hud import (
    FirstView,
    HudPlan,
    Knob,
    ReplayDeed,
    Theme,
    build_keymap,
    load_textual,
    load_theme,
    run_hud,
    theme_folders,
)
from kairos_tui.market import Board, FeedState, FeedStatus, Markout, Signal, Venue
from kairos_tui.runtime.child import News, Post, post_from_argv
from kairos_tui.runtime.engine_addresses import FLEET
from kairos_tui.runtime.hud_lines import HudLines
from kairos_tui.runtime.log_file import log_to, state_dir
from kairos_tui.runtime.no_network import forbid_network
from kairos_tui.runtime.plans import HudRolePlan, ReplayOrder
from kairos_tui.runtime.recording_place import own_recordings
from kairos_tui.runtime.replay_clock import ReplayClock
from kairos_tui.runtime.sources import Source, open_source
from kairos_tui.wire import Missed, Topic

log = logging.getLogger(__name__)


class BusSource:
    """The HUD's source: drains the bus once a frame, and beats, since a frame is a turn of the loop."""

    def __init__(self, source: Source, post: Post, address: str, clock: ReplayClock | None = None) -> None:
        self._clock = clock
        self._server = server_of(address)
        self._source = source
        self._post = post
        self._missed = 0
        self._trouble: str | None = None

    def drain(self) -> list[Board | Signal | FeedStatus | Markout]:
        """Everything that came since the last frame."""
        self._post.beat()
        fresh: list[Board | Signal | FeedStatus | Markout] = self._news()
        for item in self._source.drain(0):
            if isinstance(item, Missed):
                # Boards are sampled, and say all that statuses and markouts do: only a signal is a loss.
                self._missed += item.count if item.topic is Topic.SIGNAL else 0
            elif isinstance(item.body, Board | Signal | FeedStatus | Markout):
                fresh.append(item.body)
                if self._clock is not None and isinstance(item.body, Board):
                    self._clock.on_board(item.body, time.monotonic_ns())
        return fresh

    def missed(self) -> int:
        """Signals lost on the bus so far."""
        return self._missed

    def close(self) -> None:
        """Leave the bus."""
        self._source.close()

    def _news(self) -> list[Board | Signal | FeedStatus | Markout]:
        """What we hear all from went away, or came back: a line of the timeline."""
        if self._source.trouble == self._trouble:
            return []
        self._trouble = self._source.trouble
        state = FeedState.DOWN if self._trouble else FeedState.LIVE
        return [FeedStatus(self._server, None, state, time.monotonic_ns(), self._trouble)]


def server_of(address: str) -> Venue:
    """What the timeline calls whoever we hear all from, in the place of an exchange's name."""
    if address.startswith(FLEET):
        return Venue("fleet")
    return Venue("engine" if address.startswith(("tcp:", "ipc:")) else "redis")


class LauncherCommands(HudLines):
    """What the viewer may ask of the launcher, and the lines of the contract."""

    def __init__(self, post: Post, run: str, *clocks: Callable[[], int]) -> None:
        super().__init__(run, *clocks)
        self._post = post

    def replay(self, deed: ReplayDeed, value: float) -> None:
        """Ask that of the replay that is shown."""
        self._post.tell(News(replay=ReplayOrder(deed, value)))

    def start_sim(self) -> None:
        """Start the simulated exchanges in place of the live ones."""
        self._post.tell(News(start_sim=True))

    def open_at(self, net_bps: float) -> None:
        """Have signals open at that net from now on."""
        self._post.tell(News(open_at_bps=net_bps))

    def turn_recording(self) -> None:
        """Begin to record all that comes, or end it."""
        self._post.tell(News(turn_recording=True))

    def retry_now(self) -> None:
        """Have venues that wait to try again do so at once."""
        self._post.tell(News(retry=True))

    def serve_mirror(self, *, on: bool) -> None:
        """Start the web mirror, or stop the one that was started so."""
        self._post.tell(News(mirror=on))


def find_theme(wanted: str, search: tuple[Path, ...]) -> tuple[Theme, str]:
    """The theme that is wanted; the usual one, and why, where its file broke since it was checked."""
    try:
        return load_theme(wanted, search), ""
    except ThemeInvalid as problem:
        return Theme(), str(problem)


def main() -> None:
    """Enter the HUD's process."""
    post = Post(*post_from_argv(), last_words=signal.SIGTERM)
    load_textual()
    plan = post.read_plan(HudRolePlan)
    log_to(plan.log_path, plan.log_level, role="hud")
    topics = (Topic.SIGNAL, Topic.STATUS, Topic.BOARD, Topic.MARKOUT)
    replayed = ReplayClock() if plan.feed == "replay" else None
    if replayed is not None:
        forbid_network()
    heard = open_source(plan.signals, topics, plan.symbols, plan.ring)
    source = BusSource(heard, post, plan.signals[0], replayed)
    search = theme_folders(os.environ)
    theme, problem = find_theme(plan.look.theme, search)
    hud_plan = HudPlan(
        symbols=plan.symbols,
        theme=theme,
        theme_problem=problem,
        theme_search=search,
        wanted=plan.look.theme,
        colours=plan.look.colours,
        glyphs=plan.look.glyphs,
        reduced_motion=plan.look.reduced_motion,
        fps=plan.fps,
        mouse=plan.mouse,
        keys_path=Path(plan.in_force.keys_file) if plan.in_force.keys_file else None,
        feed=plan.feed,
        mood=plan.mood,
        seed=plan.seed,
        simulates=plan.simulates,
        remote=plan.remote,
        mirrored=plan.mirrored,
        run=plan.run,
        connect_timeout_s=plan.connect_timeout_s,
        keymap=build_keymap(plan.keymap, plan.keys),
        kept_in=state_dir(),
        alerts=plan.look.alerts,
        exports=str(state_dir() / "exports"),
        recordings=str(own_recordings()),
        command=plan.command,
        settings=tuple(Knob(*each) for each in plan.in_force.knobs),
        settings_file=plan.in_force.file,
        first=FirstView(**asdict(plan.in_force.view)),
    )
    code = run_hud(
        hud_plan,
        source,
        LauncherCommands(post, plan.run, *([replayed.mono_ns, replayed.wall_us] if replayed else [])),
        clock=None if replayed is None else replayed.clock,
        launcher_gone=post.launcher_gone.is_set,
        on_lag=post.is_late,
        on_crash=lambda error: log.critical("the HUD crashed", exc_info=error),
    )
    source.close()
    sys.exit(code)


if __name__ == "__main__":
    main()

"""run_mirror: the process of the web mirror and the metrics. A source before it, browsers after it."""

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Callable

import uvloop

import kairos_tui
from kairos_tui.errors import ExtraMissing, PortTaken, SettingsInvalid, ThemeInvalid
from kairos_tui.hud import theme_folders
from kairos_tui.mirror import MirrorPlan, Place, Themes, is_loopback, new_token, serve, split_host_port
from kairos_tui.runtime.child import News, Post, post_from_argv
from kairos_tui.runtime.collector import freeze_start_up
from kairos_tui.runtime.log_file import log_to
from kairos_tui.runtime.loop_lag import LoopLag
from kairos_tui.runtime.mirror_source import TOPICS, MirrorSource, MirrorWords, Reader
from kairos_tui.runtime.mirror_themes import MirrorThemes
from kairos_tui.runtime.outlet_plans import MirrorRolePlan
from kairos_tui.runtime.sources import open_source

log = logging.getLogger(__name__)


async def run_mirror(
    plan: MirrorRolePlan,
    reader: Reader,
    *,
    tell: Callable[[str], None],
    beat: Callable[[], None] = lambda: None,
    late: Callable[[int], None] = lambda _lag_us: None,
) -> None:
    """Serve until SIGTERM, SIGHUP or SIGINT. `tell` gets one line: where it is. Raises PortTaken."""
    themes = MirrorThemes(plan.settings.theme, theme_folders(os.environ))
    shown = mirror_plan(plan, themes.themes)
    # Whoever chose a token knows it; one that was made for this run is said once, with the address.
    told_token = "" if plan.settings.mirror_token else shown.token
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    LoopLag(loop, late)
    for signum in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        loop.add_signal_handler(signum, stopping.set)

    def opened(mirror: Place | None, metrics: Place | None) -> None:
        tell(_where(mirror, metrics, told_token))
        freeze_start_up()

    await serve(
        shown,
        MirrorSource(reader, plan.run, plan.feed),
        MirrorWords(plan.run, plan.feed, plan.settings, plan.symbols),
        stopping=stopping,
        on_open=opened,
        beat=beat,
        new_themes=themes.look,
    )


def mirror_plan(plan: MirrorRolePlan, themes: Themes) -> MirrorPlan:
    """What the room needs of a role's plan, and the themes, which it cannot read itself."""
    settings = plan.settings
    places = [address for address in (plan.mirror, plan.metrics) if address]
    is_private = all(is_loopback(split_host_port(address)[0]) for address in places)
    return MirrorPlan(
        run=plan.run,
        feed=plan.feed,
        version=kairos_tui.__version__,
        symbols=plan.symbols,
        mirror=plan.mirror,
        metrics=plan.metrics,
        origins=settings.mirror_origins,
        token=settings.mirror_token or ("" if is_private else plan.spare_token or new_token()),
        themes=themes,
    )


def _where(mirror: Place | None, metrics: Place | None, token: str) -> str:
    """One line for people."""
    parts = [
        mirror.url(token=token) if mirror else "",
        metrics.url("/metrics", token=token) if metrics else "",
    ]
    moved = [
        f"port {place.wanted} is in use"
        for place in (mirror, metrics)
        if place and place.port != place.wanted != 0
    ]
    return ", ".join(part for part in parts if part) + (f" ({', '.join(moved)})" if moved else "")


def main() -> None:
    """Enter the mirror's process."""
    post = Post(*post_from_argv())
    plan = post.read_plan(MirrorRolePlan)
    log_to(plan.log_path, plan.log_level, role="mirror")
    try:
        reader = open_source(plan.signals, TOPICS, plan.symbols, plan.ring)
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(run_mirror(plan, reader, tell=post.note, beat=post.beat, late=post.is_late))
    except (PortTaken, ExtraMissing, SettingsInvalid, ThemeInvalid) as error:
        post.tell(News(given_up=str(error)))
        sys.exit(1)


if __name__ == "__main__":
    main()

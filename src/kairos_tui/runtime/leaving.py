"""Leaving: whether a run is over, and with which exit code. Launcher asks between two turns.

WatchPlan is here too: what was asked for is what decides.
"""

import logging
import signal
from collections.abc import Sequence

import msgspec

from kairos_tui.errors import CountNotMet, NoVenueReachable, OutputLost, SettingsInvalid
from kairos_tui.market import FeedKind, Symbol
from kairos_tui.runtime.narrator import Narrator, Output
from kairos_tui.runtime.plans import InForce
from kairos_tui.settings import Settings


class WatchPlan(msgspec.Struct, frozen=True):
    """What `kairos watch` was asked to do. `for_s` and `count` None = until told to stop.

    `groups`: the symbols of each argument; one of a group must be listed somewhere. `config` as it was given.
    """

    settings: Settings
    groups: tuple[tuple[Symbol, ...], ...]
    sim: bool
    output: Output
    emit: frozenset[str] = frozenset({"signal", "venue"})
    for_s: float | None = None
    count: int | None = None
    quiet: bool = False
    verbose: int = 0
    debug: bool = False
    config: str | None = None
    in_force: InForce = InForce()

    @property
    def symbols(self) -> tuple[Symbol, ...]:
        """Every symbol once, in the order given."""
        return tuple(dict.fromkeys(symbol for group in self.groups for symbol in group))

    @property
    def log_level(self) -> int:
        """From where on it is told in the log."""
        if self.debug:
            return logging.DEBUG
        return logging.INFO if self.verbose else logging.WARNING

    @property
    def feed(self) -> FeedKind:
        """Of a simulator elsewhere, which the settings name, all says sim too."""
        return "sim" if self.sim or self.settings.is_simulated else "live"

    @property
    def draws(self) -> bool:
        """The HUD is on the terminal."""
        return self.output in ("hud", "tee")


def exit_code(plan: WatchPlan, narrator: Narrator, caught: Sequence[int], elapsed_s: float) -> int | None:
    """None: go on. Raises SettingsInvalid, OutputLost, CountNotMet, NoVenueReachable."""
    unlisted = narrator.reachability.unlisted()
    if caught:
        return 128 + caught[0]
    if unlisted:
        raise SettingsInvalid(unlisted)
    if narrator.failure and not plan.draws:
        raise OutputLost(f"stdout cannot be written: {narrator.failure}")
    if narrator.count_met or (narrator.reader_left and not plan.draws):
        return 0
    return _when_over(plan, narrator, elapsed_s)


def _when_over(plan: WatchPlan, narrator: Narrator, elapsed_s: float) -> int | None:
    if plan.for_s is not None and elapsed_s >= plan.for_s:
        if plan.count is not None:
            raise CountNotMet(f"--for {plan.for_s:g}s was over before --count {plan.count} was met")
        return 0
    # The HUD stays up and keeps trying; a pipe has nobody to look at it.
    within_s = plan.settings.connect_timeout_s
    if not plan.draws and not narrator.reachability.reached and elapsed_s >= within_s:
        raise NoVenueReachable(
            f"no venue reachable within {within_s:g} s: {narrator.reachability.why_not()}; "
            "`kairos doctor` looks for the cause, --sim needs no network"
        )
    return None


def reason_of(exit_code: int) -> str:
    """What the last line says of it: `SIGTERM`, or `done`."""
    return signal.Signals(exit_code - 128).name if exit_code > 128 else "done"

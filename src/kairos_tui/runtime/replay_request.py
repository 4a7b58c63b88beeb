"""ReplayRequest: what `kairos replay` was asked to do. Before it: cli. After it: replay, replay_launcher."""

import logging

import msgspec

from kairos_tui.market import Venue
from kairos_tui.runtime.narrator import Output
from kairos_tui.runtime.plans import InForce
from kairos_tui.settings import Settings

ENDED = "end of the recording"
"""Why a replay that was not told to stop says bye."""


class ReplayRequest(msgspec.Struct, frozen=True):
    """What `kairos replay` was asked to do, as it was said. `speed` None: as fast as can be for lines alone.

    `settings` are of this machine: looks and outlets.
    """

    path: str
    settings: Settings
    output: Output
    run: str | None = None
    speed: float | None = None
    begin: str | None = None
    end: str | None = None
    venues: tuple[Venue, ...] | None = None
    min_net_bps: float | None = None
    max_notional: float | None = None
    reaction_ms: int | None = None
    emit: frozenset[str] = frozenset({"signal", "venue"})
    count: int | None = None
    quiet: bool = False
    log_level: int = logging.WARNING
    config: str | None = None
    in_force: InForce = InForce()

    @property
    def draws(self) -> bool:
        """The HUD is on the terminal."""
        return self.output in ("hud", "tee")

    @property
    def is_watched(self) -> bool:
        """Something beside stdout is given what is published."""
        settings = self.settings
        return self.draws or bool(settings.sinks or settings.mirror or settings.metrics)

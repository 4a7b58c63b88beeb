"""Served: the parts of one mirror, made together. What the wire brings goes through here to all of them.

Before it: intake. After it: scene, ring, audience, events, health.
"""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Sequence

from kairos_tui.market import Board
from kairos_tui.mirror.audience import Audience
from kairos_tui.mirror.events import Events
from kairos_tui.mirror.health import Health
from kairos_tui.mirror.intake import Intake
from kairos_tui.mirror.ring import Ring
from kairos_tui.mirror.scene import Scene
from kairos_tui.mirror.seam import Line, MirrorPlan, Source, Themes, Words


class Served:
    """Everything but the listening. Made on the loop's thread."""

    def __init__(self, plan: MirrorPlan, source: Source, words: Words) -> None:
        loop = asyncio.get_running_loop()
        self.scene = Scene(plan)
        self.ring = Ring(lambda first, last, reason: words.gap(self.scene.board, first, last, reason))
        self.audience = Audience(self.scene, loop.time)
        self.events = Events(self.ring, self.scene, words)
        self.intake = Intake(source, loop, self._take)
        self.health = Health(self.intake)
        self.refused: Counter[str] = Counter()
        self._changed = asyncio.Event()

    async def run_batches(self) -> None:
        """A batch whenever something is new, and the last one was long enough ago."""
        while True:
            wait_s = self.audience.wait_s()
            if wait_s is None:
                self._changed.clear()
                await self._changed.wait()
            elif wait_s:
                await self._changed_within(wait_s)
            else:
                self.audience.tell()

    async def _changed_within(self, wait_s: float) -> None:
        """Lines that come meanwhile may have to go sooner."""
        self._changed.clear()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(wait_s):
                await self._changed.wait()

    def dress(self, themes: Themes) -> None:
        """Everybody may wear other themes."""
        self.scene.dress(themes)
        for viewer in self.audience.viewers:
            self.audience.catch_up(viewer)

    def _take(self, heard: Sequence[Board | Line]) -> None:
        self.scene.take(heard)
        lines = [item for item in heard if isinstance(item, Line)]
        for line in lines:
            self.ring.put(line)
        if lines:
            self.events.ring_changed()
        if heard and isinstance(heard[-1], Board):
            self.health.heard(heard[-1])
        self._changed.set()

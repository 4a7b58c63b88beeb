"""ReplayHelm: what viewers ask of a replay, done to its player and its pace, in the order it was asked.

Before it: order_tray. After it: run_replay, which goes on from where this left it.
"""

from collections import deque
from typing import Final

from kairos_tui.runtime.order_tray import OrderTray
from kairos_tui.runtime.plans import ReplayOrder
from kairos_tui.runtime.player import Player
from kairos_tui.runtime.replay_pace import ReplayPace

_MOST_AT_ONCE: Final = 50_000
_BY_EVENTS: Final = frozenset({"step", "back"})


class ReplayHelm:
    """`paused` is as last asked."""

    def __init__(self, player: Player, pace: ReplayPace, orders: OrderTray) -> None:
        self.paused = False
        self._player, self._pace, self._orders = player, pace, orders
        self._asked: deque[ReplayOrder] = deque()

    def heed(self) -> bool:
        """Do what was asked; whether there was anything. What means the event beside the present one waits
        for the player to be where it was sent before.
        """
        if not self._asked:
            self._asked.extend(self._orders.take())
        count = len(self._asked)
        while self._asked and not (self._player.running_up and self._asked[0].do in _BY_EVENTS):
            self._obey(self._asked.popleft())
        return len(self._asked) < count

    def _obey(self, order: ReplayOrder) -> None:
        player = self._player
        match order.do:
            case "pause":
                self.paused = not self.paused
            case "speed":
                self._pace.turn(max(0.0, order.value))
            case "seek":
                self._go(player.span.mono_ns(int(order.value)))
            case "skip":
                self._go(player.bound_for_ns + int(order.value) * 1_000)
            case "step":
                self.paused = True
                player.play_event(most=_MOST_AT_ONCE)
            case "back":
                self.paused = True
                before_ns = player.event_before_ns
                self._go(player.at_ns - 1_000_000 if before_ns is None else before_ns)

    def _go(self, at_ns: int) -> None:
        """Be elsewhere. Nearby and ahead is played through, silently, as any run-up is."""
        self._player.seek(at_ns)
        self._pace.rest()

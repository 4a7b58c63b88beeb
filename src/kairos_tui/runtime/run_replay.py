"""run_replay: the process of a replay. A recording before it, wire's publisher after it, as of an engine.

One loop: hear what viewers ask, play what is due, publish the picture. It opens no network socket.
"""

import time
from typing import Final

import msgspec

from kairos_tui.journal import Recording
from kairos_tui.market import Board
from kairos_tui.runtime.child import News, Post, on_terminate, post_from_argv
from kairos_tui.runtime.collector import freeze_start_up
from kairos_tui.runtime.mark_scan import MarkScan
from kairos_tui.runtime.no_network import forbid_network
from kairos_tui.runtime.order_tray import OrderTray
from kairos_tui.runtime.player import Player
from kairos_tui.runtime.replay_helm import ReplayHelm
from kairos_tui.runtime.replay_pace import ReplayPace
from kairos_tui.runtime.replay_plan import ReplayPlan
from kairos_tui.wire import Body, SignalPublisher, Topic

_SLICE: Final = 500
_MARKS_AT_ONCE: Final = 200
_REST_S: Final = 0.004
_STILL_BOARDS_PER_S: Final = 8
_READERS_WITHIN_NS: Final = 5_000_000_000
_EPOCHS_A_START: Final = 1_000_000


class ReplayRolePlan(msgspec.Struct, frozen=True):
    """What to play, and who looks on: `readers` are waited for before it begins."""

    replay: ReplayPlan
    signals: str
    start: int
    readers: int
    boards_per_s: int


class ReplayRole:
    """A player's outlet on the signal wire, and its clockwork."""

    def __init__(self, plan: ReplayRolePlan, recording: Recording, orders: OrderTray) -> None:
        self._plan, self._orders = plan, orders
        self._epoch = plan.start * _EPOCHS_A_START
        run = recording.header.run
        self._publisher = SignalPublisher(plan.signals, run=run, epoch=self._epoch)
        self.is_quoted = False
        self._player = player = Player(recording, plan.replay, self)
        self._scan = MarkScan(recording, player.span, player.from_ns, player.to_ns)
        self._pace = ReplayPace(plan.replay.speed)
        self._helm = ReplayHelm(player, self._pace, orders)
        self._stopping = self._told_end = False
        self._next_board_ns = 0
        self._readers_by_ns = time.monotonic_ns() + _READERS_WITHIN_NS

    def publish(self, body: Body, at_ns: int) -> None:
        """See Outlet."""
        self._publisher.publish(body, ts_us=self._player.span.wall_us(at_ns), published_ns=at_ns)

    def begin(self, epoch: int) -> None:
        """See Outlet."""
        self._publisher.begin_epoch(self._epoch + epoch)

    def stop(self) -> None:
        """Leave the loop after the current turn."""
        self._stopping = True

    def run(self, post: Post) -> None:
        """Turn until stopped, then close every open signal and say so."""
        while not self._stopping:
            self._turn(time.monotonic_ns())
            post.beat()
            if self._player.ended and not self._told_end:
                self._told_end = True
                post.tell(News(ended=True))
        if not self._player.running_up:
            self._player.close()
        self._show(is_last=True)
        self._publisher.close()

    def _turn(self, now_ns: int) -> None:
        if self._helm.heed():
            self._next_board_ns = 0
            self._told_end = self._told_end and self._player.ended
        self.is_quoted = self._publisher.wanted(Topic.QUOTE)
        if self._publisher.newcomers():  # before anything is played: a first line wants a picture
            self._player.welcome()
            self._show()
        is_busy = self._play(now_ns)
        if now_ns >= self._next_board_ns:
            self._next_board_ns = now_ns + 1_000_000_000 // self._boards_per_s
            self._show()
        if is_busy:
            return
        if not self._scan.done:
            self._scan.go_on(_MARKS_AT_ONCE)
        self._orders.wait(_REST_S)

    def _play(self, now_ns: int) -> bool:
        """What is due; True when there is more of it."""
        player = self._player
        if player.running_up:
            player.play(0, most=_SLICE)
            return True
        if self._is_still or not self._has_readers(now_ns):
            self._pace.rest()
            return False
        return player.play(self._pace.due_ns(now_ns, player.at_ns), most=_SLICE) == _SLICE

    @property
    def _is_still(self) -> bool:
        return self._helm.paused or self._player.ended

    @property
    def _boards_per_s(self) -> int:
        return min(self._plan.boards_per_s, _STILL_BOARDS_PER_S if self._is_still else 60)

    def _has_readers(self, now_ns: int) -> bool:
        if self._readers_by_ns and (
            now_ns > self._readers_by_ns or self._publisher.subscriptions(Topic.BOARD) >= self._plan.readers
        ):
            self._readers_by_ns = 0
        return not self._readers_by_ns

    def _show(self, *, is_last: bool = False) -> None:
        if self._player.running_up or not self._publisher.wanted(Topic.BOARD):
            return
        player = self._player
        board: Board = player.board(
            dropped=self._publisher.dropped,
            speed=self._pace.speed,
            paused=self._helm.paused,
            marks=self._scan.marks,
        )
        board = msgspec.structs.replace(board, epoch=self._epoch + board.epoch, is_last=is_last)
        self._publisher.publish(board, ts_us=board.at_us, published_ns=board.at_ns)


def main() -> None:
    """Enter the replay's process."""
    forbid_network()
    post, orders = Post(*post_from_argv()), OrderTray()
    post.on_line = orders.put
    plan = post.read_plan(ReplayRolePlan)
    role = ReplayRole(plan, Recording.open(plan.replay.path, plan.replay.run), orders)
    on_terminate(role.stop)
    freeze_start_up()
    role.run(post)


if __name__ == "__main__":
    main()

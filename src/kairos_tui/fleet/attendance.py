"""Attendance: a thread that beats, and one that listens for hints to beat sooner. Nobody waits for them.

Before it: seat and watcher, which say what a beat is. After it: store.
"""

import random
import threading
import time
from collections.abc import Callable
from types import ModuleType
from typing import TYPE_CHECKING

from kairos_tui.errors import ExtraMissing, SettingsInvalid
from kairos_tui.fleet.place import FleetPlace
from kairos_tui.fleet.words import Tempo

if TYPE_CHECKING:  # it imports redis, which is optional
    from kairos_tui.fleet.store import Store

NEEDS_EXTRA = "redis:// needs the redis package: pip install 'kairos-tui[redis]'"
_HINT_S = 0.5


class Attendance:
    """`turn` beats and says whether to beat again at once; `last` is done at the end if the Redis is there.

    `failed` is told when a failed beat began and how many in a row did; 0: the Redis is there and refuses us.
    Raises ExtraMissing.
    """

    def __init__(
        self,
        place: FleetPlace,
        tempo: Tempo,
        *,
        turn: "Callable[[Store, int], bool]",
        failed: Callable[[int, int], None],
        last: "Callable[[Store], None]",
    ) -> None:
        self.trouble: str | None = None
        self.refused: SettingsInvalid | None = None
        self._place, self._tempo = place, tempo
        self._turn, self._failed, self._last = turn, failed, last
        self._store_module = _load()
        self._dice = random.Random()  # noqa: S311  not a secret
        self._reached = False
        self._closing, self._awake = threading.Event(), threading.Event()
        # Daemons: a server that hangs must not hold the exit.
        self._threads = [
            threading.Thread(target=target, name=f"fleet-{name}", daemon=True)
            for name, target in (("beat", self._beat), ("hints", self._listen))
        ]

    def start(self) -> None:
        """Once, when the owner is ready for `turn`."""
        for thread in self._threads:
            thread.start()

    def wake(self) -> None:
        """Beat now."""
        self._awake.set()

    def close(self, *, wait_s: float = 0.0) -> None:
        """May be repeated. The threads end by themselves, within the deadlines of their last calls.

        Only the owner may wait for them.
        """
        self._closing.set()
        self._awake.set()
        if wait_s > 0.0:
            deadline_ns = time.monotonic_ns() + int(wait_s * 1e9)
            for thread in self._threads:
                thread.join(max(0.0, (deadline_ns - time.monotonic_ns()) / 1e9))

    def _beat(self) -> None:
        failures = 0
        store: Store = self._store_module.Store(self._place, self._tempo)
        try:
            while not self._closing.is_set():
                failures, pause_s = self._one_beat(store, failures)
                self._awake.wait(pause_s)
                self._awake.clear()
            self._end(store)
        finally:
            store.close()

    def _one_beat(self, store: "Store", failures: int) -> tuple[int, float]:
        started_ns = time.monotonic_ns()
        try:
            again = self._turn(store, started_ns)
        except self._store_module.STOPS as error:
            self._on_stop(error)
            failures += 1
            self._failed(started_ns, 0 if self._store_module.is_refusal(error) else failures)
            pauses_s = self._tempo.pauses_s
            pause_s = pauses_s[min(failures, len(pauses_s)) - 1]
        else:
            self._reached, self.trouble, failures = True, None, 0
            pause_s = 0.01 if again else self._tempo.beat_ms / 1_000
        # So that they do not all come at once.
        return failures, pause_s * self._dice.uniform(0.7, 1.0)

    def _on_stop(self, error: BaseException) -> None:
        said = (
            f"fleet {self._place.name} at {self._place.shown}: {self._store_module.said(error, self._tempo)}"
        )
        self.trouble = said
        if self._store_module.is_refusal(error) and not self._reached:
            self.refused = SettingsInvalid(f"--fleet: {said}")
            self._closing.set()

    def _end(self, store: "Store") -> None:
        try:
            self._last(store)
        except self._store_module.STOPS as error:
            self.trouble = self._store_module.said(error, self._tempo)

    def _listen(self) -> None:
        """Hints only make a beat come sooner: what is wrong with them is of no consequence."""
        while not self._closing.is_set():
            store: Store = self._store_module.Store(self._place, self._tempo)
            try:
                while not self._closing.is_set():
                    if store.await_hint(_HINT_S):
                        self._awake.set()
            except self._store_module.STOPS:
                self._closing.wait(_HINT_S)
            finally:
                store.close()


def _load() -> ModuleType:
    try:
        from kairos_tui.fleet import store
    except ImportError as error:
        raise ExtraMissing(NEEDS_EXTRA) from error
    return store

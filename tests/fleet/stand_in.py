"""An engine's child as a fleet sees it, and a referee of every instant at which its word begins to count."""

import functools
import itertools
import threading
import time

from kairos_tui.fleet import Duty, FleetPlace, Member, Seat, Tempo, Watcher
from kairos_tui.market import Asset, owner_of

QUICK = Tempo(
    lease_ms=700,
    margin_ms=150,
    beat_ms=60,
    found_after_ms=500,
    ack_ms=1_500,
    call_s=0.15,
    pauses_s=(0.02, 0.05, 0.1),
)
ASSETS = tuple(Asset(f"A{number}") for number in range(40))
WIRE = 2


@functools.lru_cache(maxsize=4_096)
def share(name: str, names: tuple[str, ...]) -> frozenset[Asset]:
    return frozenset(asset for asset in ASSETS if owner_of(asset, names) == name)


def until(condition, within_s: float = 20.0, what: str = "") -> None:
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline, f"never came: {what or condition}"
        time.sleep(0.005)


class Referee:
    """What may be said grows only where a duty is taken up: there, and there alone, is it to be looked."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.duties: dict[int, tuple[str, Duty]] = {}
        self.faults: list[str] = []
        self.looks = 0

    def take_up(self, key: int, name: str, duty: Duty) -> None:
        with self.lock:
            self.duties[key] = (name, duty)
            now_ns = time.monotonic_ns()
            speaking = [
                (other, share(other, given.names))
                for other, given in self.duties.values()
                if given.speaks and now_ns < given.until_ns
            ]
            self.looks += 1
            for (one, some), (other, more) in itertools.combinations(speaking, 2):
                if some & more:
                    self.faults.append(f"{one} and {other} both speak for {sorted(some & more)[:3]}")

    def silence(self, key: int) -> None:
        with self.lock:
            self.duties.pop(key, None)

    def spoken_for(self) -> list[Asset]:
        with self.lock:
            now_ns = time.monotonic_ns()
            return sorted(
                asset
                for name, given in self.duties.values()
                if given.speaks and now_ns < given.until_ns
                for asset in share(name, given.names)
            )


class HeldSeat(Seat):
    """A seat whose process can be stopped and killed: nothing of it runs then, nothing is let go."""

    def __init__(self, *args, **kwargs) -> None:
        self.runs = threading.Event()
        self.runs.set()
        self.is_killed = False
        super().__init__(*args, **kwargs)

    def _turn(self, store, started_ns: int) -> bool:
        self.runs.wait()
        return False if self.is_killed else super()._turn(store, started_ns)

    def _let_go(self, store) -> None:
        if not self.is_killed:
            super()._let_go(store)


class Engine:
    """Obeys its seat's duty as run_engine would, a few milliseconds late."""

    keys = itertools.count()

    def __init__(self, place: FleetPlace, name: str, referee: Referee, *, tempo: Tempo = QUICK, warm=True):
        self.name, self.referee = name, referee
        self.key = next(self.keys)
        self.is_warm = warm
        self.applied = Duty()
        self.seat = HeldSeat(place, Member(name, wire=WIRE), run=f"run-{self.key}", tempo=tempo)
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._obey, daemon=True)
        self._thread.start()

    @property
    def speaks(self) -> bool:
        return self.applied.speaks and time.monotonic_ns() < self.applied.until_ns

    @property
    def share(self) -> frozenset[Asset]:
        return share(self.name, self.applied.names) if self.speaks else frozenset()

    def _obey(self) -> None:
        while not self._ends.wait(0.008):
            self.seat.runs.wait()
            duty = self.seat.duty()
            if self._ends.is_set():
                break
            if duty != self.applied:
                self.referee.take_up(self.key, self.name, duty)
                self.applied = duty
                self.seat.stopped(duty.roster_number)
            if self.is_warm:
                self.seat.warm()

    def pause(self) -> None:
        self.seat.runs.clear()

    def wake(self) -> None:
        self.seat.runs.set()

    def kill(self) -> None:
        self.seat.is_killed = True
        self._finish()

    def close(self) -> None:
        """As after leaving, or without."""
        self._finish()

    def _finish(self) -> None:
        self._ends.set()
        self.seat.runs.set()
        self._thread.join(5.0)
        self.applied = Duty()
        self.referee.silence(self.key)
        self.seat.close(wait_s=2.0)


class Follower:
    """An ingester or a reader that acknowledges what it sees."""

    def __init__(self, place: FleetPlace, name: str, *, kind="ingest", tempo: Tempo = QUICK, deaf=False):
        self.watcher = Watcher(place, kind, name, wire=WIRE, version="0.1.0", tempo=tempo)
        self.is_deaf = deaf
        self.seen: list[int] = []
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._follow, daemon=True)
        self._thread.start()

    def _follow(self) -> None:
        while not self._ends.wait(0.01):
            number = self.watcher.roster.number
            if number and not self.is_deaf:
                if not self.seen or self.seen[-1] != number:
                    self.seen.append(number)
                self.watcher.acknowledge(number)

    def close(self) -> None:
        self._ends.set()
        self._thread.join(5.0)
        self.watcher.close(wait_s=2.0)


class Fleet:
    """What a test starts, and ends whatever happens."""

    def __init__(self, url: str, name: str = "test") -> None:
        from kairos_tui.fleet import fleet_place

        self.place = fleet_place(f"{url}?name={name}")
        self.referee = Referee()
        self.engines: dict[str, Engine] = {}
        self.followers: list[Follower] = []
        self.ended: list[Engine] = []

    def engine(self, name: str, **options) -> Engine:
        self.engines[name] = Engine(self.place, name, self.referee, **options)
        return self.engines[name]

    def follower(self, name: str, **options) -> Follower:
        self.followers.append(Follower(self.place, name, **options))
        return self.followers[-1]

    def kill(self, name: str) -> None:
        self.ended.append(self.engines.pop(name))
        self.ended[-1].kill()

    def leave(self, name: str) -> None:
        engine = self.engines.pop(name)
        engine.seat.leave()
        until(lambda: engine.seat.left, what=f"{name} leaves")
        engine.close()

    def is_settled(self) -> bool:
        """Every engine speaks, and every asset is spoken for once."""
        names = tuple(sorted(self.engines))
        rosters = {engine.seat.roster for engine in self.engines.values()}
        return (
            all(engine.applied.names == names and engine.speaks for engine in self.engines.values())
            and len(rosters) <= 1
            and all(roster.is_settled for roster in rosters)
            and (not names or self.referee.spoken_for() == sorted(ASSETS))
        )

    def settle(self, within_s: float = 20.0) -> None:
        until(self.is_settled, within_s, f"settled: {self.told()}")

    def told(self) -> str:
        return "; ".join(
            f"{name}: {engine.applied} {engine.seat.roster.now}->{engine.seat.roster.then} "
            f"{engine.seat.trouble} {engine.seat.fatal}"
            for name, engine in self.engines.items()
        )

    def close(self) -> None:
        for engine in list(self.engines.values()):
            engine.close()
        for follower in self.followers:
            follower.close()

"""The promise: in whatever order they start, whatever befalls them, they settle; two never speak for one."""

import itertools
import os
import random
import threading
from collections.abc import Callable

import pytest
from tests.fleet.stand_in import Fleet, until

PERMUTATIONS = int(os.environ.get("KAIROS_TEST_STARTS", "20"))
"""Of the 120 there are."""
ROUNDS = int(os.environ.get("KAIROS_TEST_ROUNDS", "60"))
SIDE_BY_SIDE = 10
"""So many fleets go on at once in one Redis: it also shows that they do not see each other."""


def side_by_side(url: str, courses: dict[str, Callable[[Fleet], None]]) -> None:
    """Every course with a fleet of its own."""
    failed: list[BaseException] = []

    def run(name: str, course: Callable[[Fleet], None]) -> None:
        fleet = Fleet(url, name)
        try:
            course(fleet)
            assert fleet.referee.faults == []
            assert fleet.referee.looks > 0
        except BaseException as error:  # noqa: BLE001  it is raised by the test
            failed.append(error)
        finally:
            fleet.close()

    threads = [threading.Thread(target=run, args=item) for item in courses.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]


def start_in_order(fleet: Fleet, order: tuple[str, ...], dice: random.Random) -> None:
    for name in order:
        if name in "abc":
            fleet.engine(name)
        else:
            fleet.follower(name, kind="ingest" if name == "x" else "reader")
        threading.Event().wait(dice.choice((0.0, 0.02, 0.3)))
    fleet.settle(25.0)
    until(lambda: all(follower.watcher.roster.now == ("a", "b", "c") for follower in fleet.followers))


@pytest.mark.timeout(240)
def test_any_order_of_starts_works(redis_server) -> None:
    orders = list(itertools.permutations("abcxr"))
    dice = random.Random(17)
    chosen = dice.sample(orders, PERMUTATIONS)
    for first in range(0, PERMUTATIONS, SIDE_BY_SIDE):
        batch = chosen[first : first + SIDE_BY_SIDE]
        side_by_side(
            redis_server.url,
            {
                "".join(order): lambda fleet, order=order: start_in_order(fleet, order, dice)  # type: ignore[misc]
                for order in batch
            },
        )


def befall(fleet: Fleet, rounds: int, dice: random.Random) -> None:
    """One thing after another happens to it, often before the last one is over."""
    follower = fleet.follower("x")
    fleet.engine("a")
    asleep: list[str] = []
    for _ in range(rounds):
        living = [name for name in fleet.engines if name not in asleep]
        missing = [name for name in "abcd" if name not in fleet.engines]
        deeds = ["join"] * (len(missing) > 0) + ["leave", "kill", "pause"] * (len(living) > 1)
        deed = dice.choice([*deeds, *["wake"] * len(asleep)])
        if deed == "join":
            fleet.engine(dice.choice(missing))
        elif deed == "leave":
            fleet.leave(dice.choice(living))
        elif deed == "kill":
            fleet.kill(dice.choice(living))
        elif deed == "pause":
            asleep.append(dice.choice(living))
            fleet.engines[asleep[-1]].pause()
        else:
            fleet.engines[asleep.pop()].wake()
        if not asleep and dice.random() < 0.6:
            fleet.settle(25.0)
        else:
            threading.Event().wait(dice.choice((0.0, 0.1, 0.8)))
    for name in asleep:
        fleet.engines[name].wake()
    fleet.settle(25.0)
    until(lambda: follower.watcher.roster.number == fleet.engines[min(fleet.engines)].seat.roster.number)


@pytest.mark.timeout(300)
def test_whatever_befalls_it_two_never_speak_for_one_asset(redis_server) -> None:
    rounds = ROUNDS // SIDE_BY_SIDE
    side_by_side(
        redis_server.url,
        {
            f"fleet{seed}": lambda fleet, seed=seed: befall(fleet, rounds, random.Random(seed))  # type: ignore[misc]
            for seed in range(SIDE_BY_SIDE)
        },
    )

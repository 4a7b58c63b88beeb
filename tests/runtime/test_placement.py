"""Promise: from four cores on the engine has its own; below, and where we are restricted, none is moved."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kairos_tui.market import Symbol, Venue
from kairos_tui.runtime.cast import Cast
from kairos_tui.runtime.cores import are_alike, cores_of, group, held_to, plan_cores, quota_cores
from kairos_tui.runtime.placement import ANYWHERE, Placement, place
from kairos_tui.runtime.supervisor import Role
from kairos_tui.settings import Settings
from kairos_tui.wire import Endpoints

REST = tuple(range(3))


@pytest.mark.parametrize(
    ("cores", "workers", "expected"),
    [
        (1, 5, ANYWHERE),
        (2, 5, ANYWHERE),
        (3, 1, ANYWHERE),
        (4, 1, Placement(((3,),), ((2,),), (0, 1))),
        (4, 2, Placement(((3,),), (REST,), REST)),
        (4, 5, Placement(((3,),), (REST,), REST)),
        (4, 0, Placement(((3,),), (REST,), REST)),
        (8, 5, Placement(((7,),), ((6,), (5,), (4,), (3,), (2,)), (0, 1))),
        (16, 5, Placement(((15,),), ((14,), (13,), (12,), (11,), (10,)), tuple(range(10)))),
        (16, 40, Placement(((15,),), (tuple(range(15)),), tuple(range(15)))),
    ],
)
def test_the_table(cores: int, workers: int, expected: Placement) -> None:
    assert place([(number,) for number in range(cores)], workers) == expected


@given(cores=st.sets(st.integers(0, 255), min_size=4, max_size=64), workers=st.integers(0, 80))
def test_the_engines_core_is_nobody_elses_and_everybody_has_one_that_is_there(
    cores: set[int], workers: int
) -> None:
    placement = place([(number, number + 256) for number in cores], workers)

    (pricing,) = placement.engines
    assert len(pricing) == 2
    for others in (placement.others, *(placement.of_worker(number) for number in range(workers))):
        assert not set(pricing) & set(others)
        assert others
        assert cores.issuperset(number % 256 for number in others)


@pytest.mark.parametrize(
    ("cores", "engines", "expected"),
    [
        (2, 2, ANYWHERE),
        (4, 2, Placement(((3,),), (REST,), REST)),
        (5, 2, Placement(((4,), (3,)), (REST,), REST)),
        (16, 2, Placement(((15,), (14,)), ((13,), (12,), (11,)), tuple(range(11)))),
        (16, 40, Placement(tuple((number,) for number in range(15, 2, -1)), (REST,), REST)),
    ],
)
def test_the_table_of_several_engines(cores: int, engines: int, expected: Placement) -> None:
    assert place([(number,) for number in range(cores)], 3, engines) == expected


def test_engines_share_what_there_is_for_them() -> None:
    placement = place([(number,) for number in range(5)], 3, 3)
    assert [placement.of_engine(number) for number in range(3)] == [(4,), (3,), (4,)]


def test_what_is_said_of_it() -> None:
    alone = [(number,) for number in range(12)]
    assert place(alone[:6], 5, 2).said() == "engines on 5, 4, workers on 0-3, others on 0-3"
    assert place(alone[:4], 5).said() == "engine on 3, workers on 0-2, others on 0-2"
    assert place(alone[:11:2], 2).said() == "engine on 10, workers on 8, 6, others on 0,2,4"
    assert (
        place([(0, 4), (1, 5), (2, 6), (3, 7)], 1).said()
        == "engine on 3,7, workers on 2,6, others on 0,1,4,5"
    )
    assert ANYWHERE.said() == "no process is pinned"


@pytest.mark.parametrize(
    ("files", "cores"),
    [
        ({"cpu.max": "max 100000"}, None),
        ({"cpu.max": "250000 100000"}, 2.5),
        ({"cpu/cpu.cfs_quota_us": "200000", "cpu/cpu.cfs_period_us": "100000"}, 2.0),
        ({"cpu/cpu.cfs_quota_us": "-1", "cpu/cpu.cfs_period_us": "100000"}, None),
        ({"cpu.max": "nonsense"}, None),
        ({}, None),
    ],
)
def test_a_quota_of_a_control_group_is_known(
    files: dict[str, str], cores: float | None, tmp_path: Path
) -> None:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text + "\n")

    assert quota_cores(tmp_path) == cores


def processor(root: Path, number: int, **files: str) -> None:
    for name, text in files.items():
        path = root / f"cpu{number}" / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text + "\n")


def test_two_processors_of_one_core_are_one_core(tmp_path: Path) -> None:
    for number, shared in enumerate(("0,2", "1,3", "0,2", "1,3", "4-5", "4-5", "nonsense")):
        processor(tmp_path, number, topology__thread_siblings_list=shared)

    assert group(range(8), tmp_path) == [(0, 2), (1, 3), (4, 5), (6,), (7,)]


def test_cores_of_another_kind_are_noticed_and_favoured_ones_are_not_another_kind(tmp_path: Path) -> None:
    for number, clock in enumerate(("5200000", "5400000", "5200000", "3900000")):
        processor(tmp_path, number, cpufreq__cpuinfo_max_freq=clock)
    for number, capacity in enumerate(("1024", "446"), start=8):
        processor(tmp_path, number, cpu_capacity=capacity)

    assert are_alike(range(3), tmp_path)
    assert not are_alike(range(4), tmp_path)
    assert not are_alike((8, 9), tmp_path)
    assert are_alike((20, 21), tmp_path)


pinning = pytest.mark.skipif(
    not hasattr(os, "sched_setaffinity") or len(os.sched_getaffinity(0)) < 2,
    reason="needs two cores and a system that pins",
)


@pinning
def test_who_is_restricted_is_left_alone_and_is_as_before_afterwards() -> None:
    before = os.sched_getaffinity(0)
    with held_to((min(before),)):
        plan = plan_cores("auto", 5)
        assert os.sched_getaffinity(0) == {min(before)}

    assert plan.placement == ANYWHERE
    assert plan.said.startswith("left as it is: restricted to 1 of ")
    assert os.sched_getaffinity(0) == before


def test_it_can_be_switched_off() -> None:
    assert plan_cores("off", 5).placement == ANYWHERE


@pytest.fixture
def role(tmp_path: Path) -> Iterator[dict[str, Role]]:
    """The engine and a worker, as a run on more cores would start them, and one of the others."""
    low, high = sorted(os.sched_getaffinity(0))[:2]
    cast = Cast(
        run="r",
        settings=Settings(venues=(Venue("kraken"),)),
        symbols=(Symbol("BTC/USDT"),),
        endpoints=(Endpoints.in_dir(tmp_path),),
        log_path=str(tmp_path / "log"),
        log_level=30,
        placement=Placement(((high,),), ((low,),), (low,)),
    )
    nowhere = ("http://127.0.0.1:9", "ws://127.0.0.1:9")
    roles = {
        "engine": cast.engines("sim", draws=False)[0],
        "ingest": cast.ingest(Venue("kraken"), {"kraken": nowhere}),
        "sim": cast.sim(lambda _news: None),
    }
    yield roles
    for each in roles.values():
        if each.child is not None:
            os.kill(each.child.pid, 9)
            each.child.release()
    cast.close()


@pinning
@pytest.mark.timeout(60)
def test_real_processes_are_held_to_their_cores_with_all_their_threads(role: dict[str, Role]) -> None:
    low, high = sorted(os.sched_getaffinity(0))[:2]
    for name, core in (("engine", high), ("ingest", low), ("sim", low)):
        role[name].launch(time.monotonic_ns())
        child = role[name].child
        assert child is not None
        wait_for_threads(child.pid, 2 if name != "sim" else 1)
        for thread in threads_of(child.pid):
            assert os.sched_getaffinity(thread) == {core}, name
        assert cores_of(child.pid) == (core,)


def threads_of(pid: int) -> list[int]:
    return [int(each.name) for each in Path(f"/proc/{pid}/task").iterdir()]


def wait_for_threads(pid: int, least: int) -> None:
    """Its start is over: it has read its plan, and has threads of its own."""
    deadline_s = time.monotonic() + 30.0
    while len(threads_of(pid)) < least:
        assert time.monotonic() < deadline_s
        time.sleep(0.02)

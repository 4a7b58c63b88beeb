"""bench_bus_course: the buses that can be measured here, and why the others cannot.

Before it: wire.bench_ends, sinks.bench_redis (named, loaded by the workers alone). After it: bench_bus.
"""

import importlib.metadata
import importlib.util
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from msgspec import Struct

from kairos_tui.errors import Fatal
from kairos_tui.runtime.bench_bus_orders import Bus
from kairos_tui.runtime.bench_redis_server import redis_missing, redis_server, redis_version
from kairos_tui.wire import private_folder
from kairos_tui.wire.bench_ends import has_ipc
from kairos_tui.wire.bench_ends import versions as zmq_versions

_ZMQ, _REDIS = "kairos_tui.wire.bench_ends", "kairos_tui.sinks.bench_redis"
IPC = "ZeroMQ ipc"
TCP = "ZeroMQ tcp"
PUB_SUB = "Redis pub/sub"
STREAMS = "Redis Streams"


class Course(Struct, frozen=True):
    """`unmeasured`: name -> why not, and how to get it. `env`: what the measuring processes need besides."""

    buses: tuple[Bus, ...] = ()
    unmeasured: dict[str, str] = {}
    libraries: dict[str, str] = {}
    env: dict[str, str] = {}

    def __add__(self, other: "Course") -> "Course":
        """Both, ours first."""
        return Course(
            self.buses + other.buses,
            self.unmeasured | other.unmeasured,
            self.libraries | other.libraries,
            self.env | other.env,
        )


@contextmanager
def own_course() -> Iterator[Course]:
    """ZeroMQ and Redis, for as long as the block: their folder and server are gone after it."""
    with ExitStack() as stack:
        try:
            folder: Path | None = stack.enter_context(private_folder())
            why = ""
        except (Fatal, OSError) as error:
            folder, why = None, str(error)
        yield stack.enter_context(course_in(folder, why))


@contextmanager
def course_in(folder: Path | None, why: str = "") -> Iterator[Course]:
    """The same with sockets and server in `folder`; None, and `why`, when there can be none."""
    with _redis(folder, why) as redis:
        yield _zmq(folder, why) + redis


def _zmq(folder: Path | None, why: str) -> Course:
    ends = {"sender": f"{_ZMQ}:Publishing", "reader": f"{_ZMQ}:Reading", "keeps": False}
    tcp = Bus(name="zmq-tcp", shown=TCP, address="tcp://127.0.0.1:*", **ends)  # type: ignore[arg-type]
    if folder is None or not has_ipc():
        reason = why or "this libzmq was built without ipc"
        return Course((tcp,), {IPC: reason}, zmq_versions())
    ipc = Bus(name="zmq-ipc", shown=IPC, address=f"ipc://{folder}/bus{{turn}}", **ends)  # type: ignore[arg-type]
    return Course((ipc, tcp), {}, zmq_versions())


@contextmanager
def _redis(folder: Path | None, why: str) -> Iterator[Course]:
    missing = why or redis_missing()
    if folder is None or missing:
        yield _without_redis(missing or why)
        return
    with ExitStack() as stack:
        try:
            server = stack.enter_context(redis_server(folder))
        except (Fatal, OSError) as error:
            server, missing = "", f"redis-server did not start: {error}"
        yield _with_redis(server) if server else _without_redis(missing or "")


def _without_redis(reason: str) -> Course:
    return Course(unmeasured=dict.fromkeys((PUB_SUB, STREAMS), reason))


def _with_redis(server: str) -> Course:
    address = f"{server}?key=kairos:bench:{{turn}}"
    pub_sub = Bus(
        name="redis-pubsub",
        shown=PUB_SUB,
        sender=f"{_REDIS}:publishing",
        reader=f"{_REDIS}:Hearing",
        address=address,
        keeps=False,
    )
    streams = Bus(
        name="redis-streams",
        shown=STREAMS,
        sender=f"{_REDIS}:adding",
        reader=f"{_REDIS}:Following",
        address=address,
        keeps=True,
    )
    return Course((pub_sub, streams), {}, _redis_versions())


def _redis_versions() -> dict[str, str]:
    hiredis = "with" if importlib.util.find_spec("hiredis") else "without"
    client = f"{importlib.metadata.version('redis')} {hiredis} hiredis"
    return {"redis-py": client, "redis-server": redis_version()}

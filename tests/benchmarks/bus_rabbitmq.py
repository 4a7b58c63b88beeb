"""RabbitMQ as bench_bus measures it: a node of our own on loopback, and the two ends, on aio-pika.

Messages are transient, in a classic queue; the publisher waits for the broker's confirm, as Redis's client
waits for its answer; the reader takes them without acknowledging.
"""

import asyncio
import importlib.metadata
import importlib.util
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from kairos_tui.errors import Fatal
from kairos_tui.runtime.bench_bus_course import Course
from kairos_tui.runtime.bench_bus_orders import Bus
from kairos_tui.runtime.bench_ward import Ward, free_port

NAME = "RabbitMQ"
_EPMD_WITHIN_S, _UP_WITHIN_S, _ANSWER_WITHIN_S = 10.0, 60.0, 10.0
_SCRIPTS = "/usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin/rabbitmq-server"
"""Debian's /usr/sbin/rabbitmq-server changes to the user rabbitmq; the script behind it does not."""


@contextmanager
def rabbitmq(folder: Path) -> Iterator[Course]:
    """A node with its own name, ports, cookie and epmd, all on 127.0.0.1, gone after the block."""
    missing = _missing()
    with ExitStack() as stack:
        if missing is None:
            try:
                port = _start(folder, stack)
            except (Fatal, OSError) as error:
                missing = f"rabbitmq-server did not start: {error}"
            else:
                yield _course(port)
                return
        yield Course(unmeasured={NAME: missing})


def _missing() -> str | None:
    if importlib.util.find_spec("aio_pika") is None:
        return "aio-pika is not installed: pip install 'kairos-tui[bench]'"
    if _script() is None or shutil.which("epmd") is None:
        return "no rabbitmq-server is installed here: apt-get install rabbitmq-server"
    return None


def _script() -> str | None:
    found = sorted(Path("/").glob(_SCRIPTS.lstrip("/")))
    return str(found[-1]) if found else None


def _start(folder: Path, stack: ExitStack) -> int:
    port, epmd_port, dist_port = free_port(), free_port(), free_port()
    env = {
        "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
        "HOME": str(folder),  # the cookie is made here
        "LANG": "C.UTF-8",
        "ERL_EPMD_ADDRESS": "127.0.0.1",
        "ERL_EPMD_PORT": str(epmd_port),
        "RABBITMQ_NODENAME": "kairosbench@localhost",
        "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
        "RABBITMQ_NODE_PORT": str(port),
        "RABBITMQ_DIST_PORT": str(dist_port),
        "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
        "RABBITMQ_LOG_BASE": str(folder / "log"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "enabled_plugins"),
        "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq"),
        "RABBITMQ_CONF_ENV_FILE": str(folder / "rabbitmq-env.conf"),
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
    }
    (folder / "enabled_plugins").write_text("[].\n")
    (folder / "rabbitmq.conf").write_text("disk_free_limit.absolute = 50MB\n")
    (folder / "rabbitmq-env.conf").write_text("")
    epmd = ["epmd", "-address", "127.0.0.1", "-port", str(epmd_port)]
    epmd_ward = stack.enter_context(Ward(epmd, folder=folder, log=folder / "epmd.log", env=env))
    epmd_ward.wait_for_port(epmd_port, within_s=_EPMD_WITHIN_S)
    node = [_script() or "rabbitmq-server"]
    node_ward = stack.enter_context(Ward(node, folder=folder, log=folder / "node.log", env=env))
    node_ward.wait_for_port(port, within_s=_UP_WITHIN_S)
    return port


def _course(port: int) -> Course:
    bus = Bus(
        name="rabbitmq",
        shown=NAME,
        sender=f"{__name__}:Publishing",
        reader=f"{__name__}:Consuming",
        address=f"amqp://guest:guest@127.0.0.1:{port}/ kairos.bench.{{turn}}",
        keeps=True,
        most_flat_out=3_000,
        note="transient messages in a classic queue, publisher confirms, no acknowledgements by the reader",
    )
    versions = {"aio-pika": importlib.metadata.version("aio-pika"), "rabbitmq-server": _version()}
    return Course((bus,), {}, versions)


def _version() -> str:
    return Path(_script() or "?/?").parents[1].name.rpartition("-")[2]


class _Line:
    """A connection on a loop of its own, driven by calls that block."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._loop = asyncio.new_event_loop()
        self.run(self._open(*address.split(" ")))

    async def _open(self, url: str, queue: str) -> None:
        import aio_pika  # type: ignore[import-not-found, unused-ignore]

        self._connection = await aio_pika.connect(url, timeout=_ANSWER_WITHIN_S)
        self.channel = await self._connection.channel(publisher_confirms=True)
        self.queue = await self.channel.declare_queue(queue, durable=False)

    def run(self, work: Any) -> Any:
        return self._loop.run_until_complete(work)

    def close(self) -> None:
        self.run(self._connection.close())
        self._loop.close()


class Publishing:
    def __init__(self, address: str) -> None:
        self._line = _Line(address)
        self.address = address
        self._exchange = self._line.channel.default_exchange

    def has_reader(self, timeout_s: float) -> bool:
        return timeout_s > 0

    def send(self, message: bytes) -> None:
        self._line.run(self._publish(message))

    def send_all(self, messages: list[bytes]) -> None:
        async def publish_all() -> None:
            async with asyncio.TaskGroup() as together:
                for message in messages:
                    together.create_task(self._publish(message))

        self._line.run(publish_all())

    async def _publish(self, message: bytes) -> None:
        import aio_pika  # type: ignore[import-not-found, unused-ignore]

        await self._exchange.publish(
            aio_pika.Message(message), self._line.queue.name, timeout=_ANSWER_WITHIN_S
        )

    def server_cpu_s(self) -> float | None:
        return None

    def close(self) -> None:
        self._line.run(self._line.queue.delete(if_unused=False, if_empty=False))
        self._line.close()


class Consuming:
    def __init__(self, address: str) -> None:
        self._line = _Line(address)
        self._came: list[bytes] = []
        self._something = asyncio.Event()
        self._line.run(self._line.queue.consume(self._take, no_ack=True))

    async def _take(self, message: Any) -> None:
        self._came.append(message.body)
        self._something.set()

    def receive(self, timeout_s: float) -> list[bytes]:
        came: list[bytes] = self._line.run(self._wait(timeout_s))
        return came

    async def _wait(self, timeout_s: float) -> list[bytes]:
        try:
            async with asyncio.timeout(timeout_s):
                await self._something.wait()
        except TimeoutError:
            return []
        came, self._came = self._came, []
        self._something.clear()
        return came

    def close(self) -> None:
        self._line.close()

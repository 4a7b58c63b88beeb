"""An SQS-compatible queue as bench_bus measures it: moto's server on loopback, and the two ends, on boto3.

No cloud is contacted: the endpoint is 127.0.0.1 and the credentials are no one's. What this shows is the cost
of the client and of HTTP; nothing here says anything about a cloud's own queue.
"""

import base64
import importlib.metadata
import importlib.util
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from kairos_tui.errors import Fatal
from kairos_tui.runtime.bench_bus_course import Course
from kairos_tui.runtime.bench_bus_orders import Bus
from kairos_tui.runtime.bench_ward import Ward, free_port

NAME = "SQS-like (moto)"
_UP_WITHIN_S, _ANSWER_WITHIN_S = 30.0, 10
_BATCH = 10
"""The most that SQS takes or gives in one request."""


@contextmanager
def sqs(folder: Path) -> Iterator[Course]:
    """A server for as long as the block."""
    missing = _missing()
    with ExitStack() as stack:
        if missing is None:
            port = free_port()
            command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
            try:
                ward = stack.enter_context(Ward(command, folder=folder, log=folder / "moto.log"))
                ward.wait_for_port(port, within_s=_UP_WITHIN_S)
            except (Fatal, OSError) as error:
                missing = f"moto's server did not start: {error}"
            else:
                yield _course(port)
                return
        yield Course(unmeasured={NAME: missing})


def _missing() -> str | None:
    for module, package in (("boto3", "boto3"), ("moto", "moto"), ("flask", "moto[server]")):
        if importlib.util.find_spec(module) is None:
            return f"{package} is not installed: pip install 'kairos-tui[bench]'"
    return None


def _course(port: int) -> Course:
    bus = Bus(
        name="sqs-moto",
        shown=NAME,
        sender=f"{__name__}:Posting",
        reader=f"{__name__}:Polling",
        address=f"http://127.0.0.1:{port} kairos-bench-{{turn}}",
        keeps=True,
        note="a stand-in in Python on loopback, ten messages to a request, base64 since bodies are text: "
        "a cloud's queue cannot be measured on loopback, and nothing is said of it",
        paced_per_s=20,
        most_paced=100,
        most_flat_out=200,
    )
    versions = {name: importlib.metadata.version(name) for name in ("boto3", "moto")}
    return Course((bus,), {}, versions, {"NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"})


def _client(address: str) -> tuple[Any, str]:
    import boto3  # type: ignore[import-untyped, import-not-found, unused-ignore]
    from botocore.config import Config  # type: ignore[import-untyped, import-not-found, unused-ignore]

    endpoint, _, name = address.partition(" ")
    config = Config(
        connect_timeout=_ANSWER_WITHIN_S, read_timeout=_ANSWER_WITHIN_S, retries={"total_max_attempts": 1}
    )
    client = boto3.client(
        "sqs",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id="nobody",
        aws_secret_access_key="nothing",
        config=config,
    )
    return client, client.create_queue(QueueName=name)["QueueUrl"]


class Posting:
    def __init__(self, address: str) -> None:
        self.address = address
        self._sqs, self._queue = _client(address)

    def has_reader(self, timeout_s: float) -> bool:
        return timeout_s > 0

    def send(self, message: bytes) -> None:
        self._sqs.send_message(QueueUrl=self._queue, MessageBody=base64.b64encode(message).decode())

    def send_all(self, messages: list[bytes]) -> None:
        for start in range(0, len(messages), _BATCH):
            entries = [
                {"Id": str(number), "MessageBody": base64.b64encode(message).decode()}
                for number, message in enumerate(messages[start : start + _BATCH])
            ]
            self._sqs.send_message_batch(QueueUrl=self._queue, Entries=entries)

    def server_cpu_s(self) -> float | None:
        return None

    def close(self) -> None:
        self._sqs.delete_queue(QueueUrl=self._queue)
        self._sqs.close()


class Polling:
    def __init__(self, address: str) -> None:
        self._sqs, self._queue = _client(address)

    def receive(self, timeout_s: float) -> list[bytes]:
        """Long polling counts in whole seconds, whatever `timeout_s` is."""
        got = self._sqs.receive_message(
            QueueUrl=self._queue, MaxNumberOfMessages=_BATCH, WaitTimeSeconds=max(1, round(timeout_s))
        ).get("Messages", [])
        if got:
            done = [{"Id": str(n), "ReceiptHandle": each["ReceiptHandle"]} for n, each in enumerate(got)]
            self._sqs.delete_message_batch(QueueUrl=self._queue, Entries=done)
        return [base64.b64decode(each["Body"]) for each in got]

    def close(self) -> None:
        self._sqs.close()

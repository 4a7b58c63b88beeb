"""A real redis-server on a free port, in a folder of its own: to be frozen, killed, filled and read."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

BINARY = shutil.which("redis-server")


class RedisServer:
    """Without persistence unless asked for. `client` is for the test's own questions."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.folder = folder
        self.options = options
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.process: subprocess.Popen[bytes] | None = None
        self._clients: list[Any] = []
        self.start()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}"

    @property
    def client(self) -> Any:
        from redis import Redis

        password = (
            self.options[self.options.index("--requirepass") + 1] if "--requirepass" in self.options else None
        )
        made = Redis(port=self.port, password=password, socket_timeout=5.0)
        self._clients.append(made)
        return made

    def start(self) -> None:
        assert BINARY is not None
        words = [BINARY, "--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.folder)]
        self.process = subprocess.Popen(
            [*words, "--save", "", *self.options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        deadline = time.monotonic() + 10.0
        while not self._listens():
            assert time.monotonic() < deadline, "redis-server does not come up"
            time.sleep(0.01)

    def freeze(self) -> None:
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def kill(self) -> None:
        self._signal(signal.SIGKILL)
        assert self.process is not None
        self.process.wait()

    def stop(self) -> None:
        for client in self._clients:
            client.close()
        with contextlib.suppress(ProcessLookupError):
            self.thaw()
            self.kill()

    def _signal(self, signum: signal.Signals) -> None:
        assert self.process is not None
        os.kill(self.process.pid, signum)

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[RedisServer]:
    if BINARY is None:
        pytest.skip("redis-server is not installed (apt-get install redis-server)")
    made = RedisServer(tmp_path)
    yield made
    made.stop()

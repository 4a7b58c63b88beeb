"""Two machines on this one: network namespaces with a long, lossy wire between them, and clocks far apart.

No kernel module is asked for: packets go through TUN devices and long_wire, which delays and drops them.
"""

import ctypes
import fcntl
import http.client
import json
import os
import re
import shutil
import struct
import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from tests.scenarios import long_wire
from tests.scenarios.driver import KAIROS, Kairos
from tests.scenarios.fleet_stage import SYMBOLS, VENUES, Role, Tapped

NEAR, FAR = "10.97.0.1", "10.97.0.2"
"""The ingester's machine beside the exchanges, and the engine's."""
PORT, HEALTH, METRICS = 5701, 5790, 5791
AT = f"tcp://{FAR}:{PORT}"
"""The engine, for those who connect."""
APART_S = 5_000
"""The near machine's monotonic clock is ahead by so much."""
_TUNSETIFF, _TUN_NO_INFO, _CLONE_NEWNET = 0x400454CA, 0x1001, 0x40000000
_SEED = 20


def why_not() -> str:
    """Why this machine cannot play two; empty: it can."""
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        return "network namespaces need Linux and root"
    if not shutil.which("ip") or not shutil.which("unshare"):
        return "needs ip and unshare"
    probe = f"kairos-probe-{os.getpid()}"
    if subprocess.run(["ip", "netns", "add", probe], capture_output=True).returncode:
        return "no network namespace can be made"
    subprocess.run(["ip", "netns", "delete", probe], check=True)
    try:
        os.close(_tun(f"kp{os.getpid()}"))
    except OSError as error:
        return f"no TUN device can be made: {error}"
    told = "import time; print(time.monotonic())"
    words = ["unshare", "--time", "--monotonic", "100000000", sys.executable, "-c", told]
    shifted = subprocess.run(words, capture_output=True, text=True)
    if shifted.returncode or float(shifted.stdout) < 100_000_000:
        return "no process enters a time namespace of its own"
    return ""


class Machine(Kairos):
    """One of the two: what it runs has its network, its home and its clock."""

    def __init__(self, home: Path, address: str, *, ahead_s: int = 0) -> None:
        home.mkdir()
        super().__init__(home)
        self.address = address
        self.namespace = f"kairos-{os.getpid()}-{home.name}"
        _ip("netns", "add", self.namespace)
        self.here = ["ip", "netns", "exec", self.namespace]
        self.wrapper = list(self.here)
        if ahead_s:
            self.wrapper += ["unshare", "--time", "--monotonic", str(ahead_s), "--boottime", str(ahead_s)]
        self.keys = home / "config" / "kairos" / "curve"

    def plug(self, device: str) -> None:
        """A device of this machine's becomes its only way out."""
        _ip("link", "set", device, "netns", self.namespace)
        _ip("-n", self.namespace, "address", "add", f"{self.address}/24", "dev", device)
        for name in ("lo", device):
            _ip("-n", self.namespace, "link", "set", name, "up")

    def run(
        self, *words: str, timeout_s: float = 30.0, stdin: int | None = None
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*self.wrapper, KAIROS, *words],
            env=self.env,
            cwd=self.home,
            capture_output=True,
            text=True,
            timeout=timeout_s,
            stdin=stdin or subprocess.DEVNULL,
        )

    def role(self, *words: str) -> "FarRole":
        """A station with its health port."""
        health = ("--health", f"127.0.0.1:{HEALTH}", "-v")
        return FarRole(self._started([*words, *health], stderr=subprocess.PIPE), self)

    def tap(self, *words: str) -> Tapped:
        return Tapped(self._started(["tap", *words], stdout=subprocess.PIPE))

    def get(self, port: int, path: str) -> tuple[int, str]:
        """What one of its loopback ports answers; 0 when nothing does."""

        def ask() -> tuple[int, str]:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2.0)
            try:
                connection.request("GET", path)
                answer = connection.getresponse()
                return answer.status, answer.read().decode()
            except OSError:
                return 0, ""
            finally:
                connection.close()

        answer: tuple[int, str] = inside(self.namespace, ask)
        return answer

    def figures(self, port: int = METRICS) -> dict[str, float]:
        """What /metrics says: by name and labels."""
        _status, text = self.get(port, "/metrics")
        pairs = (line.rsplit(" ", 1) for line in text.splitlines() if line and not line.startswith("#"))
        return {name: float(value) for name, value in pairs}

    def stop_all(self) -> None:
        super().stop_all()
        subprocess.run(["ip", "netns", "delete", self.namespace], capture_output=True)

    def _started(self, words: Sequence[str], **pipes: int) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [*self.wrapper, KAIROS, *words],
            env=self.env,
            cwd=self.home,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            stdout=pipes.get("stdout", subprocess.DEVNULL),
            stderr=pipes.get("stderr", subprocess.DEVNULL),
        )
        self.started.append(process)
        return process


class FarRole(Role):
    """A role whose health port is in another network."""

    def __init__(self, process: subprocess.Popen[bytes], machine: Machine) -> None:
        self._machine = machine
        super().__init__(process, HEALTH)

    @property
    def is_ready(self) -> bool:
        return self._machine.get(HEALTH, "/readyz")[0] == 200


class Wire:
    """The wire between two machines; `order` changes it while packets are on their way."""

    def __init__(self, near: Machine, far: Machine, *, delay_ms: float, loss: float) -> None:
        devices = [_tun(f"k{side}{os.getpid()}") for side in ("n", "f")]
        for machine, side in ((near, "n"), (far, "f")):
            machine.plug(f"k{side}{os.getpid()}")
        self._process = subprocess.Popen(
            [sys.executable, long_wire.__file__, *map(str, devices), str(_SEED)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            pass_fds=devices,
        )
        for device in devices:
            os.close(device)
        self.order(f"delay_ms {delay_ms}")
        self.order(f"loss {loss}")

    def order(self, line: str) -> dict[str, float]:
        """Change it; returns its counts."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        counts: dict[str, float] = json.loads(self._process.stdout.readline())
        return counts

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()


class TwoMachines:
    """The near one with exchanges and an ingester's keys, the far one with an engine's. No role runs yet."""

    def __init__(self, root: Path, *, delay_ms: float = 20.0, loss: float = 0.01) -> None:
        self.near = Machine(root / "near", NEAR, ahead_s=APART_S)
        self.far = Machine(root / "far", FAR)
        self.wire = Wire(self.near, self.far, delay_ms=delay_ms, loss=loss)
        for machine in (self.near, self.far):
            made = machine.run("curve", "new")
            assert made.returncode == 0, made.stderr
        for name in ("ingest", "tap", "hud", "mirror"):
            shutil.copy(self.near.keys / f"{name}.pub", self.far.keys / f"{name}.pub")
            shutil.copy(self.near.keys / f"{name}.key", self.far.keys / f"{name}.key")
        shutil.copy(self.far.keys / "engine.pub", self.near.keys / "engine.pub")
        self._serve_exchanges()

    def engine(self, *words: str, max_age_ms: int = 2_000) -> FarRole:
        text = f"min_net_bps = 0.3\nclose_net_bps = 0.1\nmax_age_ms = {max_age_ms}\n{self._tables}"
        (self.far.home / "kairos.toml").write_text(text)
        return self.far.role("engine", *SYMBOLS, "--sim", "--bind", f"{FAR}:{PORT}", *words)

    def ingest(self) -> FarRole:
        return self.near.role("ingest", *SYMBOLS, "--sim", "--engine", f"{FAR}:{PORT}")

    def close(self) -> None:
        for machine in (self.near, self.far):
            machine.stop_all()
        self.wire.close()

    def _serve_exchanges(self) -> None:
        served = self.near.start("sim", "--port", "6001", "--venues", ",".join(VENUES))
        assert served.process.stdout is not None
        lines = 2 + 4 * len(VENUES)
        text = b"".join(served.process.stdout.readline() for _ in range(lines)).decode()
        self._tables = re.sub(r"(?m)^(\[venue\.\w+\])$", r"\1\ntaker_bps = 0.0", text)
        (self.near.home / "kairos.toml").write_text(self._tables)


def inside(namespace: str, act: Callable[[], Any]) -> Any:
    """What it gives in that network: a socket belongs to where its thread was when it was made."""

    def enter() -> Any:
        with Path("/run/netns", namespace).open() as place:
            libc = ctypes.CDLL(None, use_errno=True)
            if libc.setns(place.fileno(), _CLONE_NEWNET):
                raise OSError(ctypes.get_errno(), "setns")
        return act()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(enter).result()


def _tun(name: str) -> int:
    device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    try:
        fcntl.ioctl(device, _TUNSETIFF, struct.pack("16sH22x", name.encode(), _TUN_NO_INFO))
    except OSError:
        os.close(device)
        raise
    return device


def _ip(*words: str) -> None:
    done = subprocess.run(["ip", *words], capture_output=True, text=True)
    assert done.returncode == 0, (words, done.stderr)

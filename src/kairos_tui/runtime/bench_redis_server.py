"""bench_redis_server: a redis-server of our own for one measurement: loopback, a password, nothing on disk.

Used by bench_bus. After it: sinks.bench_redis speaks to it.
"""

import importlib.util
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kairos_tui.runtime.bench_ward import Ward, free_port

_UP_WITHIN_S = 5.0
_SAY_VERSION_WITHIN_S = 5.0


def redis_missing() -> str | None:
    """What must be installed before Redis can be measured, or None."""
    if importlib.util.find_spec("redis") is None:
        return "redis-py is not installed: pip install 'kairos-tui[redis]'"
    if shutil.which("redis-server") is None:
        return "no redis-server is installed here: apt-get install redis-server, or brew install redis"
    return None


def redis_version() -> str:
    """`7.0.15`, as the server says it."""
    asked = subprocess.run(  # noqa: S603  the binary that PATH names
        [_binary(), "--version"], capture_output=True, text=True, timeout=_SAY_VERSION_WITHIN_S, check=False
    )
    words = [word[2:] for word in asked.stdout.split() if word.startswith("v=")]
    return words[0] if words else "of unknown version"


@contextmanager
def redis_server(folder: Path) -> Iterator[str]:
    """A server that lives as long as the block; yields `redis://:PASSWORD@127.0.0.1:PORT/`.

    Its settings, with the password in them, are a file in `folder`, which must be ours alone.
    """
    port, password = free_port(), secrets.token_hex(16)
    settings = folder / "redis.conf"
    settings.write_text(
        f"bind 127.0.0.1\nport {port}\nrequirepass {password}\n"
        f'save ""\nappendonly no\ndir "{folder}"\nmaxmemory 512mb\nmaxmemory-policy noeviction\n',
        encoding="utf-8",
    )
    with Ward([_binary(), str(settings)], folder=folder, log=folder / "redis.log") as server:
        server.wait_for_port(port, within_s=_UP_WITHIN_S)
        yield f"redis://:{password}@127.0.0.1:{port}/"


def _binary() -> str:
    return shutil.which("redis-server") or "redis-server"

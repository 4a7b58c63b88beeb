"""Webhook signing: ids and signatures by the Standard Webhooks specification (standardwebhooks.com), v1.

Before it: to_webhook. The secret comes from a variable or a file of one's own, never from a URL.
"""

import base64
import binascii
import hashlib
import hmac
import os
import stat
from collections.abc import Mapping, Sequence
from pathlib import Path

from kairos_tui.errors import SettingsInvalid
from kairos_tui.sinks.any_line import AnyLine
from kairos_tui.sinks.lines import SignalLine
from kairos_tui.sinks.sink_url import SinkUrl

_PREFIX = "whsec_"
_LARGEST_FILE = 4_096
_LEAST_BYTES, _MOST_BYTES = 16, 256


def read_secret(url: SinkUrl, env: Mapping[str, str]) -> bytes | None:
    """The key to sign with; None when none was asked for. Raises SettingsInvalid, never quoting a secret."""
    name, path = url.text("secret_env"), url.text("secret_file")
    if name and path:
        raise SettingsInvalid("secret_env and secret_file are both given: keep one")
    if name:
        if not env.get(name):
            raise SettingsInvalid(f"secret_env={name}: the variable is not set")
        return key_of(env[name], f"secret_env={name}")
    if path:
        return key_of(_private_text(Path(path).expanduser(), f"secret_file={path}"), f"secret_file={path}")
    return None


def key_of(secret: str, said: str) -> bytes:
    """`whsec_` and base64 -> the key. `said` names where it came from."""
    text = secret.strip()
    wanted = f"{said}: must hold {_PREFIX} and {_LEAST_BYTES} to {_MOST_BYTES} bytes in base64"
    if not text.startswith(_PREFIX):
        raise SettingsInvalid(wanted)
    try:
        key = base64.b64decode(text.removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        raise SettingsInvalid(wanted) from None
    if not _LEAST_BYTES <= len(key) <= _MOST_BYTES:
        raise SettingsInvalid(wanted)
    return key


def webhook_id(lines: Sequence[AnyLine]) -> str:
    """The same on every retry of the same lines, and of no others."""
    first, last = lines[0], lines[-1]
    facts = [first.run, first.__struct_config__.tag, first.seq, last.seq, first.ts_us]
    if isinstance(first, SignalLine):
        facts += [first.id, first.event]
    return f"msg_{hashlib.sha256(repr(facts).encode()).hexdigest()[:32]}"


def signature(key: bytes, message_id: str, timestamp_s: int, body: bytes) -> str:
    """What `webhook-signature` says."""
    signed = f"{message_id}.{timestamp_s}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(key, signed, "sha256")).decode()


def _private_text(path: Path, said: str) -> str:
    try:
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        with os.fdopen(fd, "rb") as file:
            mode = os.fstat(fd).st_mode
            body = file.read(_LARGEST_FILE) if stat.S_ISREG(mode) else b""
    except OSError as error:
        raise SettingsInvalid(f"{said}: {(error.strerror or str(error)).lower()}") from error
    if not stat.S_ISREG(mode):
        raise SettingsInvalid(f"{said}: not a file")
    if mode & 0o077:
        raise SettingsInvalid(f"{said}: others may read it: chmod 600 {path}")
    return body.decode("ascii", errors="replace")

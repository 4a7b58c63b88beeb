"""HealthPage: a role's health, and what an HTTP request for it is answered. Pure; no socket, no clock.

Before it: the role's probe. After it: health_server. The paths and words are those of the mirror.
"""

import ipaddress
import json
import math
import re
from typing import Final
from urllib.parse import urlsplit

import msgspec

import kairos_tui

Fact = str | int | float

_METHODS: Final = (b"GET", b"HEAD")
_REASONS: Final = {200: "OK", 400: "Bad Request", 403: "Forbidden", 404: "Not Found",
                   405: "Method Not Allowed", 431: "Request Header Fields Too Large",
                   503: "Service Unavailable"}  # fmt: skip
_JSON: Final = "application/json"
_PLAIN: Final = "text/plain; charset=utf-8"
_METRICS: Final = "text/plain; version=0.0.4; charset=utf-8"
_REQUEST: Final = re.compile(rb"(?P<method>[A-Z]{1,16}) (?P<path>/[!-~]{0,1024}) HTTP/1\.[01]")
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,60}")


class Health(msgspec.Struct, frozen=True):
    """`live`: its loops beat. `ready`: others may rely on it; `why` says why not, empty when they may.

    `facts` are shown to whoever asks: names in snake_case, base units, `_total` on what only grows.
    """

    live: bool
    ready: bool
    why: str = ""
    facts: tuple[tuple[str, Fact], ...] = ()


class Answer(msgspec.Struct, frozen=True):
    """One HTTP answer, its connection to be closed behind it."""

    status: int
    body: bytes
    content_type: str = _PLAIN

    def encoded(self, *, with_body: bool = True) -> bytes:
        """As it goes over the wire."""
        head = (
            f"HTTP/1.1 {self.status} {_REASONS[self.status]}\r\nServer: kairos\r\n"
            f"Content-Type: {self.content_type}\r\nContent-Length: {len(self.body)}\r\n"
            "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n"
        )
        return head.encode("ascii") + (self.body if with_body else b"")


def answer_to(head: bytes, health: Health, role: str, *, is_private: bool) -> bytes:
    """The whole answer to a request's head. `is_private`: only this machine may come, by no other name."""
    line, _, rest = head.partition(b"\r\n")
    request = _REQUEST.fullmatch(line)
    if request is None:
        return refusal(400, "this is no request that is understood here")
    if request["method"] not in _METHODS:
        return refusal(405, "only GET and HEAD")
    if is_private and not _names_this_machine(rest):
        return refusal(403, "this host name is not served here")
    path = request["path"].partition(b"?")[0].decode("ascii")
    return _page(path, health, role).encoded(with_body=request["method"] == b"GET")


def refusal(status: int, why: str) -> bytes:
    """One sentence."""
    return Answer(status, f"{why}\n".encode()).encoded()


def _page(path: str, health: Health, role: str) -> Answer:
    match path:
        case "/healthz":
            why = None if health.live else health.why
            return _judged(health.live, {"alive": health.live, "why": why, "role": role})
        case "/readyz":
            why = None if health.ready else health.why
            known: dict[str, object] = {"ready": health.ready, "why": why, "role": role}
            known |= {name: value for name, value in health.facts if not _is_odd(value)}
            return _judged(health.ready, known)
        case "/metrics":
            return Answer(200, exposition(health, role).encode(), _METRICS)
        case _:
            return Answer(404, b"there are /healthz, /readyz and /metrics\n")


def exposition(health: Health, role: str) -> str:
    """The numbers among the facts as Prometheus reads them; texts are for /readyz alone."""
    build = f'kairos_build_info{{version="{_label(kairos_tui.__version__)}",role="{_label(role)}"}}'
    lines = ["# HELP kairos_build_info What is running.", "# TYPE kairos_build_info gauge", f"{build} 1.0"]
    own: tuple[tuple[str, Fact], ...] = (("up", int(health.ready)), ("alive", int(health.live)))
    for name, value in (*own, *health.facts):
        if isinstance(value, str) or not _NAME.fullmatch(name):
            continue
        kind = "counter" if name.endswith("_total") else "gauge"
        about = name.removesuffix("_total").replace("_", " ").capitalize()
        whole = f"kairos_{name}"
        lines += [f"# HELP {whole} {about}.", f"# TYPE {whole} {kind}", f"{whole} {float(value)!r}"]
    return "\n".join(lines) + "\n"


def _judged(good: bool, facts: dict[str, object]) -> Answer:
    body = json.dumps(facts, ensure_ascii=True, allow_nan=False, separators=(",", ":")).encode() + b"\n"
    return Answer(200 if good else 503, body, _JSON)


def _names_this_machine(headers: bytes) -> bool:
    """Neither another site's name made to point here, nor its script: one Host, an address or localhost."""
    hosts = [value.strip() for name, value in _fields(headers) if name == b"host"]
    if not hosts:
        return True  # HTTP/1.0, by hand
    try:
        host = urlsplit(f"//{hosts[0].decode('ascii')}").hostname or ""
        return len(hosts) == 1 and (host == "localhost" or ipaddress.ip_address(host).is_loopback)
    except ValueError:
        return False


def _fields(headers: bytes) -> list[tuple[bytes, bytes]]:
    pairs = [line.partition(b":") for line in headers.split(b"\r\n")]
    return [(name.lower(), value) for name, _, value in pairs]


def _is_odd(value: Fact) -> bool:
    return isinstance(value, float) and not math.isfinite(value)


def _label(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")

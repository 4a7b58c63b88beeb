"""Schemes: the table of built-in sinks: where each lives, its keys and what it is told by default.

Read by urls. To add a sink: a module with `open_…(url) -> Sink`, and a row here.
"""

from collections.abc import Callable

from msgspec import Struct

from kairos_tui.sinks import url_shapes
from kairos_tui.sinks.url_keys import Key, Number, Text, Whole, Words, YesNo

EMITTED = ("signal", "venue", "quote", "fill", "markout")
EVENTS = ("open", "update", "close")
_ROOM = "kairos_tui.sinks"


class Scheme(Struct, frozen=True, kw_only=True):
    """`door` is module:callable, imported when the sink is opened; `problem` judges the target's shape.

    `foreign`: keys that are not ours are the receiver's, and stay in the target.
    """

    door: str
    problem: Callable[[str], str | None]
    keys: dict[str, Key] = {}
    emit: tuple[str, ...] = ("signal", "venue")
    events: tuple[str, ...] = EVENTS
    life: bool = True
    foreign: bool = False

    def all_keys(self) -> dict[str, Key]:
        """Its own keys, and those of every sink."""
        return self.keys | {
            "emit": Words(self.emit, EMITTED),
            "events": Words(self.events, EVENTS),
            "life": YesNo(self.life),
            "queue": Whole(10_000, 10, 1_000_000),
        }


_FILE = Scheme(
    door=f"{_ROOM}.to_file:open_file",
    problem=url_shapes.file_problem,
    keys={"max_mb": Number(0.0, 0.0, 1_000_000.0), "keep": Whole(3, 1, 1_000)},
)
_WEBHOOK = Scheme(
    door=f"{_ROOM}.to_webhook:open_webhook",
    problem=url_shapes.web_problem,
    keys={
        "secret_env": Text(""),
        "secret_file": Text("", 4_096),
        "batch": Whole(1, 1, 1_000),
        "timeout_s": Number(5.0, 0.1, 60.0),
    },
    emit=("signal",),
    events=("open", "close"),
    life=False,
    foreign=True,
)
_COMMAND = Scheme(
    door=f"{_ROOM}.to_command:open_command",
    problem=url_shapes.command_problem,
    keys={
        "per_s": Number(1.0, 0.001, 100.0),
        "burst": Whole(5, 1, 1_000),
        "timeout_s": Number(10.0, 0.1, 600.0),
    },
    emit=("signal",),
    events=("open",),
    life=False,
)
_REDIS = Scheme(
    door=f"{_ROOM}.to_redis:open_redis",
    problem=url_shapes.redis_problem,
    keys={
        "stream": Text("kairos:signals"),
        "channel": Text("kairos:signals"),
        "board": Text("kairos:board"),
        "maxlen": Whole(100_000, 1, 1_000_000_000),
        "board_ttl_ms": Whole(5_000, 100, 3_600_000),
        "password_env": Text(""),
    },
)

SCHEMES: dict[str, Scheme] = {
    "file": _FILE,
    "http": _WEBHOOK,
    "https": _WEBHOOK,
    "exec": _COMMAND,
    "redis": _REDIS,
    "rediss": _REDIS,
}

"""RoleView: one of our processes as the launcher sees it, and what of it is more than it should be.

Before it: nobody. After it: the launcher reports it to the board; the HUD and `kairos doctor` show it.
"""

import re
from typing import Final, Literal

from msgspec import Struct
from msgspec.structs import replace

RoleState = Literal["starting", "running", "restarting", "failed", "stopped"]

MOST_CPU_SHARE: Final = 0.9
"""Of one core. A role is one thread of Python: above this it is about to fall behind."""
MOST_LAG_US: Final = 100_000
_MOST_MB: Final = {"ingest": 500}
_MOST_MB_ELSE: Final = 250
"""Twice what is usual: 110 MB of an ingest worker are ccxt, most of them shared; its markets come on top."""

_TOKEN = re.compile(r"\?token=[^\s,)]*")


def numbers_of(cores: tuple[int, ...]) -> str:
    """Cores as people read them: `0-3`, `5`, `0,2`."""
    if len(cores) > 1 and cores[-1] - cores[0] == len(cores) - 1:
        return f"{cores[0]}-{cores[-1]}"
    return ",".join(map(str, cores))


class RoleView(Struct, frozen=True, array_like=True, gc=False):
    """One of our processes as the launcher sees it. None = not known: no process, or no Linux.

    `cpu_share` is of one core over the last two seconds, `lag_p99_us` how late its loop is for what is due;
    of the engine and the launcher, how long a turn takes, for nothing else is heard meanwhile. `cores` are
    those it is held to; empty = it may use any.
    """

    name: str
    state: RoleState
    pid: int | None = None
    restarts: int = 0
    reason: str | None = None
    cpu_share: float | None = None
    rss_bytes: int | None = None
    lag_p99_us: int | None = None
    cores: tuple[int, ...] = ()

    @property
    def public(self) -> "RoleView":
        """The same for screens on walls and other machines: the mirror's address without its token."""
        if self.reason is None or "?token=" not in self.reason:
            return self
        return replace(self, reason=_TOKEN.sub("", self.reason))

    @property
    def most_mb(self) -> int:
        """What it may weigh."""
        return _MOST_MB.get(self.name.partition(":")[0], _MOST_MB_ELSE)

    @property
    def is_busy(self) -> bool:
        """It takes more of a core than leaves room for a burst."""
        return self.cpu_share is not None and self.cpu_share > MOST_CPU_SHARE

    @property
    def is_heavy(self) -> bool:
        """It weighs more than it should."""
        return self.rss_bytes is not None and self.rss_bytes > self.most_mb << 20

    @property
    def is_late(self) -> bool:
        """Its loop turns too slowly."""
        return self.lag_p99_us is not None and self.lag_p99_us > MOST_LAG_US

"""ReplayView: which recording is played, where in it we are, and how fast it goes.

Before it: the replaying role. After it: the board; the HUD's header and scrub bar show it.
"""

from msgspec import Struct
from msgspec.structs import replace


class ReplayView(Struct, frozen=True, array_like=True, gc=False):
    """`from_us`, `to_us` and `at_us` are wall-clock epoch us of the recording; `speed` 0 = as fast as can be.

    `marks` are instants at which signals opened, epoch us, as many as a scrub bar can show. `changed` says
    which settings differ from the recording's: then this is a back-test. `ended`: nothing comes after it.
    """

    path: str
    from_us: int
    to_us: int
    at_us: int
    speed: float = 1.0
    paused: bool = False
    marks: tuple[int, ...] = ()
    changed: tuple[str, ...] = ()
    ended: bool = False

    @property
    def name(self) -> str:
        """The recording's own name, without the folders that lead to it."""
        return self.path.rstrip("/").rpartition("/")[2]

    @property
    def share(self) -> float:
        """How much of it is behind us, 0 to 1."""
        span_us = self.to_us - self.from_us
        return 1.0 if span_us <= 0 else min(1.0, max(0.0, (self.at_us - self.from_us) / span_us))

    @property
    def public(self) -> "ReplayView":
        """The same for screens on walls and other machines."""
        return replace(self, path=self.name)

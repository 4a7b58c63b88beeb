"""SEAM Source and Words: what the mirror shows, and the lines it says itself. Runtime fills both.

Before it: the signal wire, or Redis. After it: intake, events. Frozen data; no sockets, no clock.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from msgspec import Struct

from kairos_tui.market import Board, FeedKind, Symbol


class Line(Struct, frozen=True, gc=False):
    """One line of the contract on its way out: its number, its type, its JSON without the newline.

    `about` is the signal's id or the stream a venue line speaks of; `stands` that the signal is open.
    """

    seq: int
    type: str
    body: bytes
    about: str = ""
    stands: bool = False


class Themes(Struct, frozen=True):
    """What a viewer may wear, its colours by token, by name; and which of them comes first."""

    by_name: Mapping[str, Mapping[str, Any]] = {}
    first: str = ""


NewThemes = Callable[[], Themes | None]
"""Asked four times a second: the themes, where they became others since it was asked last."""


class Source(Protocol):
    """What happens, in order. For one thread."""

    def drain(self, timeout_ms: int) -> Sequence[Board | Line]:
        """Wait up to `timeout_ms` for something, then take what is there."""
        ...

    def last_words(self, reason: str, within_s: float) -> Sequence[Board | Line]:
        """The closes that are still owed, waited for at most that long, and bye."""
        ...

    def close(self) -> None:
        """May be repeated."""
        ...


class Words(Protocol):
    """The lines that one listener needs and no other. Safe from any thread."""

    def hello(self, board: Board | None, seq: int) -> bytes:
        """The first line of a listener whose next line will be `seq` + 1."""
        ...

    def gap(self, board: Board | None, from_seq: int, to_seq: int, reason: str) -> bytes:
        """Names numbers that this listener will not get; it has the last of them itself."""
        ...


class MirrorPlan(Struct, frozen=True, kw_only=True):
    """What is served, and where: `mirror` and `metrics` are host:port, empty for nothing there.

    `token` is what viewers must know; empty asks nothing. `symbols` may be labels of metrics, the first few.
    """

    run: str
    feed: FeedKind
    version: str
    symbols: tuple[Symbol, ...]
    mirror: str = ""
    metrics: str = ""
    origins: tuple[str, ...] = ()
    token: str = ""
    themes: Themes = Themes()

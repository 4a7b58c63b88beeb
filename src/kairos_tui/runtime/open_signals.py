"""OpenSignals: which signals stand, so that each has exactly one close even if its engine dies.

Before it: narrator's reader. After it: narrator tells the closes it hands back.
"""

from typing import Final

from msgspec.structs import replace

from kairos_tui.market import Board, CloseReason, Route, Signal
from kairos_tui.wire import Published

_UNKNOWN: Final = -1


class OpenSignals:
    """Watches each engine's epoch: a new one means that nobody will ever close what the old one opened.

    Neither will one that has left a fleet.
    """

    def __init__(self) -> None:
        self._epochs: dict[int, int] = {}
        self._open: dict[str, Published] = {}
        self._routes: dict[Route, str] = {}

    def orphaned_by(self, published: Published) -> list[Published]:
        """Closes for what stood when the engine's epoch changed, made at the moment of `published`."""
        epochs = _epochs_in(published)
        risen = {engine for engine, epoch in epochs.items() if epoch > self._epochs.get(engine, _UNKNOWN)}
        self._epochs |= {engine: epochs[engine] for engine in risen}
        left = self._epochs.keys() - epochs if _is_united(published) else set()
        orphans = [each for each in self._open.values() if each.engine in risen or each.engine in left]
        return [
            _close(orphan, self._epochs[orphan.engine], published.ts_us, published.published_ns)
            for orphan in [*orphans, *self._overtaken_by(published)]
        ]

    def _overtaken_by(self, published: Published) -> list[Published]:
        """On a route that another engine has now: what the former one said last may come later, or never."""
        if not isinstance(published.body, Signal) or published.body.event != "open":
            return []
        former = self._open.get(self._routes.get(published.body.opportunity.route, ""))
        return [former] if former is not None and former.engine != published.engine else []

    @property
    def some_stand(self) -> bool:
        """Whether a close is still awaited."""
        return bool(self._open)

    def left_open(self, ts_us: int, now_ns: int) -> list[Published]:
        """Closes for what still stands at the end, when the engine's own were not heard in time."""
        orphans, self._open, self._routes = list(self._open.values()), {}, {}
        return [
            _close(orphan, self._epochs.get(orphan.engine, orphan.epoch), ts_us, now_ns) for orphan in orphans
        ]

    def as_heard(self, published: Published, signal: Signal) -> Published | None:
        """The signal as listeners must hear it: if its opening was lost it opens now, or never closes."""
        if published.epoch < self._epochs.get(published.engine, -1):
            return None  # a dead engine's last words, overtaken by its successor's
        known = signal.id in self._open
        if signal.event == "close":
            self._open.pop(signal.id, None)
            if self._routes.get(signal.opportunity.route) == signal.id:
                del self._routes[signal.opportunity.route]
            return published if known else None
        self._open[signal.id] = published
        self._routes[signal.opportunity.route] = signal.id
        if known or signal.event == "open":
            return published
        return replace(published, body=replace(signal, event="open"))


def _is_united(published: Published) -> bool:
    """A picture of all the engines there are."""
    return isinstance(published.body, Board) and bool(published.body.epochs)


def _epochs_in(published: Published) -> dict[int, int]:
    """By engine: the one that speaks, or all whose boards are in the picture."""
    if isinstance(published.body, Board) and published.body.epochs:
        epochs = published.body.epochs
        return dict(zip(published.body.engines or range(len(epochs)), epochs, strict=False))
    return {published.engine: published.epoch}


def _close(orphan: Published, epoch: int, ts_us: int, now_ns: int) -> Published:
    signal = orphan.body
    assert isinstance(signal, Signal)
    closed = replace(
        signal,
        event="close",
        at_ns=now_ns,
        reason=CloseReason.SHUTDOWN,
        capture_p=None,
        capture_n=None,
        is_prior=False,
    )
    return replace(orphan, epoch=epoch, body=closed, ts_us=ts_us, published_ns=now_ns)

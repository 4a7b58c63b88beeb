"""Alerts: signals -> bell and desktop notification, the window's title, the taskbar's bar.

Before it: sequences, view_state. After it: taking. What comes faster than it may ring is counted.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from kairos_tui.hud import numbers
from kairos_tui.hud.glyph_sets import translation
from kairos_tui.hud.glyphs import STRONG, safe
from kairos_tui.hud.muted import is_mute
from kairos_tui.hud.plan import Alert
from kairos_tui.hud.routes import best_route, full_name, name_of
from kairos_tui.hud.sequences import BELL, notification, progress
from kairos_tui.hud.view_state import View
from kairos_tui.market import Signal

_SILENT_NS: Final = 1_000_000_000
LOUD: Final[tuple[Alert, ...]] = ("bell", "notify")
_NO_BAR: Final = (0, 0)
_SHOWN, _ERROR, _PAUSED = 1, 2, 4
EVERY_NS: Final = 5_000_000_000
"""Bell and notification come this far apart at least."""


class Alerts:
    """Told of each signal that opens; asked each frame what to ring, each second what to call the window."""

    def __init__(
        self, wanted: Sequence[Alert], environ: Mapping[str, str], *, ascii_only: bool = False
    ) -> None:
        self._wanted = tuple(wanted)
        self._loud: tuple[Alert, ...] = tuple(alert for alert in LOUD if alert in wanted)
        self._environ = environ
        glyphs = translation({}, ascii_only=ascii_only)
        self._glyphs: Mapping[int, str] = {} if glyphs is None else glyphs
        self._waiting: list[Signal] = []
        self._next_ns = 0
        self._bar = _NO_BAR

    @property
    def are_on(self) -> bool:
        """Whether a signal is heard or shown on the desktop."""
        return bool(self._loud)

    def toggle(self) -> str:
        """Bell and notification on (those of the settings, else both) or off; what to tell the viewer."""
        if self._loud:
            self._loud, self._waiting = (), []
            return "alerts off: no bell, no notification"
        self._loud = tuple(alert for alert in LOUD if alert in self._wanted) or LOUD
        names = {"bell": "bell", "notify": "desktop notification"}
        return f"alerts on: {' and '.join(names[alert] for alert in self._loud)}, one in 5 s at most"

    def on_signal(self, signal: Signal) -> None:
        """A signal's event: openings are what is told."""
        if signal.event == "open" and self._loud:
            self._waiting.append(signal)

    def due(self, feed: str, now_ns: int, is_quiet: Callable[[Signal], bool] = lambda _signal: False) -> str:
        """What to write to the terminal now; empty mostly. Names the best of those that waited."""
        if not self._waiting or now_ns < self._next_ns:
            return ""
        self._waiting = [signal for signal in self._waiting if not is_quiet(signal)]
        if not self._waiting:
            return ""
        best = max(self._waiting, key=lambda signal: signal.opportunity.net_bps)
        more = len(self._waiting) - 1
        self._waiting, self._next_ns = [], now_ns + EVERY_NS
        found = best.opportunity
        text = f"{STRONG} {numbers.bps(found.net_bps)} bps {full_name(found.route)}"
        text += f" {safe(found.asset, 12)} {numbers.size(found.size)} · {feed}"
        text += f" · {more} more" if more else ""
        said = notification(text.translate(self._glyphs), self._environ) if "notify" in self._loud else ""
        return said + (BELL if "bell" in self._loud else "")

    def title(self, view: View) -> str:
        """The window's title, empty where the settings want none."""
        return title_of(view).translate(self._glyphs) if "title" in self._wanted else ""

    def progress(self, view: View) -> str:
        """The bar of the taskbar: how near the best edge is to a signal; empty where it is as it was."""
        shown = _strength(view) if "progress" in self._wanted else _NO_BAR
        if shown == self._bar:
            return ""
        self._bar = shown
        return progress(*shown, self._environ)

    def unprogress(self) -> str:
        """Take the bar away, if it was ever shown."""
        shown, self._bar = self._bar, _NO_BAR
        return progress(*_NO_BAR, self._environ) if shown != _NO_BAR else ""


def _strength(view: View) -> tuple[int, int]:
    """Full from the threshold on; red while nothing is known, yellow while the view is frozen."""
    board, one = view.live.board, view.symbol_board
    if board is None or one is None:
        return _NO_BAR
    if view.now_ns - board.at_ns > _SILENT_NS or view.outage():
        return _ERROR, 100
    best = best_route(one)
    net, limit = (best.net_bps or 0.0) if best is not None else 0.0, view.thresholds.min_net_bps
    share = 100 if net >= limit else round(net / limit * 100) if net > 0.0 else 0
    if view.held is not None:
        return _PAUSED, share
    return (_SHOWN, share) if share else _NO_BAR


def title_of(view: View) -> str:
    """`◆ +9.1 BTC KRAKEN → OKX · sim` while a signal stands, else the best route; never a figure that is old.

    The asset is named where several are watched.
    """
    return f"{_gist(view)} — Kairos"


def _gist(view: View) -> str:
    what = f"{safe(view.symbol, 20)} · {view.feed}"
    if view.live.board is None or view.now_ns - view.live.board.at_ns > _SILENT_NS:
        return f"◌ {what} · {'connecting' if view.live.board is None else 'silent'}"
    standing = [card.signal for card in view.live.deck.live() if not is_mute(view, card.signal.opportunity)]
    if standing:
        found = max((signal.opportunity for signal in standing), key=lambda found: found.net_bps)
        route = f"{_named(view, found.asset)}{full_name(found.route)}"
        return f"{STRONG} {numbers.bps(found.net_bps)} {route} · {view.feed}"
    return f"✖ {what} · nothing reachable" if view.outage() else _best(view) or what


def _best(view: View) -> str:
    one = view.symbol_board
    best = best_route(one) if one is not None and view.held is None else None
    if best is None or one is None:
        return ""
    route = f"{_named(view, _asset_of(one.symbol))}{name_of(best, one.symbol)}"
    return f"{numbers.bps(best.net_bps)} {route} · {view.feed}"


def _named(view: View, asset: str) -> str:
    """The asset, where another is watched too."""
    return f"{safe(asset, 12)} " if len(set(map(_asset_of, view.plan.symbols))) > 1 else ""


def _asset_of(symbol: str) -> str:
    return symbol.partition("/")[0]

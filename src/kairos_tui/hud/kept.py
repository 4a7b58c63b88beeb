"""Kept: how the viewer left the HUD, one small file for each set of symbols, in the state directory.

Before it: look, cards, view_state. After it: app, which restores once and saves when something has changed.
Nothing here is worth a crash: a broken file is one sentence on the hint line, and is written anew.
"""

import hashlib
import os
import re
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Final

import msgspec
from msgspec.structs import asdict, replace

from kairos_tui.hud.cards import MOST_PINNED, Card
from kairos_tui.hud.filters import Malformed, parse_filter
from kairos_tui.hud.finding import filter_by
from kairos_tui.hud.followed import Ends
from kairos_tui.hud.layouts import LAYOUTS, Panel, layout_at
from kairos_tui.hud.line_editor import MOST
from kairos_tui.hud.look import SPANS_S, Figure, Look, Order
from kairos_tui.hud.plan import HudPlan
from kairos_tui.hud.prompt import MOST_TYPED
from kairos_tui.hud.view_state import View
from kairos_tui.market import FeedKind, Symbol, Venue

_LARGEST: Final = 1 << 20
_LATEST_US: Final = 4_102_444_800_000_000
"""The year 2100."""
_LONGEST_US: Final = 366 * 86_400 * 1_000_000
_NAMED: Final = 3
_MOST_LETTERS: Final = 40
_MOST_ROUTES: Final = 100
_MOST_MUTED: Final = 200
Typed = Annotated[str, msgspec.Meta(max_length=MOST)]
Name = Annotated[Venue, msgspec.Meta(max_length=MOST)]


class Kept(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`theme` is the one that was worn when `asked` was what flags and settings asked for: asking for another
    one is newer than what was left. `pins` are pinned signals by feed: a simulated one is none of the live.
    `typed` are lines after `:`, the newest last; `routes` are pinned to the plot, one a symbol.
    """

    v: int = 1
    theme: str = ""
    asked: str = ""
    layout: int = 0
    figure: Figure = "net"
    order: Order = "given"
    reversed: bool = False
    span_s: int = 60
    common: bool = False
    muted: Annotated[tuple[Name, ...], msgspec.Meta(max_length=_MOST_MUTED)] = ()
    focus: Panel = "matrix"
    symbol: str = ""
    pins: dict[FeedKind, tuple[Card, ...]] = {}
    filter: Typed = ""
    typed: Annotated[tuple[Typed, ...], msgspec.Meta(max_length=MOST_TYPED)] = ()
    routes: Annotated[dict[Symbol, Ends], msgspec.Meta(max_length=_MOST_ROUTES)] = {}


def kept_path(folder: Path, symbols: Iterable[str]) -> Path:
    """`<folder>/hud/BTC-USDT_ETH-USDT-1f3c….json`: the same for the same symbols in any order."""
    ordered = sorted(set(symbols))
    digest = hashlib.sha256("\n".join(ordered).encode("utf-8", "surrogatepass")).hexdigest()[:10]
    name = re.sub(r"[^A-Za-z0-9_-]", "-", "_".join(ordered[:_NAMED]))[:_MOST_LETTERS]
    return folder / "hud" / f"{name}-{digest}.json"


class Keeper:
    """Reads the file once, and writes it when what it says has changed; does nothing without a folder."""

    def __init__(self, plan: HudPlan) -> None:
        self._path = kept_path(plan.kept_in, plan.symbols) if plan.kept_in is not None else None
        self._last: Kept | None = None
        self.trouble = ""

    def restore(self, view: View) -> None:
        """Set the view as it was left, or as it is asked for; `trouble` is a sentence when the file could not
        be used.
        """
        usual = view.look
        if self._path is not None:
            self._restore(self._path, view)
        if view.plan.first.is_asked:
            _begin(view, usual)
            self.save(view)  # a HUD that crashes at once comes back so

    def _restore(self, path: Path, view: View) -> None:
        try:
            kept = _read(path)
        except (OSError, ValueError) as error:  # msgspec's errors are ValueErrors
            self.trouble = f"{path}: {error}; starting with the defaults"
            return
        if kept is not None:
            _apply(kept, view)
        self._last = kept

    def save(self, view: View) -> None:
        """Write it down, whole or not at all, if anything is other than what was last written."""
        if self._path is None:
            return
        kept = _of(view, self._last)
        if kept == self._last:
            return
        self._last = kept
        try:
            _write(self._path, kept)
        except OSError as error:
            if not self.trouble:
                view.say(f"the view cannot be kept: {error}")
            self.trouble = str(error)


def _read(path: Path) -> Kept | None:
    try:
        with path.open("rb") as file:
            text = file.read(_LARGEST + 1)
    except FileNotFoundError:
        return None
    if len(text) > _LARGEST:
        raise ValueError(f"over {_LARGEST} bytes")
    kept = msgspec.json.decode(text, type=Kept)
    if kept.span_s not in SPANS_S or not 0 <= kept.layout < len(LAYOUTS):
        raise ValueError("a span or a layout that there is not")
    is_filter = not isinstance(parse_filter(kept.filter), Malformed)
    if not is_filter:
        raise ValueError("a filter that is none")
    if not all(_is_true(card) for cards in kept.pins.values() for card in cards):
        raise ValueError("a pinned signal of no time")
    return kept


def _is_true(card: Card) -> bool:
    return 0 <= card.opened_us <= _LATEST_US and 0 <= card.signal.duration_us <= _LONGEST_US


def _write(path: Path, kept: Kept) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(msgspec.json.format(msgspec.json.encode(kept)))
        beside.replace(path)
    except OSError:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        raise


def _apply(kept: Kept, view: View) -> None:
    plan = view.plan
    look = (kept.layout, kept.figure, kept.order, kept.reversed, kept.span_s, kept.common, kept.muted)
    view.look = Look(*look)
    view.focus = kept.focus
    worn = next((theme for theme in view.wardrobe.themes if theme.title == kept.theme), None)
    if worn is not None and kept.asked == _asked(plan):
        view.wardrobe.worn = worn
    names: list[str] = [*plan.symbols]
    view.symbol_index = names.index(kept.symbol) if kept.symbol in names else 0
    filter_by(view, kept.filter)
    view.typed = [*kept.typed]
    for symbol, ends in kept.routes.items():
        view.live.followed.follow(symbol, ends)
    for card in reversed(kept.pins.get(plan.feed, ())[:MOST_PINNED]):
        ended = replace(card, life="unseen", why="end not seen") if card.life == "live" else card
        view.live.deck.entries.insert(0, replace(ended, pinned=True))


def _begin(view: View, usual: Look) -> None:
    """As flags say, on the first symbol that they name; what was left is not seen. Pins, typed lines stay,
    and the focus where the layout has its panel at every width."""
    plan = view.plan
    view.look = plan.first.look(usual)
    layout = layout_at(view.look.layout)
    if view.focus not in {*layout.left, *layout.right} & {
        *layout.narrow
    }:  # it would stand in another's place
        view.focus = layout.narrow[0]
    if not plan.remote and plan.feed != "replay":
        view.symbol_index = 0
    filter_by(view, plan.first.filter)
    if any(knob.key == "theme" and knob.origin == "--theme" for knob in plan.settings):
        view.wardrobe.worn = plan.theme


def _asked(plan: HudPlan) -> str:
    return plan.wanted or plan.theme.title


def _theme(view: View, before: Kept | None) -> tuple[str, str]:
    """What is worn, not what the picker tries on; without colours there is no choice: the old stands."""
    wardrobe = view.wardrobe
    if len(wardrobe.themes) < 2:
        return (before.theme, before.asked) if before is not None else ("", "")
    return (wardrobe.before or wardrobe.worn).title, _asked(view.plan)


def _of(view: View, before: Kept | None) -> Kept:
    cards = [entry for entry in view.live.deck.entries[:MOST_PINNED] if isinstance(entry, Card)]
    pins = {**(before.pins if before is not None else {})}
    theme, asked = _theme(view, before)
    pins[view.feed] = tuple(card for card in cards if card.pinned)
    return Kept(
        theme=theme,
        asked=asked,
        focus=view.focus,
        symbol=view.symbol,
        filter=view.filter.text if view.filter is not None else "",
        typed=tuple(view.typed),
        routes=dict(list(view.live.followed.all().items())[:_MOST_ROUTES]),
        pins={feed: kept for feed, kept in pins.items() if kept},
        **asdict(view.look),
    )

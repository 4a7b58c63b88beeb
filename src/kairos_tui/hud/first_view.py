"""FirstView: how the HUD is to begin, in the words of the command line; and the words of how it looks now.

Before it: look, layouts, filters. After it: plan carries one, kept begins with it, taking copies the words.
"""

from typing import Final

from msgspec import Struct

from kairos_tui.hud.filters import Malformed, parse_filter
from kairos_tui.hud.layouts import LAYOUTS
from kairos_tui.hud.line_editor import MOST
from kairos_tui.hud.look import FIGURES, ORDERS, SPANS_S, Look, span_label
from kairos_tui.market import Venue

_REVERSED: Final = "-"
_NAMES: Final = tuple(layout.name for layout in LAYOUTS)
_SPANS: Final = tuple(map(span_label, SPANS_S))
CHOICES: Final[dict[str, tuple[str, ...]]] = {
    "layout": _NAMES,
    "figure": FIGURES,
    "sort": (*ORDERS, *(_REVERSED + order for order in ORDERS)),
    "span": _SPANS,
}
"""What may stand after these options."""


class FirstView(Struct, frozen=True):
    """The words after `--layout`, `--figure` and so on; empty where nothing was said. `sort` turns the order
    round with a `-` in front. Where one is given, all begins as they say and not as it was left.
    """

    layout: str = ""
    figure: str = ""
    sort: str = ""
    span: str = ""
    filter: str = ""
    mute: tuple[str, ...] = ()
    common: bool = False

    @property
    def is_asked(self) -> bool:
        """Whether anything was said."""
        return self != NO_FIRST_VIEW

    def look(self, usual: Look) -> Look:
        """How the panels are set; `usual` holds where nothing was said. The words are known to be right."""
        order = self.sort.removeprefix(_REVERSED)
        return Look(
            layout=_NAMES.index(self.layout) if self.layout else usual.layout,
            figure=next((each for each in FIGURES if each == self.figure), usual.figure),
            order=next((each for each in ORDERS if each == order), usual.order),
            reversed=self.sort.startswith(_REVERSED),
            span_s=SPANS_S[_SPANS.index(self.span)] if self.span else usual.span_s,
            common=self.common,
            muted=tuple(map(Venue, self.mute)),
        )


NO_FIRST_VIEW: Final = FirstView()


def filter_problem(text: str) -> str | None:
    """What is wrong with the text of a filter, None: nothing."""
    if len(text) > MOST or not text.isprintable():
        return f"must be at most {MOST} characters that can be printed"
    found = parse_filter(text)
    return f"at {found.at + 1}: {found.what}" if isinstance(found, Malformed) else None


def view_words(look: Look, filter_text: str) -> list[str]:
    """The options that begin with this look. The layout always is among them: so none is as it was left."""
    order = (_REVERSED if look.reversed else "") + look.order
    usual = Look()
    words = ["--layout", LAYOUTS[look.layout].name]
    words += ["--figure", look.figure] if look.figure != usual.figure else []
    words += _joined("--sort", order) if order != usual.order else []
    words += ["--span", span_label(look.span_s)] if look.span_s != usual.span_s else []
    words += ["--common"] if look.common else []
    words += ["--mute", ",".join(look.muted)] if look.muted else []
    return words + (_joined("--filter", filter_text) if filter_text else [])


def _joined(option: str, word: str) -> list[str]:
    """A word that looks like an option of its own is tied to it."""
    return [f"{option}={word}"] if word.startswith("-") else [option, word]

"""Settings list: `:settings`: what this HUD runs with, who said so, and the line that changes it.

Before it: plan, view_state. After it: prompting, which gives it the keys while its list is open. It reads
and copies; files are the user's to write.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from kairos_tui.hud.fuzzy import distance
from kairos_tui.hud.glyphs import safe
from kairos_tui.hud.plan import Knob
from kairos_tui.hud.prompt import Choice
from kairos_tui.hud.view_state import View

HERE: Final = "this HUD, for now"
_MOST_VALUE: Final = 400


def in_force(view: View) -> Iterator[Knob]:
    """Every setting as it holds now: what was changed meanwhile, and what the engine judges by."""
    judged, chosen = _judged(view), _chosen(view)
    whence = "this replay" if view.feed == "replay" else "where Kairos watches" if view.plan.remote else ""
    for knob in view.plan.settings:
        now = judged.get(knob.key) or chosen.get(knob.key) or knob.value
        elsewhere = whence if knob.key in judged else ""
        origin = elsewhere or (knob.origin if now == knob.value else HERE)
        yield Knob(knob.key, now, origin, knob.meaning)


def setting_choices(view: View, text: str) -> tuple[Choice, ...]:
    """Every setting that the text finds by key, value, origin or meaning: nearest first."""
    knobs = list(in_force(view))
    words = (f"{knob.key} {knob.value} {knob.origin} {knob.meaning}".replace("_", " ") for knob in knobs)
    apart = [(distance(text.replace("_", " "), said), knob) for said, knob in zip(words, knobs, strict=True)]
    near = sorted(((far, knob) for far, knob in apart if far is not None), key=lambda pair: pair[0])
    return tuple(
        Choice(
            f"{knob.key} = {knob.value}",
            knob.key,
            safe(knob.value, _MOST_VALUE),
            safe(knob.origin, _MOST_VALUE),
            knob.meaning,
        )
        for _, knob in near
    )


def _judged(view: View) -> Mapping[str, str]:
    """What the engine says it judges by, by the key of each."""
    if view.board is None:
        return {}
    there = view.thresholds
    return {
        "min_net_bps": repr(there.min_net_bps),
        "close_net_bps": repr(there.close_net_bps),
        "dwell_ms": repr(there.dwell_ms),
        "max_notional": repr(there.max_notional),
        "max_age_ms": repr(there.max_age_ms or 0),
        "max_asynchrony_ms": repr(there.max_asynchrony_ms),
        "depeg_bps": repr(there.depeg_bps),
        "haircut_bps": repr(there.haircut_bps),
        "reaction_ms": repr(there.reaction_ms),
    }


def _chosen(view: View) -> Mapping[str, str]:
    """What the viewer turned to since the start."""
    worn = view.wardrobe.worn
    theme = {} if worn == view.plan.theme else {"theme": f'"{worn.title}"'}
    return {**theme, "fps": str(view.plan.fps)}

"""view_options: the flags that say how the HUD is to begin, for watch, replay and hud. None is not given.

Before it: the command line. After it: runtime's plans. Where one is given, nothing is as it was left.
"""

from typing import Annotated, Any

import typer

from kairos_tui.cli.options import split_names
from kairos_tui.errors import SettingsInvalid

LayoutOption = Annotated[
    str | None, typer.Option("--layout", metavar="NAME", help="The HUD begins with this layout, like depth.")
]
FigureOption = Annotated[
    str | None, typer.Option("--figure", metavar="net|gross|size|age", help="... its matrix showing this.")
]
SortOption = Annotated[
    str | None,
    typer.Option("--sort", metavar="[-]NAME", help="... venues by this, like edge; -edge: worst first."),
]
SpanOption = Annotated[
    str | None, typer.Option("--span", metavar="TIME", help="... its plot over 30s, 1m, 5m, 15m or 1h.")
]
FilterOption = Annotated[
    str | None,
    typer.Option("--filter", metavar="TEXT", help="... what / lets through, like 'net>8 !gemini'."),
]
MuteOption = Annotated[
    list[str] | None, typer.Option("--mute", metavar="A,B", help="... with these venues muted.")
]
CommonOption = Annotated[bool, typer.Option("--common", help="... with prices in the first quote.")]


def view_flags(
    layout: str | None,
    figure: str | None,
    sort: str | None,
    span: str | None,
    filter_text: str | None,
    mute: list[str] | None,
    *,
    common: bool,
) -> dict[str, Any]:
    """As runtime takes them. Raises SettingsInvalid, naming the nearest."""
    from kairos_tui.runtime import facts

    words = {"layout": layout, "figure": figure, "sort": sort, "span": span}
    choices = facts.view_choices() if any(word is not None for word in words.values()) else {}
    for option, word in words.items():
        if word is not None:
            _check(option, word, choices[option])
    problem = facts.filter_problem(filter_text) if filter_text else None
    if problem:
        raise SettingsInvalid(f"--filter: {problem}")
    given = {option: word for option, word in words.items() if word is not None}
    return {**given, "filter": filter_text or "", "mute": split_names(mute) or (), "common": common}


def _check(option: str, word: str, known: tuple[str, ...]) -> None:
    from kairos_tui.settings import nearest, quoted

    if word not in known:
        near = nearest(word, known) or f" (there are {', '.join(known)})"
        raise SettingsInvalid(f"--{option}: no {option} {quoted(word)}{near}")

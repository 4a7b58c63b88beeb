"""paper: the options that have signals followed on paper, and what keeps that from being done.

Before it: the command line of watch or replay. After it: settings.
"""

from collections.abc import Iterable
from typing import Annotated

import typer

from kairos_tui.cli.options import read_duration_s
from kairos_tui.errors import SettingsInvalid
from kairos_tui.market import Symbol
from kairos_tui.settings import Loaded

PaperOption = Annotated[
    bool,
    typer.Option("--paper", help="Follow each signal with simulated orders; no real one is ever placed."),
]
PaperLatencyOption = Annotated[
    str | None,
    typer.Option(
        "--paper-latency", metavar="TIME", help="How long after a signal they reach the books. Default 150ms."
    ),
]
PaperStockOption = Annotated[
    str | None,
    typer.Option(
        "--paper-stock",
        metavar="A=1,B=2",
        help="What each venue holds at the start. Default: enough of each.",
    ),
]

_AT_ONCE = ("0", "0ms", "0s")


def paper_flags(*, paper: bool, latency: str | None, stock: str | None) -> dict[str, object]:
    """As settings take them. Raises SettingsInvalid."""
    at_once = latency is not None and latency.strip() in _AT_ONCE
    latency_s = 0.0 if at_once else read_duration_s("--paper-latency", latency)
    return {
        "paper": paper or None,
        "paper_latency_ms": None if latency_s is None else round(latency_s * 1_000),
        "paper_stock": stock,
    }


def check_paper(loaded: Loaded, symbols: Iterable[Symbol]) -> None:
    """Whether it can be done here. Raises SettingsInvalid."""
    settings, origins = loaded.settings, loaded.origins
    if not settings.paper:
        lone = next((name for name in ("paper_latency_ms", "paper_stock") if origins[name][:2] == "--"), None)
        if lone is not None:
            raise SettingsInvalid(f"{origins[lone]} is for signals that are followed: add --paper")
        return
    if settings.engines > 1:
        raise SettingsInvalid(
            f"{origins['engines']}: engines = {settings.engines}, and each would keep paper stock of its own:"
            f" {origins['paper']} needs engines = 1"
        )
    contract = next((symbol for symbol in symbols if ":" in symbol), None)
    if contract is not None:
        raise SettingsInvalid(f"{origins['paper']}: {contract} is a contract, and paper follows spot markets")

"""paper_options: the flags that have signals followed on paper, for watch and replay. None is not given.

Before it: the command line. After it: settings, paper_check.
"""

from typing import Annotated

import typer

from kairos_tui.cli.options import read_duration_s

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

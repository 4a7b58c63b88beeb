"""paper_check: whether signals can be followed on paper as asked, before anything starts.

Before it: settings. After it: watch, replay.
"""

from collections.abc import Collection, Iterable

from kairos_tui.errors import SettingsInvalid
from kairos_tui.market import Symbol
from kairos_tui.settings import Loaded


def check_paper(loaded: Loaded, symbols: Iterable[Symbol], *, emit: Collection[str] | None = None) -> None:
    """Raises SettingsInvalid: what stands in the way."""
    settings, origins = loaded.settings, loaded.origins
    if not settings.paper:
        if "fill" in (emit or ()):
            raise SettingsInvalid("--emit fill tells of signals that are followed: add --paper")
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

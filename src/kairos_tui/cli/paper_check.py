"""paper_check: whether signals can be followed on paper as asked, before anything starts.

Before it: settings. After it: watch, replay.
"""

from collections.abc import Collection, Iterable

from kairos_tui.errors import SettingsInvalid
from kairos_tui.market import Symbol
from kairos_tui.settings import Loaded, Settings


def check_paper(loaded: Loaded, symbols: Iterable[Symbol], emit: Collection[str] | None) -> None:
    """Raises SettingsInvalid: what stands in the way."""
    check_followed(loaded, emit)
    settings, origins = loaded.settings, loaded.origins
    if settings.paper and settings.engines > 1:
        raise SettingsInvalid(
            f"{origins['engines']}: engines = {settings.engines}, and each would keep paper stock of its own:"
            f" {origins['paper']} needs engines = 1"
        )
    contract = next((symbol for symbol in symbols if ":" in symbol), None)
    if settings.paper and contract is not None:
        raise SettingsInvalid(f"{origins['paper']}: {contract} is a contract, and paper follows spot markets")


def check_followed(loaded: Loaded, emit: Collection[str] | None) -> None:
    """Raises SettingsInvalid where a flag is about signals that are followed, and none is."""
    if loaded.settings.paper:
        return
    if "fill" in (emit or ()):
        raise SettingsInvalid("--emit fill tells of signals that are followed: add --paper")
    origins = [loaded.origins[name] for name in ("paper_latency_ms", "paper_stock")]
    lone = next((origin for origin in origins if origin.startswith("--")), None)
    if lone is not None:
        raise SettingsInvalid(f"{lone} is for signals that are followed: add --paper")


def emitted_by(settings: Settings) -> frozenset[str]:
    """The types of line where none were asked for: on paper also what became of the signals."""
    return frozenset({"signal", "venue", *(["fill"] if settings.paper else [])})

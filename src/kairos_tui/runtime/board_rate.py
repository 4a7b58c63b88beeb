"""board_rate: how often engines paint. Pure. Before it: settings. After it: the launcher, for the cast."""

from kairos_tui.settings import Settings

WITHOUT_HUD = 4
MIRRORED = 10


def boards_per_s(settings: Settings, *, draws: bool, engines: int = 1) -> int:
    """As often as someone looks; several engines often enough for the silence of one to be noticed."""
    looked_at = settings.mirror or any(url.startswith("redis") for url in settings.sinks)
    wanted = settings.fps if draws else MIRRORED if looked_at else WITHOUT_HUD
    return wanted if engines == 1 else max(wanted, WITHOUT_HUD)

"""MirrorThemes: the themes of the folders as browsers take them, read anew when a file changes.

Before it: hud's wardrobe, which watches the files. After it: run_mirror.
"""

import logging
from pathlib import Path

from kairos_tui.hud import HudPlan, load_theme
from kairos_tui.hud.theme import browser_tokens
from kairos_tui.hud.wardrobe import Wardrobe
from kairos_tui.mirror import Themes

log = logging.getLogger(__name__)


class MirrorThemes:
    """A broken file changes nothing, and the log says what is wrong with it."""

    def __init__(self, wanted: str, search: tuple[Path, ...]) -> None:
        """Raises ThemeInvalid where the one that is wanted cannot be read."""
        plan = HudPlan((), load_theme(wanted, search), wanted=wanted, theme_search=search)
        self._wardrobe = Wardrobe(plan)
        self._known = self._wardrobe.themes
        self.themes = self._told()

    def look(self) -> Themes | None:
        """What they became since the last look; None where nothing changed."""
        said = self._wardrobe.look()
        if said:
            log.info("themes %s", said)
        if self._wardrobe.themes == self._known:
            return None
        self._known, self.themes = self._wardrobe.themes, self._told()
        return self.themes

    def _told(self) -> Themes:
        by_name = {theme.title: browser_tokens(theme) for theme in self._wardrobe.themes}
        return Themes(by_name, self._wardrobe.worn.title)

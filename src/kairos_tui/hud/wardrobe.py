"""Wardrobe: the themes the keys turn through, the one that is worn, and what became of their files.

Before it: themes, plan. After it: view_state, theme_moves, canvas. A broken file changes nothing.
"""

from pathlib import Path
from typing import Final

from kairos_tui.hud.plan import HudPlan
from kairos_tui.hud.theme import Theme
from kairos_tui.hud.themes import ThemeEntry, is_path, read_entry, theme_files

Stamp = tuple[int, int, int]
_GONE: Final[Stamp] = (0, 0, 0)


class Wardrobe:
    """`themes` begin with the one asked for; `before` is what the picker gives back, None: it is closed."""

    def __init__(self, plan: HudPlan) -> None:
        self.worn = self._asked = plan.theme
        self._wanted = plan.wanted
        self._first = plan.theme.title
        self.themes = _ring(self._first, [plan.theme, *plan.themes])
        self.before: Theme | None = None
        self._search = plan.theme_search
        self._own_file = Path(plan.wanted).expanduser() if is_path(plan.wanted) else None
        self._good: dict[Path, Theme] = {}
        self._problems: dict[Path, str] = {}
        self._stamps: dict[Path, Stamp] = {}
        self._unsettled: dict[Path, Stamp] | None = None
        if self._search:
            self._stamps = self._now()
            self._read()

    @property
    def place(self) -> int:
        """Where the worn theme stands among them; 0 where its file is gone."""
        titles = [theme.title for theme in self.themes]
        return titles.index(self.worn.title) if self.worn.title in titles else 0

    @property
    def name(self) -> str:
        """What `--theme` would find the worn theme by; nothing where its file is gone or broken."""
        if not self._search:
            return self._wanted if self._wanted and self.worn == self._asked else self.worn.title
        whole = {path: theme for path, theme in self._good.items() if path not in self._problems}
        if self._own_file is not None and whole.get(self._own_file) == self.worn:
            return self._wanted
        return next((theme.title for theme in whole.values() if theme.title == self.worn.title), "")

    def wear(self, title: str) -> None:
        """Wear the theme of that name, which is one of them."""
        self.worn = next(theme for theme in self.themes if theme.title == title)

    def step(self, by: int) -> None:
        """Wear the theme so many places on."""
        self.worn = self.themes[(self.place + by) % len(self.themes)]

    def open(self) -> None:
        """Choose with a preview; opened again, what is worn stays."""
        self.before = self.worn if self.before is None else None

    def keep(self) -> None:
        """Close the picker; what is worn stays."""
        self.before = None

    def restore(self) -> None:
        """Close the picker; what was worn before it is worn again."""
        self.worn, self.before = self.before or self.worn, None

    def look(self) -> str:
        """Whether theme files changed since the last look; what is to be said of it, or nothing.

        A file is read once it has looked the same twice: half of one, while it is written, is no news.
        """
        if not self._search:
            return ""
        stamps = self._now()
        if stamps == self._stamps:
            self._unsettled = None
            return ""
        if stamps != self._unsettled:
            self._unsettled = stamps
            return ""
        self._unsettled, self._stamps = None, stamps
        worn, problems, good, had_a_name = self.worn, self._problems, self._good, bool(self.name)
        self._read()
        self.worn = self._anew(worn, good)
        self.before = self._anew(self.before, good) if self.before is not None else None
        return self._said(problems, changed=self.worn != worn, gone=had_a_name and not self.name)

    def problem_of(self, name: str) -> str:
        """Why the theme of that name cannot be worn as its file is now; empty where it can."""
        stem = name.removeprefix("kairos-")
        found = (problem for path, problem in self._problems.items() if path.stem == stem)
        return _without_folder(next(found, ""), [*self._problems])

    def _said(self, before: dict[Path, str], *, changed: bool, gone: bool) -> str:
        fresh = [problem for path, problem in self._problems.items() if before.get(path) != problem]
        if fresh:
            return _without_folder(fresh[0], [*self._problems])
        if gone:
            return f"the file of theme {self.worn.title} is gone; its colours stay until another is chosen"
        return f"theme {self.worn.title} read anew" if changed else ""

    def _read(self) -> None:
        files = theme_files(self._search)
        if self._own_file is not None:
            files.insert(0, self._own_file)
        entries = [read_entry(path, self._search) for path in files]
        self._problems = {entry.path: entry.problem for entry in entries if entry.problem is not None}
        self._good = {entry.path: theme for entry in entries if (theme := self._kept(entry)) is not None}
        self.themes = _ring(self._first, [*self._good.values()]) or [self.worn]

    def _kept(self, entry: ThemeEntry) -> Theme | None:
        """The theme of a file, or what it was before it broke."""
        return entry.theme if entry.theme is not None else self._good.get(entry.path)

    def _anew(self, theme: Theme, before: dict[Path, Theme]) -> Theme:
        """The theme of that name, else of that file, as it is now; as it was where its file is gone."""
        named = next((now for now in self.themes if now.title == theme.title), None)
        path = next((path for path, known in before.items() if known == theme), None)
        return named or (self._good.get(path, theme) if path is not None else theme)

    def _now(self) -> dict[Path, Stamp]:
        files = theme_files(self._search)
        return {path: _stamp(path) for path in (*files, *filter(None, (self._own_file,)))}


def _ring(first: str, themes: list[Theme]) -> list[Theme]:
    """One theme of each name, the first of them winning, from the name `first` on and around."""
    by_title = {theme.title: theme for theme in reversed(themes)}
    titles = list(dict.fromkeys(theme.title for theme in themes[1:])) if themes else []
    titles = titles if not themes or themes[0].title in titles else [themes[0].title, *titles]
    at = titles.index(first) if first in titles else 0
    return [by_title[title] for title in (*titles[at:], *titles[:at])]


def _stamp(path: Path) -> Stamp:
    try:
        seen = path.stat()
    except OSError:
        return _GONE
    return seen.st_mtime_ns, seen.st_size, seen.st_ino


def _without_folder(problem: str, paths: list[Path]) -> str:
    for path in paths:
        problem = problem.replace(f"{path.parent}/", "")
    return problem

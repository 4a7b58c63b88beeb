"""The web mirror as the viewer turns it: one role, added and taken away; one of the run's own stays."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kairos_tui.market import Symbol
from kairos_tui.runtime.cast import Cast
from kairos_tui.runtime.mirror_switch import MirrorSwitch
from kairos_tui.runtime.supervisor import Role
from kairos_tui.settings import MIRROR_AT, Settings
from kairos_tui.wire import Endpoints


class Kept:
    """Stands where the supervisor does, and starts nothing."""

    def __init__(self) -> None:
        self.roles: dict[str, Role] = {}
        self.added = 0

    def add(self, role: Role) -> None:
        self.roles[role.name] = role
        self.added += 1

    def stop(self, names: list[str], *, deadline_s: float) -> None:
        assert deadline_s > 0.0
        for name in names:
            self.roles.pop(name, None)


@pytest.fixture
def casts(tmp_path: Path) -> Iterator[list[Cast]]:
    made = [
        Cast(
            run="k7f3",
            settings=settings,
            symbols=(Symbol("BTC/USDT"),),
            endpoints=(Endpoints.in_dir(tmp_path),),
            log_path=str(tmp_path / "log"),
            log_level=30,
        )
        for settings in (Settings(), Settings(metrics="127.0.0.1:9090"), Settings(mirror="127.0.0.1:1"))
    ]
    yield made
    for cast in made:
        cast.close()


def switch_of(cast: Cast) -> tuple[Kept, MirrorSwitch]:
    kept = Kept()
    return kept, MirrorSwitch(cast, kept, lambda _name, _news: None)  # type: ignore[arg-type]


def test_it_is_added_once_and_taken_away(casts: list[Cast]) -> None:
    kept, switch = switch_of(casts[0])
    switch.turn("sim", on=True)
    switch.turn("sim", on=True)
    assert (list(kept.roles), kept.added, casts[0].mirror_at) == (["mirror"], 1, MIRROR_AT)
    kept.roles["mirror"].abandon("no port")
    switch.turn("sim", on=True)
    assert (kept.added, kept.roles["mirror"].state) == (2, "starting")
    switch.turn("sim", on=False)
    assert (list(kept.roles), casts[0].mirror_at) == ([], "")
    switch.turn("sim", on=False)
    assert kept.added == 2


def test_metrics_are_served_before_beside_and_after_it(casts: list[Cast]) -> None:
    kept, switch = switch_of(casts[1])
    for on in (True, False):
        switch.turn("sim", on=on)
        assert list(kept.roles) == ["mirror"]
    assert kept.added == 2


def test_the_one_that_came_with_the_run_stays(casts: list[Cast]) -> None:
    kept, switch = switch_of(casts[2])
    switch.turn("sim", on=False)
    assert (kept.added, casts[2].mirror_at) == (0, "127.0.0.1:1")

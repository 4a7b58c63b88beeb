"""The simulated exchanges stand in for what they can, and are offered only where they can."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kairos_tui.market import Board, Rates, Symbol, Thresholds, Venue
from kairos_tui.runtime import cast, follow
from kairos_tui.runtime.board_rate import boards_per_s
from kairos_tui.runtime.cast import Cast
from kairos_tui.runtime.follow import Follower, FollowPlan
from kairos_tui.runtime.plans import HudRolePlan, InForce, ViewAsked
from kairos_tui.runtime.signals_caught import SignalsCaught
from kairos_tui.runtime.venue_plans import feed_plan
from kairos_tui.settings import Settings, VenueTable
from kairos_tui.wire import Endpoints

SETTINGS = Settings(
    venues=(Venue("mine"), Venue("mexc"), Venue("kraken")),
    venue={"mine": VenueTable(ccxt_class="okx", taker_bps=8.0)},
)


ASKED = InForce(file="kairos.toml", view=ViewAsked(layout="depth", mute=("okx",)))


@pytest.fixture
def make_cast(tmp_path: Path) -> Iterator[Callable[..., Cast]]:
    made: list[Cast] = []

    def make(settings: Settings, *symbols: str) -> Cast:
        one = Cast(
            run="r",
            settings=settings,
            symbols=tuple(map(Symbol, symbols)),
            endpoints=(Endpoints.in_dir(tmp_path),),
            log_path=str(tmp_path / "log"),
            log_level=30,
            in_force=ASKED,
        )
        made.append(one)
        return one

    yield make
    for one in made:
        one.close()


def test_only_simulated_venues_and_symbols_are_kept(make_cast) -> None:
    made = make_cast(SETTINGS, "BTC/USDT", "DOGE/USDT")

    assert made.can_simulate
    made.keep_simulated()

    assert made.venues == ("mine", "kraken")
    assert made.symbols == ("BTC/USDT",)


@pytest.mark.parametrize(
    ("venues", "symbol"), [(("mexc", "htx"), "BTC/USDT"), (("kraken", "okx"), "DOGE/USDT")]
)
def test_nothing_is_offered_where_nothing_is_simulated(make_cast, venues, symbol) -> None:
    assert not make_cast(Settings(venues=venues), symbol).can_simulate


@pytest.mark.parametrize(
    ("settings", "draws", "engines", "rate"),
    [
        (Settings(fps=30), True, 1, 30),
        (Settings(fps=1), True, 1, 1),
        (Settings(fps=1), True, 2, 4),
        (Settings(), False, 2, 4),
        (Settings(mirror="127.0.0.1:0"), False, 1, 10),
        (Settings(sinks=("redis://127.0.0.1",)), False, 1, 10),
    ],
)
def test_boards_are_painted_as_often_as_someone_looks(settings, draws, engines, rate) -> None:
    assert boards_per_s(settings, draws=draws, engines=engines) == rate


def test_a_simulation_wins_over_configured_addresses_and_keeps_the_fee() -> None:
    table = VenueTable(ccxt_class="okx", taker_bps=8.0, origin_rest="http://127.0.0.1:1")
    settings = Settings(venue={"mine": table})

    simulated = ("http://127.0.0.1:2", "ws://127.0.0.1:2")
    plan = feed_plan(settings, Venue("mine"), (Symbol("BTC/USDT"),), simulated)
    live = feed_plan(settings, Venue("mine"), (Symbol("BTC/USDT"),), None)

    assert (plan.ccxt_class, plan.origin_rest, plan.taker_bps) == ("okx", "http://127.0.0.1:2", 8.0)
    assert live.origin_rest == "http://127.0.0.1:1"


@pytest.fixture
def plans(monkeypatch: pytest.MonkeyPatch) -> list[HudRolePlan]:
    """Those that a HUD is started with; no process is."""
    told: list[HudRolePlan] = []

    def start(_module: str, plan: HudRolePlan, **_how: object) -> None:
        told.append(plan)
        raise OSError("no process here")

    monkeypatch.setattr(cast, "SpawnedChild", start)
    monkeypatch.setattr(follow, "SpawnedChild", start)
    return told


@pytest.mark.parametrize("where", ["here", "elsewhere"])
def test_a_hud_that_is_started_again_comes_back_as_it_was_left(where, make_cast, plans, tmp_path) -> None:
    if where == "here":
        role = make_cast(SETTINGS, "BTC/USDT").hud("sim", lambda _news: None)
    else:
        wanted = FollowPlan("tcp://127.0.0.1:1", "hud", SETTINGS, in_force=ASKED)
        board = Board("r", "sim", 0, 1, 2, 3, Thresholds(), (), Rates())
        with SignalsCaught() as signals:
            role = Follower(wanted, board, signals, str(tmp_path / "log"))._role()

    for now_ns in range(3):
        role.launch(now_ns)

    assert [plan.in_force.view for plan in plans] == [ASKED.view, ViewAsked(), ViewAsked()]
    assert {plan.in_force.file for plan in plans} == {"kairos.toml"}

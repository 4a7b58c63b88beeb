"""The command that `Y` copies is one that the command line takes, and brings the same settings about."""

import shlex
from pathlib import Path
from typing import Any

import pytest
import typer

from kairos_tui.cli.app import build_app
from kairos_tui.cli.view_options import view_flags
from kairos_tui.hud import FirstView, HudPlan, Theme
from kairos_tui.hud.finding import filter_by
from kairos_tui.hud.kept import Keeper
from kairos_tui.hud.look import Look
from kairos_tui.hud.taking import command_of
from kairos_tui.hud.view_state import View
from kairos_tui.market import Board, FeedKind, Rates, RouteView, Symbol, Thresholds, Venue
from kairos_tui.runtime.hud_lines import HudLines
from kairos_tui.runtime.view_command import follow_words, watch_words
from kairos_tui.settings import Settings, load_settings

FOLLOW = ("kairos", "hud", "--from")
OTHER = Settings(
    venues=(Venue("okx"), Venue("kraken")),
    quotes=("USDT", "EUR"),
    min_net_bps=1.25,
    max_notional=2_500.0,
    fps=12,
    seed=9,
    mood="calm",
    colours="256",
    glyphs="ascii",
    reduced_motion=True,
    paper=True,
    paper_latency_ms=40,
    paper_stock="USDT=10000,BTC=0.5",
    sinks=("https://user:word@example.org/hook",),
)


def test_nothing_is_said_of_what_is_as_usual() -> None:
    assert watch_words(Settings(), sim=False, config=None) == ("kairos", "watch")
    assert watch_words(Settings(), sim=True, config="none") == (
        "kairos",
        "watch",
        "--sim",
        "--config",
        "none",
    )
    assert follow_words("redis://h/1?stream=s", Settings()) == (*FOLLOW, "redis://h/1?stream=s")


@pytest.mark.parametrize("role", ["watch", "hud"])
def test_the_command_line_takes_every_word_and_reads_the_same_values(role: str) -> None:
    words = watch_words(OTHER, sim=True, config=None)
    if role == "hud":
        words = follow_words("redis://host", OTHER)
    command = typer.main.get_command(build_app())
    sub = command.get_command(None, role)  # type: ignore[attr-defined]  # a group has commands
    symbols = ["BTC/USDT"] if role == "watch" else []
    given = sub.make_context(role, [*symbols, *shlex.split(shlex.join(words[2:]))]).params
    look = ("fps", "colours", "glyphs", "reduced_motion")
    assert [given[name] for name in look] == [getattr(OTHER, name) for name in look]
    if role == "watch":
        names = ("min_net_bps", "max_notional", "seed", "mood")
        assert [given[name] for name in names] == [getattr(OTHER, name) for name in names]
        assert tuple(given["venues"]) == ("okx,kraken",)
        paper = [given[name] for name in ("paper", "paper_latency", "paper_stock")]
        assert paper == [True, "40ms", OTHER.paper_stock]


LOOKS = [
    Look(),
    Look(layout=8, figure="age", order="given", reversed=True, span_s=3600, common=True),
    Look(layout=1, figure="size", order="latency", span_s=30, muted=(Venue("okx"), Venue("kraken"))),
]


@pytest.mark.parametrize("filtered", ["", "net>-8 venue:okx,kraken !gemini", "-9.5", 'it\'s "$HOME" `x`'])
@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("role", ["watch", "hud", "replay"])
def test_what_is_copied_is_read_and_shown_as_the_same_view(role: str, look: Look, filtered: str) -> None:
    symbols: tuple[Symbol, ...] = (Symbol("BTC/USDT"), Symbol("ETH/USDT"))
    feed: FeedKind = "replay" if role == "replay" else "sim"
    view = view_of(HudPlan(symbols, Theme(), feed=feed, command=COMMANDS[role], remote=role == "hud"))
    view.look, view.symbol_index = look, 1
    assert filter_by(view, filtered) is None

    line = shlex.join(command_of(view))
    given = parsed(role, shlex.split(line)[2:])

    names = ("layout", "figure", "sort", "span", "filter_text", "mute")
    asked = view_flags(*(given[name] for name in names), common=given["common"])
    symbols = tuple(map(Symbol, given.get("symbols", symbols)))
    again = view_of(HudPlan(symbols, Theme(), first=FirstView(**asked)))
    assert again.look == look
    assert (again.filter and again.filter.text) == (view.filter and view.filter.text)
    if role == "watch":
        assert again.symbol == view.symbol == "ETH/USDT"


COMMANDS = {
    "watch": ("kairos", "watch", "--sim"),
    "hud": (*FOLLOW, "redis://h"),
    "replay": ("kairos", "replay", "btc.kz"),
}


def view_of(plan: HudPlan) -> View:
    view = View(plan)
    Keeper(plan).restore(view)
    return view


def parsed(role: str, words: list[str]) -> dict[str, Any]:
    sub = typer.main.get_command(build_app()).get_command(None, role)  # type: ignore[attr-defined]
    return sub.make_context(role, words).params  # type: ignore[no-any-return]


def test_no_secret_is_in_it() -> None:
    assert follow_words("rediss://user:p@ss:word@h:1/0", Settings()) == (*FOLLOW, "rediss://h:1/0")
    assert not any("word" in word for word in watch_words(OTHER, sim=False, config=None))


def test_alerts_come_from_the_environment_too(tmp_path: Path) -> None:
    loaded = load_settings(flags={}, env={"KAIROS_ALERTS": "bell, notify"}, cwd=tmp_path, config="none")
    assert loaded.settings.alerts == ("bell", "notify")
    assert Settings().alerts == ("title",)


def test_lines_that_are_taken_along_are_numbered_and_one_with_no_number_is_none() -> None:

    lines = HudLines("k7f3")
    board = Board("k7f3", "sim", 0, 1, 2, 3, Thresholds(), (), Rates())
    good = RouteView(Venue("a"), Venue("b"), net_bps=1.0)
    bad = RouteView(Venue("a"), Venue("b"), net_bps=float("nan"))
    told = [lines.route_line(board, Symbol("BTC/USDT"), route) for route in (good, bad, good)]
    assert told[1] is None
    assert [line.partition('"seq":')[2][0] for line in told if line is not None] == ["1", "2"]

"""The command that `Y` copies is one that the command line takes, and brings the same settings about."""

import shlex
from pathlib import Path

import pytest
import typer

from kairos_tui.cli.app import build_app
from kairos_tui.market import Board, Rates, RouteView, Symbol, Thresholds, Venue
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

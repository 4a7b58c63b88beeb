# mypy: disable-error-code="no-untyped-call,no-untyped-def"
"""Where signals are followed by simulated orders the HUD says so, at every size and always with that word."""

import pytest
from msgspec.structs import replace

from kairos_tui.hud.moves import move
from kairos_tui.hud.papered import account_row
from kairos_tui.market import Asset, PaperView

USDT, USD = Asset("USDT"), Asset("USD")


@pytest.fixture
def acted(stage):
    on_paper = stage()
    on_paper.paper()
    return on_paper


def _earned(acted) -> str:
    return f"{acted.view.board.paper.profits[0][1]:+,.2f}".replace("-", "−")


@pytest.mark.parametrize("size", [(160, 45), (120, 30)])
def test_the_header_says_what_it_earned_and_how_many_filled(acted, screen, size) -> None:
    paper = acted.view.board.paper
    line = screen(acted, *size).splitlines()[0]

    assert paper.ended > paper.filled > 0
    assert f" PAPER  {_earned(acted)} USDT  {paper.filled}/{paper.ended} filled" in line


@pytest.mark.parametrize("size", [(80, 24), (60, 15), (40, 10)])
def test_a_narrow_header_still_says_paper_and_what_it_earned(acted, screen, size) -> None:
    line = screen(acted, *size).splitlines()[0]

    assert f" PAPER  {_earned(acted)}" in line
    assert " SIM " in line


def test_what_was_earned_in_several_quotes_is_not_shown_as_if_it_were_one() -> None:
    paper = PaperView(150, followed=4, filled=3, profits=((USDT, 12.4), (USD, -80.0), (Asset("USDC"), 1.0)))

    def said(width: int) -> tuple[str, str]:
        return account_row(paper, width)[1]

    assert said(120) == (" +12.40 USDT \N{MINUS SIGN}80.00 USD +1 more", "text")
    assert said(80) == said(40) == (" +12.40 USDT +2 more", "text")
    alike = replace(paper, profits=((USDT, 12.4), (USD, 0.0)))
    assert account_row(alike, 120)[1] == (" +12.40 USDT +0.00 USD", "buy")


def test_without_paper_nothing_says_so(stage, screen) -> None:
    other = stage()
    other.lively()

    assert "PAPER" not in screen(other)


@pytest.mark.parametrize("size", [(160, 45), (120, 30)])
def test_a_card_says_how_its_signal_went_and_one_on_its_way_says_nothing(acted, screen, size) -> None:
    text = screen(acted, *size)
    results = [result for result in acted.view.board.paper.recent if result.id in text]

    assert text.lower().count(" paper ") == len(results) + 1
    assert all(f"{result.outcome} " in text or f"{result.outcome}: " in text for result in results)
    assert acted.view.tape.paper.of(f"k7f3-{acted.view.board.rates.signals}") is None


def test_the_inspector_says_what_a_venue_holds_on_paper(acted, screen) -> None:
    move(acted.view, "panel_venues")
    move(acted.view, "inspect")

    assert "1.482 BTC, 101,213 USDT  simulated stock" in screen(acted)


def test_the_inspector_says_why_a_signal_was_not_whole(acted, screen) -> None:
    result = next(each for each in acted.view.board.paper.recent if each.outcome == "unwound")
    acted.view.focus, acted.view.card = "feed", result.id
    move(acted.view, "inspect")

    assert f"{result.outcome} 1/2 · {result.note}" in screen(acted)


def test_a_result_outlives_the_boards_that_tell_it(acted) -> None:
    first = acted.view.tape.paper.of("k7f3-1")
    acted.dress = lambda board: board
    acted.run(30)

    assert first is not None
    assert acted.view.tape.paper.of("k7f3-1") == first

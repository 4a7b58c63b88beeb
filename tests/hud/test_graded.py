# mypy: disable-error-code="no-untyped-call,no-untyped-def"
"""What became of a signal stands on its card, how often a route's signals still paid in the inspector; a mark
beside each colour, and what could not be priced is neither."""

import pytest

from kairos_tui.hud.graded import horizon_words, overall_row, route_rows
from kairos_tui.hud.look import Target
from kairos_tui.hud.moves import move
from kairos_tui.market import HORIZONS_MS


@pytest.fixture
def acted(stage):
    graded = stage()
    graded.graded()
    return graded


def said(rows):
    return ["".join(text for text, _ in row) for row in rows]


@pytest.mark.parametrize("size", [(160, 45), (120, 30)])
def test_a_card_says_at_which_horizons_it_still_paid(acted, screen, size) -> None:
    text = screen(acted, *size)

    assert "after 50✓ 100✓ 250✓ 500✗ 1s✗ 2s· " in text


def test_a_card_tells_the_chance_and_says_prior_where_it_is_one(acted, screen) -> None:
    shown = {card.signal.is_prior for card in acted.view.tape.deck.entries[:4]}
    text = screen(acted)

    assert ("71 %" in text) == (False in shown)
    assert ("prior 44 %" in text or "≈44 %" in text) == (True in shown)


def test_a_signal_whose_horizons_have_not_come_shows_none(acted, screen) -> None:
    fresh = acted.view.tape.deck.entries[0]
    marks = acted.view.tape.marked.of(fresh.key)

    assert 0 < len(marks) < len(HORIZONS_MS)
    assert "2s" not in next(line for line in screen(acted).splitlines() if "after" in line)


def test_the_inspector_of_a_signal_has_its_chance_its_markouts_and_its_route(acted, screen) -> None:
    acted.view.focus, acted.view.card = "feed", acted.view.tape.deck.entries[0].key
    move(acted.view, "inspect")
    text = screen(acted)

    assert "to stand 100 ms later  told by" in text
    assert " · Brier 0.20 of 30, no skill 0.20" in text
    assert "hit rate   +50 100  +100 87  +250 56  +500 31  +1s 13  +2s 3  % of 39 priced, 41 opened" in text
    assert "62 % still open at +1 s · median kept +4.1 bps  31 ended, 9 standing or lost sight of" in text


def test_the_inspector_of_a_route_has_its_grade(acted, screen) -> None:
    route = acted.view.board.symbols[0].grades[0].route
    acted.view.inspected = Target(buy=route.buy_venue, sell=route.sell_venue)
    rows = said(route_rows(acted.view, route))

    assert [row.split()[0] for row in rows] == ["hit", "edges"]
    assert all(row in screen(acted) for row in rows)


def test_the_feeds_title_says_how_many_of_all_still_paid_at_the_reaction(acted, screen) -> None:
    known = len(acted.view.board.symbols[0].grades)
    assert known
    assert said([overall_row(acted.view, brief=False)]) == [f"  hit 87 % at 100 ms of {39 * known}"]
    assert "SIGNALS  hit 87 % at 100 ms " in screen(acted, 120, 30)


def test_without_grades_nothing_is_said_of_them(stage, screen) -> None:
    other = stage()
    other.lively()

    text = screen(other)
    assert " hit " not in text
    assert "┃ after " not in text


def test_a_frozen_view_keeps_what_it_knew(acted) -> None:
    entry = acted.view.tape.deck.entries[0]
    before = acted.view.tape.marked.of(entry.key)
    move(acted.view, "freeze")
    acted.view.live.marked.on_markout(before[0])

    assert acted.view.tape.marked.of(entry.key) == before


@pytest.mark.parametrize(("ms", "words"), [(50, "50"), (999, "999"), (1_000, "1s"), (1_500, "1.5s")])
def test_a_horizon_is_named_short(ms: int, words: str) -> None:
    assert horizon_words(ms) == words

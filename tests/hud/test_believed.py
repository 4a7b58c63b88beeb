# mypy: disable-error-code="no-untyped-call,index,arg-type,union-attr"
"""Books that are believed, held or doubted, and why; and what a sale in another quote really costs."""

import re

import pytest
from msgspec.structs import replace

from kairos_tui.hud.cards import Deck
from kairos_tui.hud.moves import move
from kairos_tui.hud.verdict import judge, judge_sized
from kairos_tui.market import FeedState


@pytest.fixture
def acted(stage):
    believed = stage()
    believed.believed()
    return believed


def inspect_venue(acted, place):
    for key in ("panel_venues", *["cursor_down"] * place, "inspect"):
        move(acted.view, key)


def test_a_quiet_book_is_as_old_as_its_proof_and_its_last_change_is_told_when_asked(acted, screen):
    acted.dress = lambda board: replace(board, thresholds=replace(board.thresholds, max_age_ms=None))
    acted.run(1)
    inspect_venue(acted, 0)
    row = next(line for line in screen(acted).splitlines() if "○ QUIET" in line)
    assert " 0.2s " in row
    assert "42s" not in row
    assert "0.2s  since proven · changed 42 s ago · limit as learned" in screen(acted)


@pytest.mark.parametrize("size", [(160, 45), (120, 35), (80, 24)])
def test_a_held_venue_gives_its_whole_reason_and_what_to_do_when_asked(acted, screen, size):
    reason = "BTC here is 38 % off the median of 4 venues: it may be another coin: " + "confirm it first " * 5
    acted.sicken("bybit", FeedState.QUARANTINED, reason)
    acted.run(1)
    inspect_venue(acted, 4)
    lines = screen(acted, *size).split("INSPECT")[1].splitlines()[1:]
    said = " ".join(" ".join(line.split("││")[0].strip("│ ") for line in lines).split())
    assert f"⊘ HELD for 3 m 04 s reason {reason.strip()} what to do do what the reason asks" in said
    assert "⊘ 1 held" in screen(acted).splitlines()[0]


@pytest.mark.parametrize(
    ("offsets_ms", "said"),
    [((1_440,) * 3, "1.4 s behind"), ((-900, -810), "0.8 s ahead"), ((900,), ""), ((5_000, 0), "")],
)
def test_our_clock_is_blamed_only_for_what_most_venues_agree_on(stage, screen, offsets_ms, said):
    acted = stage()
    for name, offset_ms in zip(acted.market.fees, offsets_ms, strict=False):
        acted.market.states[name] = {"clock_offset_us": offset_ms * 1000, "clock_uncertainty_us": 10_000}
    acted.run(1)
    header = screen(acted).splitlines()[0]
    assert said in header
    assert ("our clock is" in header) is bool(said)


def test_a_conversion_is_a_cost_of_its_own_and_can_be_what_eats_most(acted):
    route = replace(acted.quoted.CLOSED, convert_bps=-14.0, net_bps=-9.4)
    verdict = judge(route, "BTC/USDT", acted.view.row_of, acted.view.thresholds)
    assert [cost.label for cost in verdict.costs] == ["buy fee", "sell fee", "conversion"]
    assert (verdict.worst, verdict.eater) == ("conversion", "conversion of USD at KRAKEN, −14.0")


@pytest.mark.parametrize("mode", ["closed", "inventory"])
def test_the_costs_of_a_converted_signal_add_up_to_its_net(acted, mode):
    found = acted.quoted.converted_signal(acted.market, mode, 1).opportunity
    verdict = judge_sized(found, acted.view.thresholds)
    last = ("conversion", -1) if mode == "closed" else ("haircut", -2)
    assert (verdict.costs[-1].label, round(verdict.costs[-1].bps)) == last
    assert verdict.gross_bps + sum(cost.bps for cost in verdict.costs) == pytest.approx(found.net_bps)


def test_converted_signals_merge_with_their_like_only(acted):
    deck = Deck()
    made, market = acted.quoted.converted_signal, acted.market
    signals = [made(market, mode, 1) for mode in ("closed", "inventory", "closed")]
    found = signals[1].opportunity
    plain = replace(found, route=replace(found.route, sell_symbol=None))
    for place, signal in enumerate([*signals, replace(signals[1], opportunity=plain)]):
        for event in ("open", "close"):
            deck.on_signal(replace(signal, id=f"{place}", event=event), 0)
    assert [card.merged for card in deck.entries] == [1, 2, 1]
    # One whose card another was laid over is known all the same: a late board does not bring it back.
    assert all(deck.knows(f"{place}") for place in range(4))
    assert deck.copy().knows("0")


@pytest.mark.parametrize("size", [(160, 45), (120, 35), (80, 24), (60, 15), (40, 10)])
def test_at_every_size_the_best_route_of_all_is_named_with_its_quotes(acted, screen, size):
    assert re.search(r"BINANCE USDT ?▸ ?OKX USD +◆?\+3\.2", screen(acted, *size))


def test_symbols_that_no_watched_venue_lists_are_passed_over(acted, screen):
    board = acted.view.board
    nowhere = tuple(replace(venue, listed=False) for venue in board.symbols[0].venues)
    gone = replace(board.symbols[0], symbol="BTC/EUR", venues=nowhere)
    acted.dress = lambda board: board
    acted.give(replace(board, symbols=(gone, *board.symbols), at_ns=board.at_ns + 1))
    for symbol in ("BTC/USDT▐ 1/2", "BTC/USD▐ 2/2", "BTC/USDT▐ 1/2"):
        assert symbol in screen(acted)
        move(acted.view, "symbol_next")

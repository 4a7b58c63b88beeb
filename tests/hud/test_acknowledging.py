# mypy: disable-error-code="no-untyped-call,arg-type,union-attr,no-untyped-def"
"""`a`, `A`: a signal that was seen glows and rings no more, and its card says so; nothing is kept of it."""

import re

from msgspec.structs import replace

from kairos_tui.hud.alerts import Alerts
from kairos_tui.hud.cards import Deck
from kairos_tui.hud.kept import Keeper
from kairos_tui.hud.moves import move
from kairos_tui.hud.muted import is_quiet
from kairos_tui.hud.panels import feed
from kairos_tui.hud.view_state import View


def told(texts, acted, *size):
    return "\n".join(texts(feed.draw(acted.view, *size)))


def test_the_chosen_card_loses_its_glow_and_has_a_mark(stage, texts):
    acted = stage()
    acted.lively()
    cards = acted.view.live.deck.live()
    acted.view.focus, acted.view.card = "feed", cards[-1].key
    move(acted.view, "acknowledge")
    assert acted.view.message[0] == f"{cards[-1].key} acknowledged"
    assert list(acted.view.live.deck.acked) == [cards[-1].key]
    for size in ((90, 12), (60, 60), (40, 12)):
        assert told(texts, acted, *size).count("✓") == 1
    assert "● LIVE" not in told(texts, acted, 90, 12) or len(cards) > 1
    assert "✓ LIVE" in told(texts, acted, 90, 12)
    move(acted.view, "acknowledge")
    assert acted.view.message[0].endswith("already")


def test_all_of_them_and_none_is_new_any_more(stage, texts):
    acted = stage()
    move(acted.view, "acknowledge")
    assert acted.view.message[0] == "no signal to acknowledge yet"
    acted.lively()
    acted.view.focus = "feed"
    move(acted.view, "oldest")
    acted.run(40, {"okx": 2})
    acted.run(30, {"kraken": 38.0})
    assert re.search(r"▾ \d+ new", told(texts, acted, 60, 40))
    move(acted.view, "acknowledge_all")
    assert "signals acknowledged" in acted.view.message[0]
    assert "▾" not in told(texts, acted, 60, 40)
    assert "hot" not in {ink for row in feed.draw(acted.view, 60, 40) for _, ink in row}
    move(acted.view, "acknowledge_all")
    assert "nothing to acknowledge" in acted.view.message[0]
    move(acted.view, "acknowledge")
    assert "acknowledged" in acted.view.message[0]


def test_one_that_comes_back_at_once_is_known_and_does_not_ring(stage):
    acted = stage()
    acted.run(150, {"okx": 4})
    acted.run(40, {"okx": 38.0})
    first = acted.view.live.deck.live()
    move(acted.view, "acknowledge_all")
    acted.run(30, {"okx": 2})
    acted.run(30, {"okx": 38.0})
    again = [card for card in acted.view.live.deck.live() if card.merged > 1]
    assert again
    assert {card.key for card in again}.isdisjoint(card.key for card in first)
    alerts = Alerts(("bell",), {})
    for card in again:
        alerts.on_signal(replace(card.signal, event="open"))
    assert alerts.due("sim", acted.now_ns, lambda signal: is_quiet(acted.view, signal)) == ""


def test_it_is_bounded_and_stays_while_a_view_is_frozen_and_stepped(stage):
    deck = Deck()
    deck.acknowledge(*(f"k-{number}" for number in range(5_000)))
    assert len(deck.acked) == 1_000
    assert "k-4999" in deck.acked
    acted = stage()
    acted.lively()
    move(acted.view, "freeze")
    acted.run(5, {"okx": 31.0})
    move(acted.view, "acknowledge_all")
    seen = set(acted.view.tape.deck.acked)
    move(acted.view, "step")
    assert seen == set(acted.view.tape.deck.acked)
    move(acted.view, "freeze")
    assert seen
    assert seen == set(acted.view.live.deck.acked)


def test_nothing_of_it_is_kept(stage, tmp_path):
    acted = stage()
    plan = replace(acted.plan, kept_in=tmp_path)
    acted.lively()
    move(acted.view, "pin")
    move(acted.view, "acknowledge_all")
    Keeper(plan).save(acted.view)
    view = View(plan)
    Keeper(plan).restore(view)
    assert not view.live.deck.acked

# mypy: disable-error-code="no-untyped-call,union-attr"
"""The filter language: whatever is typed is a filter or says what is wrong, and where."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from tests.hud.keyed import row_text, typed

from kairos_tui.hud.filters import FIGURES, WORDS, Facts, Filter, Malformed, holds, parse_filter
from kairos_tui.hud.matching import counted, entries, facts_of_entry, facts_of_route, routes_of, signals_of
from kairos_tui.hud.moves import move
from kairos_tui.hud.panels import feed, matrix

names = st.sampled_from([*FIGURES])
figures = st.one_of(st.none(), st.floats(-100, 100))
venues = st.sampled_from(["binance okx", "kraken okx", "gemini bybit", ""])
facts = st.builds(
    Facts, st.dictionaries(names, figures), st.fixed_dictionaries({"venue": venues, "state": st.just("live")})
)
compared = st.builds(
    "{}{}{}{}".format, st.sampled_from(["", "!"]), names, st.sampled_from([">", ">=", "<", "<="]),
    st.integers(-99, 99),
)  # fmt: skip
worded = st.builds("{}venue:{}".format, st.sampled_from(["", "!"]), st.sampled_from(["okx", "gem,kra", "x"]))
terms = st.one_of(compared, worded, st.sampled_from(["okx", "!gemini", "live"]))
filters = st.lists(terms, max_size=4)


def matches(text, known):
    parsed = parse_filter(text)
    assert isinstance(parsed, Filter), parsed
    return holds(parsed, known)


@given(st.one_of(st.text(max_size=60), st.text(alphabet="netvu:<>=!., 08k-ms", max_size=30)))
def test_whatever_is_typed_is_a_filter_or_says_what_is_wrong_and_where(text):
    parsed = parse_filter(text)

    if isinstance(parsed, Malformed):
        assert parsed.what
        assert 0 <= parsed.at <= len(text)
    else:
        assert parse_filter(parsed.text) == parsed


@given(filters, filters, facts)
def test_two_filters_in_one_line_let_through_what_both_do(first, second, known):
    both = matches(" ".join([*first, *second]), known)
    assert both == (matches(" ".join(first), known) and matches(" ".join(second), known))


@given(filters, facts)
def test_the_order_of_terms_and_the_case_of_letters_mean_nothing(some, known):
    assert matches(" ".join(some), known) == matches(" ".join(reversed(some)).upper(), known)


@given(terms, facts)
def test_a_term_and_its_opposite_divide_what_is_known_and_let_nothing_unknown_through(term, known):
    bare = term.removeprefix("!")
    sides = matches(bare, known), matches(f"!{bare}", known)
    name = parse_filter(bare).terms[0].name
    unknown = name in FIGURES and known.figures.get(name) is None
    assert sides == (False, False) if unknown else sum(sides) == 1


@given(names, st.floats(-100, 100), st.floats(-100, 100))
def test_figures_are_compared_as_numbers(name, figure, bound):
    known = Facts({name: figure})
    written = f"{bound:.3f}"
    assert matches(f"{name}>{written}", known) == (figure > float(written))
    assert matches(f"{name} <= {written}", known) == (figure <= float(written))


@pytest.mark.parametrize(
    ("text", "at", "what"),
    [
        ("net>", 4, "a number has to follow net>"),
        ("state:", 6, "a word has to follow state:; live, fading, closed, unseen"),
        ("okx state:open", 10, "'open' is no state; live, fading, closed, unseen"),
        ("net>abc", 4, "'abc' is no number"),
        ("okx net>8x", 8, "net is not in 'x' but in bps"),
        ("net:8", 3, "net is compared by < <= > >=, not by :"),
        ("venue>8", 5, "venue is asked for by :, not by >"),
        ("venue:", 6, "a word has to follow venue:"),
        ("venue:,", 6, "a word has to follow venue:"),
        ("net>8 vanue:okx", 6, "'vanue' is no field; did you mean venue?"),
        ("zzz>8", 0, "'zzz' is no field; net gross size profit notional age lasted venue buy sell"),
        (">8", 0, "a field has to stand before >"),
        ("okx !", 4, "a word or a field has to follow !"),
        ("net>1e9", 4, "'1e9' is no number"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(text, at, what):
    parsed = parse_filter(text)
    assert parsed.at == at
    assert parsed.what.startswith(what)


@pytest.mark.parametrize(
    ("text", "figure"),
    [
        ("notional>5k", 5000.0),
        ("lasted<500ms", 0.5),
        ("age<=2m", 120.0),
        ("net>−3bps", -3.0),
        ("size>.1", 0.1),
    ],
)
def test_units_may_follow_a_number(text, figure):
    assert parse_filter(text).terms[0].number == figure


def filtered(acted, text):
    acted.view.filter = parse_filter(text)
    acted.view.version += 1
    return acted.view


def test_signals_that_do_not_match_are_left_out_and_counted(stage, texts):
    acted = stage()
    acted.lively()
    every = signals_of(acted.view)[1]
    view = filtered(acted, "venue:bybit")

    shown = [entry.signal.opportunity.route for entry in entries(view)]
    assert 0 < len(shown) < every
    assert all("bybit" in (route.buy_venue, route.sell_venue) for route in shown)
    drawn = "\n".join(texts(feed.draw(view, 60, 30)))
    assert f"/venue:bybit · {counted(signals_of(view))}" in drawn
    assert signals_of(filtered(acted, "!venue:bybit"))[0] == every - len(shown)
    assert "no signal matches /nowhere" in "\n".join(texts(feed.draw(filtered(acted, "nowhere"), 60, 30)))


def test_routes_that_do_not_match_stand_dim_in_their_places_and_are_counted(stage, texts):
    acted = stage()
    acted.lively()
    acted.view.focus = "edge"
    plain = matrix.draw(acted.view, 100, 8)
    view = filtered(acted, "sell:okx net>0")
    dimmed = matrix.draw(view, 100, 8)

    some, of = routes_of(view)
    assert (0 < some < of, of) == (True, 20)
    assert f"/sell:okx net>0 · {some} of {of}" in texts(dimmed)[0]
    assert texts(plain)[1:] == texts(dimmed)[1:]
    faint = sum(ink == "faint" and "·" not in text for row in dimmed for text, ink in row)
    assert faint == of - some


def test_what_matches_is_never_dim(stage):
    acted = stage()
    acted.lively()
    acted.view.focus = "edge"
    drawn = matrix.draw(filtered(acted, "net<0"), 100, 8)
    figures = {ink for row in drawn[2:-1] for text, ink in row if text[:1] == "−"}
    assert figures == {"text", "near"}


@pytest.mark.parametrize(("width", "height"), [(60, 15), (40, 10)])
def test_on_a_small_screen_too_only_matches_are_listed_and_the_filter_is_shown(width, height, stage, screen):
    acted = stage()
    acted.lively()
    filtered(acted, "bybit")
    drawn = screen(acted, width, height).split("\n")
    assert any(f"/bybit · {counted(signals_of(acted.view))}" in line for line in drawn)
    assert all("BYBIT" in line for line in drawn if "▸" in line)


def test_a_signal_is_found_by_what_its_card_says(stage):
    acted = stage()
    acted.lively()
    view = acted.view
    over = next(entry for entry in entries(view) if entry.life == "closed")
    known = facts_of_entry(view, over).figures

    assert known["net"] == over.signal.peak_net_bps
    assert known["lasted"] == over.signal.duration_us / 1e6
    live = next(entry for entry in entries(view) if entry.life == "live")
    known = facts_of_entry(view, live).figures
    assert known["lasted"] == (view.shown_ns - live.opened_ns) / 1e9


def dim(view, key):
    """The newest board has that open signal below the threshold."""
    one = view.symbol_board
    fallen = [
        replace(each, opportunity=replace(each.opportunity, net_bps=0.1)) if each.id == key else each
        for each in one.open_signals
    ]
    board = view.live.board
    symbols = [replace(one, open_signals=tuple(fallen)) if each is one else each for each in board.symbols]
    view.live.board = replace(board, symbols=tuple(symbols))


def test_a_signal_is_asked_for_by_the_state_that_its_card_says(stage):
    acted = stage()
    acted.lively()
    view = acted.view
    every = entries(view)
    fallen = next(each.key for each in every if each.life == "live")
    dim(view, fallen)
    for state, keys in (
        ("fading", {fallen}),
        ("live", {each.key for each in every if each.life == "live"} - {fallen}),
        ("closed", {each.key for each in every if each.life == "closed"}),
    ):
        assert keys
        assert {each.key for each in entries(filtered(acted, f"state:{state}"))} == keys
    is_open = [route for route in view.symbol_board.routes if route.open_id is not None]
    words = {route.open_id: facts_of_route(view, view.symbol, route).words["state"] for route in is_open}
    assert words[fallen] == "fading"
    assert set(words.values()) == {"fading", "live"}


def test_n_goes_through_the_matches_round_the_end(stage):
    acted = stage()
    acted.lively()
    view = filtered(acted, "sell:okx net>0")
    some = routes_of(view)[0]
    seen = []
    for _ in range(some + 1):
        move(view, "match_next")
        seen.append(view.cell)
    assert len(set(seen)) == some
    move(view, "match_previous")
    assert view.cell == seen[-2]
    view.focus = "feed"
    keys = [entry.key for entry in entries(view)]
    for expected in (keys[0], keys[1], keys[0], keys[-1]):
        move(view, "match_next" if expected is not keys[-1] and view.card != keys[1] else "match_previous")
        assert view.card == expected
    move(filtered(acted, "nowhere"), "match_next")
    assert view.message[0] == "nothing matches /nowhere"


async def test_it_filters_while_it_is_typed_and_a_malformed_one_says_so_while_the_old_one_stays(stage):
    acted = stage()
    app = acted.new_app()
    async with app.run_test(size=(160, 45)) as pilot:
        await pilot.pause()
        acted.lively()
        view = app.view
        assert "net gross size" in [await typed(pilot, "/"), row_text(app)][1]
        await typed(pilot, "okx")
        assert f"{counted(signals_of(view))} signals" in row_text(app)
        await pilot.press("space", "n", "e", "t", "greater_than_sign")
        assert "at 9: a number has to follow net>" in row_text(app)
        await pilot.press("enter")
        assert view.prompt is not None
        assert view.filter.text == "okx net"
        await pilot.press("2", "enter")
        assert (view.prompt, view.filter.text) == (None, "okx net>2")
        await pilot.press("escape")
        assert view.filter is None


async def test_escape_while_typing_brings_the_filter_back_that_stood_before(stage):
    acted = stage()
    app = acted.new_app()
    async with app.run_test(size=(120, 30)) as pilot:
        await pilot.pause()
        acted.run(3)
        await typed(pilot, "/okx")
        await pilot.press("enter")
        await typed(pilot, "/x")
        assert app.view.filter.text == "okxx"
        await pilot.press("escape")
        assert app.view.filter.text == "okx"
        await typed(pilot, ":filter net>oops")
        await pilot.press("enter")
        assert "at 5: 'oops' is no number" in row_text(app)
        assert app.view.filter.text == "okx"


def test_every_word_that_can_be_asked_for_is_known_of_routes_and_signals(stage):
    acted = stage()
    acted.lively()
    view = acted.view
    card = replace(entries(view)[0])
    assert facts_of_entry(view, card).words.keys() == set(WORDS)

# mypy: disable-error-code="no-untyped-call"
"""Figures are written so that they can be trusted and lined up; text from outside is made harmless."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st
from wcwidth import wcswidth

from kairos_tui.hud import numbers
from kairos_tui.hud.glyphs import safe
from kairos_tui.hud.plot import braille, sparkline
from kairos_tui.hud.segments import cut, fill, fit, fit_right, gradient, justify, row_cells
from kairos_tui.hud.trail import BIN_NS, Trail


@given(st.text(max_size=300), st.integers(2, 64))
def test_safe_text_is_printable_and_bounded(text, most):
    shown = safe(text, most)
    assert 0 <= wcswidth(shown) <= most
    assert not any(unicodedata.category(letter) in {"Cc", "Cf", "Cs", "Zl", "Zp", "Mn"} for letter in shown)


def test_plain_text_stays_as_it_is():
    assert safe("closed by the server (1006)") == "closed by the server (1006)"
    assert safe("a\x1bb\u202ec") == "a\\x1bb\\u202ec"


@given(st.text(alphabet="abc取é▲ ", max_size=40), st.integers(0, 60))
def test_fitting_gives_exactly_the_width(text, width):
    assert wcswidth(fit(text, width)) == width
    assert wcswidth(fit_right(text, width)) == width
    row = ((text, "a"), ("xyz", "b"))
    assert row_cells(fill(row, width)) == width
    assert row_cells(cut(row, width)) <= width
    assert row_cells(justify(row, (("right", "c"),), width)) == width


@given(st.floats(-500, 500))
def test_bps_carry_their_sign_and_never_a_negative_zero(value):
    text = numbers.bps(value)
    assert text[0] in "+−" or text == "0.0"
    assert text != "−0.0"


def test_figures_read_as_in_the_design():
    assert numbers.span(724_000_000) == "12 m 04 s"
    assert numbers.span(400_000) == "0.4 s"
    assert numbers.span(12_000_000_000) == "3 h 20 m"
    assert numbers.age(59_000_000) == "59s"
    assert numbers.latency(310) == "0.3ms"
    assert numbers.latency(12_400) == "12ms"
    assert numbers.latency(1_240_000) == "1.2s"
    assert numbers.minutes(7_900_000) == "00:07"
    assert numbers.clock(1_795_342_351_123_456) == "10:12:31.123"
    assert numbers.price(67412.31, numbers.price_places(67412.31)) == "67,412.31"
    assert numbers.price(0.00001234, numbers.price_places(0.00001234)) == "0.0000123400"
    assert numbers.size(None) == "·"


@given(st.floats(0, 1e12))
def test_sizes_take_at_most_six_cells(value):
    assert len(numbers.size(value)) <= 7


@given(st.lists(st.one_of(st.none(), st.floats(-1e6, 1e6)), min_size=1, max_size=80))
def test_plots_hold_any_values_and_gaps(values):
    assert len(sparkline(values)) == len(values)
    rows = braille(values, 6, -1e6 - 1, 1e6 + 1)
    assert {len(row) for row in rows} == {(len(values) + 1) // 2}


def test_the_highest_value_is_on_top_and_a_gap_stays_empty():
    assert sparkline([1.0, None, 8.0]) == "▁╌█"
    top, bottom = braille([0.0, 0.0, None, None, 10.0, 10.0], 2, 0.0, 10.0)
    assert (bottom[0], top[1], bottom[1]) == ("⣀", "⠀", "⠀")
    assert top[2] == "⠉"


def test_a_trail_remembers_gaps_and_forgets_after_a_minute():
    trail = Trail()
    for step in range(400):
        trail.add(None if 380 <= step < 390 else float(step), step * BIN_NS)
    sampled = trail.sample(399 * BIN_NS, 240)
    assert sampled[-1] == 399.0
    assert sampled[0] == 160.0
    assert sampled[-20:-10] == [None] * 10
    assert trail.sample(10_000 * BIN_NS, 30) == [None] * 30


def test_finer_sampling_is_not_a_gap():
    trail = Trail()
    for step in range(240):
        trail.add(1.0, step * BIN_NS)
    assert None not in trail.sample(239 * BIN_NS, 300)[4:]


def test_a_gradient_runs_the_whole_edge():
    row = gradient("━" * 40)
    assert "".join(text for text, _ in row) == "━" * 40
    assert (row[0][1], row[-1][1]) == ("e0", "e11")
    assert gradient("ab") == (("a", "e0"), ("b", "e11"))

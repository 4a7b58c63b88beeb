"""The promise: a line stays one line and holds nothing that a terminal would obey."""

from hypothesis import given
from hypothesis import strategies as st

from kairos_tui.cli.say import one_line, say_rows


@given(st.text())
def test_no_control_character_gets_through(text: str) -> None:
    line = one_line(text)

    assert not any(ord(character) < 32 or 127 <= ord(character) < 160 for character in line)
    assert not set(line) & set("\u200b\u200e\u202a\u202e\u2028\u2066\u2069\ufeff\ud800")
    assert len(line) <= 600


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=600))
def test_plain_text_stays_as_it_is(text: str) -> None:
    assert one_line(text) == text


def test_columns_line_up(capsys) -> None:
    say_rows([("a", "bb", "c"), ("aaa", "b", "")])

    assert capsys.readouterr().out == "a    bb  c\naaa  b\n"

"""How long a venue is left alone after it said "too many requests"."""

import pytest

from kairos_tui.feeds.ban import LONGEST_S, UNSAID_S, Ban

S = 1_000_000_000


@pytest.mark.parametrize(
    ("said", "wait_s"),
    [("7", 7.0), ("0.5", 0.5), ("3600", LONGEST_S), ("inf", LONGEST_S)]
    + [(nonsense, UNSAID_S) for nonsense in ("nan", "-3", "0", "soon", "")],
)
def test_the_time_that_was_asked_for_is_kept_and_bounded(said, wait_s):
    ban = Ban()
    ban.note(429, {"retry-after": said}, 0)
    assert ban.left_s(0) == wait_s
    assert ban.left_s(int(wait_s * S)) == 0.0


def test_other_answers_ban_nothing():
    ban = Ban()
    for status in (200, 404, 500, 503):
        ban.note(status, {"Retry-After": "9"}, 0)
    assert ban.left_s(0) == 0.0


def test_the_longest_of_several_bans_holds():
    ban = Ban()
    ban.note(418, {"Retry-After": "60"}, 0)
    ban.note(429, None, 1 * S)
    assert ban.left_s(1 * S) == 59.0

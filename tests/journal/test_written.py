"""Numbers, spans and times are written so that people read them right."""

from decimal import Decimal

import pytest

from kairos_tui.journal.written import exact, instant, plain, span


@pytest.mark.parametrize(
    ("number", "places", "said"),
    [
        ("27559.469712", 2, "27,559.469712"),
        ("26.4", 2, "26.40"),
        ("0", 2, "0.00"),
        ("0.41", 0, "0.41"),
        ("12", 0, "12"),
        ("0.123456789", 0, "0.12345679"),
        ("-4.5", 2, "-4.50"),
        ("0.00000000123456789", 0, "0.00000000123457"),
        ("1e-30", 0, "0"),
    ],
)
def test_an_amount(number: str, places: int, said: str) -> None:
    assert exact(Decimal(number), places) == said


@pytest.mark.parametrize(
    ("us", "said"),
    [
        (None, "·"),
        (320, "320 us"),
        (41_000, "41 ms"),
        (999_600, "1.0 s"),
        (59_900_000, "59.9 s"),
        (59_960_000, "1 m 00 s"),
        (724_000_000, "12 m 04 s"),
        (12_000_000_000, "3 h 20 m"),
        (183_600_000_000, "2 d 03 h"),
    ],
)
def test_a_span(us: float | None, said: str) -> None:
    assert span(us) == said


def test_an_instant_that_no_calendar_holds_is_its_number() -> None:
    assert instant(1_795_342_351_123_456) == "2026-11-22 10:12:31 UTC"
    assert instant(2**53) == "2255-06-05 23:47:34 UTC"
    assert instant(2**70) == f"{2**70} us"


def test_a_strangers_word_is_short_and_harmless() -> None:
    assert plain("a\x1b]0;x\x07\nb") == "a?]0;x??b"
    assert plain("x" * 100, 5) == "xxxx…"

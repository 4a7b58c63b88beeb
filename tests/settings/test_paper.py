"""The promise: what paper begins with is read as written, a venue's own table first; slips are refused."""

import pytest

from kairos_tui.errors import SettingsInvalid


def test_without_paper_there_are_no_terms(place) -> None:
    assert place.load(flags={"paper_stock": "USDT=1"}).settings.paper_terms is None


def test_each_venue_begins_with_the_general_stock_or_its_own(place) -> None:
    place.write_folder_file(
        'venues = ["okx", "kraken"]\npaper = true\n[venue.kraken]\npaper_stock = "USD=7"\n'
    )

    flags = {"paper_stock": " USDT = 10000, BTC=0.5,", "paper_latency_ms": 20}
    terms = place.load(flags=flags).settings.paper_terms
    assert terms is not None

    assert terms.latency_ms == 20
    assert dict(terms.stock) == {"okx": (("USDT", 10_000.0), ("BTC", 0.5)), "kraken": (("USD", 7.0),)}


def test_a_venue_without_any_is_left_to_be_endowed(place) -> None:
    place.write_folder_file(
        'venues = ["okx", "kraken"]\npaper = true\n[venue.kraken]\npaper_stock = "USD=7"\n'
    )

    terms = place.load().settings.paper_terms
    assert terms is not None
    assert [venue for venue, _ in terms.stock] == ["kraken"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("USDT", "'USDT' is not ASSET=AMOUNT, as in USDT=10000,BTC=0.5"),
        ("usdt=1", "'usdt=1' is not ASSET=AMOUNT"),
        ("USDT=1,USDT=2", "USDT is given twice"),
        ("USDT=-1", "USDT=-1 must be an amount from 0 to 1e+15"),
        ("USDT=nan", "USDT=nan must be an amount"),
        ("USDT=lots", "USDT=lots must be an amount"),
    ],
)
def test_a_slip_is_named(place, text: str, said: str) -> None:
    with pytest.raises(SettingsInvalid) as caught:
        place.load(flags={"paper_stock": text})

    assert str(caught.value).startswith(f"--paper-stock {text!r}: ")
    assert said in str(caught.value)

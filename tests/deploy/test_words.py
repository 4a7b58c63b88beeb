"""The reader that the other tests here lean on refuses what the installed command refuses."""

import pytest
from tests.deploy.words import check_words
from typer._click.exceptions import UsageError


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("sim --port 8700 --venues binance,kraken", "sim"),
        ("doctor", "doctor"),
        ("config show --origin", "config show"),
        ("watch BTC/USDT --sim --mirror", "watch"),
    ],
)
def test_a_command_line_that_is_right_is_named(line: str, command: str) -> None:
    assert check_words(line.split()) == command


@pytest.mark.parametrize(
    "line",
    ["simulate", "sim --ports 8700", "sim --port", "sim --port none", "config shown", "sim binance"],
)
def test_one_that_is_wrong_is_refused(line: str) -> None:
    with pytest.raises(UsageError):
        check_words(line.split())

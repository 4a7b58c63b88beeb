"""Addresses, origins and tokens that cannot be are refused before anything starts."""

import pytest

from kairos_tui.settings.addresses import listen_problem, origins_problem, token_problem


@pytest.mark.parametrize(
    "text",
    ["", "127.0.0.1:4321", "[::1]:4321", "0.0.0.0:1", "wall.local:65535", ":4321", "4321", "127.0.0.1:0"],
)
def test_these_can_be_listened_at(text: str) -> None:
    assert listen_problem(text) is None


@pytest.mark.parametrize(
    "text",
    ["127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "::1:4321", "http://127.0.0.1:4321",
     "127.0.0.1:4321/", "a b:1", "a@b:1", "h:1\n", "h:１２", "[::1:4321", "%:1"],
)  # fmt: skip
def test_these_cannot(text: str) -> None:
    assert listen_problem(text) == "must be host:port, like 127.0.0.1:4321 (port 0 to 65535)"


@pytest.mark.parametrize("text", ["https://wall.example", "http://10.0.0.7:8080", "http://[::1]:80"])
def test_these_are_origins(text: str) -> None:
    assert origins_problem((text,)) is None


@pytest.mark.parametrize(
    "text",
    ["*", "https://*", "https://*.example", "wall.example", "https://wall.example/", "https://u:p@wall.example",
     "file://wall", "null", "https://", "https://h:99999", "https://h h", "https://h'", "https://ähm.example"],
)  # fmt: skip
def test_these_are_none(text: str) -> None:
    assert "must be like https://wall.example" in (origins_problem((text,)) or "")


def test_a_token_can_stand_in_a_url_and_is_not_guessed() -> None:
    assert token_problem("") is None
    assert token_problem("s3same-0pen") is None
    assert token_problem("short") == "must be 8 signs or more"
    assert token_problem("open sesame") == "must be letters, digits and . _ ~ - only"
    assert token_problem("käse-käse") is not None

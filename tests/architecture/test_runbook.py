"""The promise: whatever an operator may be told is in docs/operations.md, with what to do about it."""

import ast
import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import kairos_tui
from kairos_tui import errors
from kairos_tui.cli.entry import _code_of
from kairos_tui.errors import Fatal
from kairos_tui.market import CloseReason, FeedState
from kairos_tui.runtime.log_event import read_event

SOURCE = Path(kairos_tui.__file__).parent
DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "operations.md").read_text()
LEVELS = {"debug", "info", "warning", "error", "exception", "critical"}


def rows() -> dict[str, list[str]]:
    """Every row of every table, by what stands in its first cell."""
    cells = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in PAGE.splitlines() if line[:1] == "|"
    ]
    return {name.strip("`"): rest for first, *rest in cells for name in first.split("`, `")}


def logged() -> Iterator[tuple[str, str]]:
    """The file and the event of each call of a logger."""
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            is_log = isinstance(node.func.value, ast.Name) and node.func.value.id == "log"
            if is_log and node.func.attr in LEVELS:
                message = node.args[0]
                assert isinstance(message, ast.Constant), f"{path}:{node.lineno}: the event is no constant"
                args = tuple("x" for _ in node.args[1:])
                yield path.name, event_of(str(message.value), args)


def event_of(message: str, args: tuple[object, ...]) -> str:
    return read_event(logging.LogRecord("x", logging.INFO, "", 0, message, args, None)).text


def reasons(path: Path) -> Iterator[str]:
    """The longest constant piece of each sentence that says why something is not alive or not ready."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.JoinedStr):
            pieces = [part.value for part in node.values if isinstance(part, ast.Constant)]
            longest = max(map(str, pieces), key=len, default="").strip()
            yield from [longest] if " " in longest else []  # the rest are formats of numbers
        elif isinstance(node, ast.Return) and isinstance(node.value, ast.Constant) and node.value.value:
            yield str(node.value.value)


SAID_BY_ROLES = (
    "the probe failed: ",
    "the launcher stands still for",
    "it has just begun",
    "processes run; ",
)


def fatal_errors() -> list[type[Fatal]]:
    return [each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, Fatal)]


@pytest.mark.parametrize("error", [each for each in fatal_errors() if each is not Fatal])
def test_each_error_that_ends_a_command_is_there_with_its_exit_code(error: type[Fatal]) -> None:
    exit_code, *more = rows()[error.__name__]

    assert exit_code == str(_code_of(error("x")))
    assert all(more)


def test_each_event_of_the_log_is_there() -> None:
    known = rows()

    assert {(path, event) for path, event in logged() if event not in known} == set()


def test_no_event_is_there_that_nobody_logs() -> None:
    table = PAGE.partition("| event | level |")[2]
    told = re.findall(r"^\| `([^`]+)` \|", table, re.MULTILINE)

    assert set(told) == {event for _, event in logged()}


def test_each_reason_of_not_being_well_is_there() -> None:
    said = [*reasons(SOURCE / "mirror" / "health.py"), *SAID_BY_ROLES]

    assert len(said) > 5
    assert [each for each in said if each not in PAGE] == []


def test_each_state_and_each_close_reason_is_there() -> None:
    assert set(FeedState) <= rows().keys()
    assert [reason for reason in CloseReason if f"`{reason}`" not in PAGE] == []


@pytest.mark.parametrize("page", [*DOCS.glob("*.md"), DOCS.parent / "README.md"], ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text())

    assert [link for link in links if "://" not in link and not (page.parent / link).exists()] == []

"""The rooms keep to themselves: what linters cannot see, real imports in a fresh interpreter can."""

import subprocess
import sys
from pathlib import Path

import pytest

import kairos_tui

SOURCE = Path(kairos_tui.__file__).parent
ROOMS = sorted(path.parent for path in SOURCE.glob("*/__init__.py"))


def modules_after(statement: str) -> set[str]:
    """The modules a fresh interpreter has loaded after `statement`."""
    code = f"{statement}\nimport sys\nprint('\\n'.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize(
    ("module", "forbidden"),
    [
        ("kairos_tui.market", {"zmq", "ccxt", "textual", "rich", "typer", "aiohttp", "asyncio"}),
        ("kairos_tui.engine", {"zmq", "ccxt", "textual", "rich", "typer", "aiohttp", "asyncio"}),
        ("kairos_tui.runtime.run_engine", {"ccxt", "textual", "rich", "typer", "aiohttp", "asyncio"}),
        ("kairos_tui.runtime.launcher", {"ccxt", "textual", "rich", "typer", "aiohttp", "asyncio", "redis"}),
        ("kairos_tui.runtime.run_hud", {"ccxt", "typer", "aiohttp"}),
        ("kairos_tui.runtime.run_mirror", {"ccxt", "textual", "typer", "kairos_tui.feeds"}),
        ("kairos_tui.runtime.run_sim", {"ccxt", "textual", "typer", "zmq"}),
        ("kairos_tui.runtime.run_ingest", {"textual", "typer", "kairos_tui.sim"}),
    ],
)
def test_a_process_loads_only_what_its_role_needs(module: str, forbidden: set[str]) -> None:
    loaded = modules_after(f"import {module}")

    assert not loaded & forbidden


@pytest.mark.parametrize(
    ("modules", "waits_for_none_of"),
    [
        (
            "kairos_tui.runtime.launcher",
            {"kairos_tui.journal", "zstandard", "kairos_tui.runtime.engine_plan"},
        ),
        (
            "kairos_tui.runtime.run_hud, kairos_tui.hud.app",
            {
                "kairos_tui.sinks",
                "kairos_tui.journal",
                "kairos_tui.engine",
                "kairos_tui.feeds",
                "kairos_tui.settings",
                "zstandard",
            },
        ),
    ],
)
def test_the_first_frame_waits_for_nothing_that_it_does_not_show(
    modules: str, waits_for_none_of: set[str]
) -> None:
    assert not modules_after(f"import {modules}") & waits_for_none_of


@pytest.mark.parametrize("path", sorted(SOURCE.rglob("*.py")), ids=lambda path: str(path.relative_to(SOURCE)))
def test_no_source_file_outgrows_250_lines(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 250


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_every_room_says_its_role_and_is_on_the_map(room: Path) -> None:
    opening = (room / "__init__.py").read_text().lstrip()

    assert opening.startswith(f'"""{room.name}')
    assert f"\n{room.name} " in (kairos_tui.__doc__ or "")


def test_the_themes_are_found_in_an_editable_install_and_in_a_wheel_alike() -> None:
    from kairos_tui.hud.themes import list_themes, theme_folders

    assert {"neon", "ember", "clarity", "mono"} <= {entry.name for entry in list_themes(theme_folders({}))}

"""The promise: a run that wants more open files than it may have makes room, or says so in one line."""

import json
import resource
import subprocess
import sys

import pytest
from tests.scenarios.driver import KAIROS, Kairos

from kairos_tui.market import Symbol, Venue
from kairos_tui.runtime.open_files import files_wanted
from kairos_tui.settings import Settings

ASKS = """
import json, resource, sys
from kairos_tui.runtime.open_files import make_room
soft, hard, wanted = map(int, sys.argv[1:])
resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
print(json.dumps([make_room(wanted), *resource.getrlimit(resource.RLIMIT_NOFILE)]))
"""


def asked(soft: int, hard: int, wanted: int) -> tuple[str | None, int, int]:
    """In a process of its own, for a limit cannot be raised again."""
    ran = subprocess.run(
        [sys.executable, "-c", ASKS, *map(str, (soft, hard, wanted))],
        capture_output=True,
        text=True,
        check=True,
    )
    said, now_soft, now_hard = json.loads(ran.stdout)
    return said, now_soft, now_hard


@pytest.mark.parametrize(
    ("soft", "hard", "wanted", "raised"),
    [(256, 256, 100, 256), (64, 4_000, 100, 1_024), (64, 300, 100, 300), (64, 4_000, 2_000, 2_000)],
)
def test_room_is_made_where_it_may_be(soft: int, hard: int, wanted: int, raised: int) -> None:
    assert asked(soft, hard, wanted) == (None, raised, hard)


def test_where_it_may_not_be_one_line_says_what_to_do() -> None:
    said, soft, _ = asked(64, 80, 100)

    assert soft == 80
    assert said is not None
    assert said.startswith("only 80 files may be open at once and this may want 100: ")
    assert "ulimit -n 1024" in said


def test_what_is_wanted_grows_with_what_is_watched() -> None:
    def wanted(count: int = 1, **changed: object) -> int:
        symbols = [Symbol(f"C{number}/USDT") for number in range(count)]
        return files_wanted(Settings(**changed), symbols, sim=False)  # type: ignore[arg-type]

    venues = tuple(Venue(f"v{number}") for number in range(40))
    assert wanted() < wanted(count=100) < wanted(count=200)
    assert wanted() < wanted(venues=venues)
    assert wanted(mirror="127.0.0.1:0") > 320


@pytest.mark.timeout(60)
def test_a_run_with_too_few_says_so_and_one_with_enough_says_nothing(kairos: Kairos) -> None:
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    assert hard > 1_024 or hard == resource.RLIM_INFINITY
    for limit, warned in (("-n 48", True), ("-Sn 48", False)):
        ran = subprocess.run(
            ["sh", "-c", f'ulimit {limit}; exec "$0" "$@"', KAIROS, "watch", "BTC/USDT", "--sim", "--json",
             "--venues", "okx,kraken", "--for", "0.1s"],
            env=kairos.env, cwd=kairos.home, capture_output=True, text=True, timeout=25,
        )  # fmt: skip
        assert ran.returncode == 0, ran.stderr
        assert ("warning: only 48 files may be open" in ran.stderr) is warned, ran.stderr

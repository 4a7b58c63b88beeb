"""The promise: the room loads no redis until a fleet is used; without it one line says what is missing."""

import subprocess
import sys


def run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_the_room_alone_loads_no_redis() -> None:
    assert run("import sys, kairos_tui.fleet; print('redis' in sys.modules)") == "False"


def test_without_the_package_it_says_how_to_get_it() -> None:
    code = (
        "import sys; sys.modules['redis'] = None\n"
        "from kairos_tui.errors import ExtraMissing\n"
        "from kairos_tui.fleet import Member, Seat, fleet_place\n"
        "try: Seat(fleet_place('redis://h'), Member('a'), run='r')\n"
        "except ExtraMissing as error: print(error)\n"
    )

    assert run(code) == "redis:// needs the redis package: pip install 'kairos-tui[redis]'"

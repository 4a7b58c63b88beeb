"""Promise: a fault script says what it means, or is refused with one line: file, line of the table, and the
nearest valid name."""

from pathlib import Path

import pytest

from kairos_tui.errors import SettingsInvalid
from kairos_tui.sim.fault_orders import FaultOrder, ScriptedFault
from kairos_tui.sim.fault_script import MOST_BYTES, read_fault_script

VENUES = ("binance", "kraken", "okx")


@pytest.fixture
def script(tmp_path: Path):
    def write(text: str | bytes) -> Path:
        path = tmp_path / "faults.toml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def refusal(path: Path) -> str:
    with pytest.raises(SettingsInvalid) as refused:
        read_fault_script(path, VENUES)
    return str(refused.value).removeprefix(f"{path}")


def test_a_script_is_read_with_every_key_and_sorted_by_time(script) -> None:
    path = script(
        """
        [[fault]]
        at = "2m"
        venue = "okx"
        kind = "ban"
        for = "90s"
        ms = 5000
        code = 418
        after = 20

        [[ fault ]]  # a comment
        at = 0.5
        venue = "kraken"
        kind = "lost"
        market = "BTC/USDT"
        rate = 0.01
        for = 36000
        """
    )
    lost = FaultOrder("lost", duration_s=36_000.0, market="BTC/USDT", rate=0.01)
    ban = FaultOrder("ban", duration_s=90.0, ms=5_000, code=418, after=20)
    assert read_fault_script(path, VENUES) == (
        ScriptedFault(500_000_000, "kraken", lost),
        ScriptedFault(120_000_000_000, "okx", ban),
    )


def test_an_empty_script_has_no_faults(script) -> None:
    assert read_fault_script(script("# nothing yet\n"), VENUES) == ()


GOOD = {"at": '"5s"', "venue": '"kraken"', "kind": '"lost"'}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"kind": '"reoder"'}, "unknown kind 'reoder' (did you mean reorder?)"),
        ({"venue": '"krakn"'}, "venue 'krakn' is not served (did you mean kraken?)"),
        ({"venue": '"coinbase"'}, "venue 'coinbase' is not served"),
        ({"market": '"BTC/USTT"'}, "kraken lists no 'BTC/USTT' (did you mean BTC/USDT?)"),
        ({"rats": "0.1"}, "unknown key 'rats' (did you mean rate?)"),
        ({"at": None}, "at is missing"),
        ({"at": '"5 apples"'}, "at must be seconds or like '250ms', '5s', '2m', not '5 apples'"),
        ({"at": "-1"}, "at must be seconds or like '250ms', '5s', '2m', not -1"),
        ({"at": "nan"}, "at must be seconds or like '250ms', '5s', '2m', not nan"),
        ({"at": "true"}, "at must be a number, not True"),
        ({"rate": "1.5"}, "rate must be above 0 and at most 1, not 1.5"),
        ({"rate": "nan"}, "rate must be above 0 and at most 1, not nan"),
        ({"rate": '"1%"'}, "rate must be a number, not '1%'"),
        ({"for": '"30h"'}, "for must be 0 to 86400"),
        ({"ms": "3"}, "lost takes no ms"),
        ({"code": "1001"}, "lost takes no code"),
        ({"after": "1"}, "lost takes no after: it is a ban's"),
        ({"kind": '"lag"'}, "lag needs ms"),
        ({"kind": '"lag"', "ms": "0"}, "lag: ms must be 1 to 60000"),
        ({"kind": '"ban"', "code": "500"}, "ban: code must be 418 or 429"),
        ({"kind": '"ban"', "market": '"BTC/USDT"'}, "ban takes no market: it is the whole venue's"),
        ({"kind": '"close"', "code": "99"}, "close: code must be 1000 to 4999"),
        ({"kind": '"rst"', "rate": "0.1"}, "rst takes no rate: it strikes no single messages"),
        ({"kind": '"refuse"'}, "refuse needs for: nobody could order the end of it"),
        (
            {"kind": '"bad_checksum"', "venue": '"okx"'},
            "bad_checksum: okx sends no checksum; bitget and kraken do",
        ),
    ],
)
def test_a_fault_that_makes_no_sense_is_refused_where_it_stands(script, changes, reason) -> None:
    table = {name: value for name, value in (GOOD | changes).items() if value is not None}
    bad = "\n".join(f"{name} = {value}" for name, value in table.items())
    good = "\n".join(f"{name} = {value}" for name, value in GOOD.items())
    assert refusal(script(f"[[fault]]\n{good}\n\n[[fault]]\n{bad}\n")) == f":6: {reason}"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[[fault]]\nat = \n", ":2: not TOML: Invalid value"),
        ("[fault]\nat = 1\n", ": fault must be [[fault]] tables"),
        ("[[faults]]\nat = 1\n", ": unknown 'faults' (did you mean fault?): write [[fault]] tables"),
        ("fault = [{at = 1}]\n", ": write each fault as a [[fault]] table of its own"),
        ("fault = 3\n", ": fault must be [[fault]] tables"),
        (b"[[fault]]\nat = '\xff'\n", ":2: not UTF-8"),
        ("#" * (MOST_BYTES + 1), ": larger than 256 KiB: refused unread"),
        ("\n" + "a." * 40_000 + "a = 1", ":2: longer than 1000 characters: refused unread"),
    ],
)
def test_a_file_that_is_no_script_is_refused(script, text, reason) -> None:
    assert refusal(script(text)) == reason


def test_brackets_without_end_are_refused(script) -> None:
    assert "not TOML" in refusal(script("x = [\n" + "[\n" * 20_000))


def test_a_file_that_is_not_there_is_named(tmp_path) -> None:
    assert refusal(tmp_path / "none.toml") == ": cannot be read: No such file or directory"
    assert refusal(tmp_path) == ": not a regular file"

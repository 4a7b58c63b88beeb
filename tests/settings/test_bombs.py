"""The promise: a file that would take the parser minutes or gigabytes is refused before it is parsed, and no
honest file is taken for one."""

import time
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kairos_tui.errors import SettingsInvalid
from kairos_tui.settings.toml_depth import MOST_DEPTH, too_deep_at_line
from kairos_tui.settings.toml_file import read_toml

DEEP = {
    "dotted key": ".".join(["a"] * 40_000) + " = 1",
    "spaced dotted key": " . ".join(["a"] * 20_000) + " = 1",
    "quoted dotted key": '."x"' * 20_000 + " = 1",
    "dotted header": "[" + ".".join(["a"] * 40_000) + "]",
    "header and key": f"[{'.'.join('a' * 10)}]\n{'.'.join('b' * 10)} = 1",
    "table array header and key": f"[[{'.'.join('a' * 10)}]]\n{'.'.join('b' * 10)} = 1",
    "arrays": "a = " + "[" * 60_000,
    "arrays over lines": "a = " + "[\n" * 60_000,
    "inline tables": "a = " + "{b = " * 20_000,
    "behind a comment": "# [[[ ...\n\n" + "a." * 20_000 + "a = 1",
    "behind tricky strings": 's = \'\'\'it\'s """ fine\'\'\'\nt = """x\\"""""\nu = \'\\\'\n'
    + "a." * 99
    + "a=1",
}


@pytest.mark.parametrize("name", DEEP)
def test_deep_nesting_is_refused_unread(name: str, tmp_path) -> None:
    path = tmp_path / "bomb.toml"
    path.write_text(DEEP[name])
    started_s = time.process_time()

    with pytest.raises(SettingsInvalid, match=f"nested deeper than {MOST_DEPTH}: refused unread"):
        read_toml(path)

    assert time.process_time() - started_s < 2.0  # tomllib takes 30 s for the first of these


def test_the_line_of_the_deep_place_is_said(tmp_path) -> None:
    path = tmp_path / "bomb.toml"
    path.write_text("fps = 1\n# x\n" + ".".join("a" * 17) + " = 1\n")

    with pytest.raises(SettingsInvalid, match=":3: nested deeper"):
        read_toml(path)


def test_a_file_above_the_limit_is_refused_unread(tmp_path) -> None:
    path = tmp_path / "big.toml"
    path.write_text("# " + "x" * 256 * 1024)

    with pytest.raises(SettingsInvalid, match="larger than 256 KiB: refused unread"):
        read_toml(path)


def test_a_file_at_the_limit_is_read(tmp_path) -> None:
    path = tmp_path / "big.toml"
    path.write_text("#" * (256 * 1024 - 8) + "\nfps = 3")

    assert [(item.key, item.value, item.origin) for item in read_toml(path)] == [(("fps",), 3, f"{path}:2")]


NEVER_CLOSED = [
    '"""\\' * 60_000,
    "'''" + "'" * 100_001,
    '"' * 150_001,
    "'" * 150_001,
    "[ " * 8,
    '"""' + '\\"' * 100_000,
]


@pytest.mark.parametrize("text", NEVER_CLOSED, ids=range(len(NEVER_CLOSED)))
def test_strings_that_never_close_cost_one_pass(text: str) -> None:
    started_s = time.process_time()

    too_deep_at_line("a = " + text)

    assert time.process_time() - started_s < 2.0


HONEST = [
    "a.b.c = 1.5\n" * 1,
    "x = [1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5, 8.5, 9.5, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5, 8.5, 9.5]",
    "x = '..................................'\ny = \"[[[[[[[[[[[[[[[[[[[[[[[\"",
    'x = """\n[[[[[[[[[[[[[[[[[[[[[[[[[[\n"""\ny = """a"" """""\nz = 1',
    "# a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q.r.s.t [[[[[[[[[[[[[[[[[[[[[[[[",
    "x = [\n1.0\n,2.0\n,3.0\n]\n" + "".join(f"[t{n}]\nk = 1.5\n" for n in range(40)),
]


@pytest.mark.parametrize("text", HONEST)
def test_an_honest_file_is_not_taken_for_a_bomb(text: str) -> None:
    tomllib.loads(text)

    assert too_deep_at_line(text) is None


@given(st.integers(1, 40), st.integers(0, 40))
def test_brackets_and_dots_add_up(brackets: int, dots: int) -> None:
    text = "k" + ".k" * dots + " = " + "[" * brackets + "]" * brackets

    assert (too_deep_at_line(text) is None) == (max(dots, brackets) < MOST_DEPTH)


@given(st.text(alphabet="ab.=[]{}\"'#\\\n ", max_size=80))
def test_a_text_the_parser_takes_is_measured_no_shallower_than_it_is(text: str) -> None:
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    if depth_of(document) > MOST_DEPTH + 1:
        assert too_deep_at_line(text) is not None


def depth_of(value: object) -> int:
    if isinstance(value, dict):
        return 1 + max(map(depth_of, value.values()), default=0)
    return 1 + max(map(depth_of, value), default=0) if isinstance(value, list) else 0

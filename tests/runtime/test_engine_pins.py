"""The roster says where engines are, not whom to trust: only those whose key lies here are spoken to."""

from pathlib import Path

import pytest

from kairos_tui.market import KeyRing
from kairos_tui.runtime.engine_pins import is_known_engine, known_engines
from kairos_tui.wire import make_keys, public_key


def test_engines_are_those_whose_public_half_lies_in_the_folder_under_such_a_name(tmp_path: Path) -> None:
    make_keys(tmp_path, ("engine", "engine-lon", "hud"))
    ring = KeyRing(str(tmp_path / "hud.key"), str(tmp_path))
    named = {name: public_key(tmp_path / f"{name}.pub") for name in ("engine", "engine-lon", "hud")}

    assert known_engines(ring) == {named["engine"], named["engine-lon"]}
    assert is_known_engine(f"tcp://10.0.0.5:5701#{named['engine']}", known_engines(ring))
    assert not is_known_engine(f"tcp://10.0.0.5:5701#{named['hud']}", known_engines(ring))


@pytest.mark.parametrize(
    "address",
    ["", "ipc:///tmp/x", "tcp://h:5701", "tcp://h:0#{}", "tcp://h:65534#{}", "tcp://h h:1#{}", "x" * 9_000],
)
def test_what_is_no_whole_address_is_nobodys(tmp_path: Path, address: str) -> None:
    make_keys(tmp_path, ("engine",))
    known = known_engines(KeyRing("", str(tmp_path)))
    assert not is_known_engine(address.format(*known), known)

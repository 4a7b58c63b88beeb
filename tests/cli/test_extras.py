"""An optional part that was asked for and is not installed is one line that says how to install it."""

from pathlib import Path

import pytest

from kairos_tui.cli.extras import check_extras
from kairos_tui.errors import ExtraMissing
from kairos_tui.settings import load_settings


@pytest.mark.parametrize(
    ("asked", "missing", "says"),
    [
        ({"mirror": ":1"}, "socketio", "--mirror: not installed, pip install 'kairos-tui[web]'"),
        ({"mirror": ":1"}, "prometheus_client", "--mirror: not installed, pip install 'kairos-tui[web]'"),
        (
            {"metrics": ":1"},
            "prometheus_client",
            "--metrics: not installed, pip install 'kairos-tui[metrics]'",
        ),
        (
            {"sinks": ("file:x", "rediss://h")},
            "redis",
            "--sink: not installed, pip install 'kairos-tui[redis]'",
        ),
    ],
)  # fmt: skip
def test_what_is_missing_is_said_with_the_line_that_installs_it(
    tmp_path: Path, asked: dict[str, object], missing: str, says: str
) -> None:
    loaded = load_settings(flags=asked, env={}, cwd=tmp_path, config="none")

    with pytest.raises(ExtraMissing) as refused:
        check_extras(loaded, find=lambda package: None if package == missing else package)
    assert str(refused.value) == says
    check_extras(loaded)  # what the tests need is installed


def test_what_nobody_asked_for_need_not_be_there(tmp_path: Path) -> None:
    check_extras(load_settings(flags={}, env={}, cwd=tmp_path, config="none"), find=lambda _package: None)

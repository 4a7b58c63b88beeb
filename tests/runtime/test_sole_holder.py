"""A name on a state directory has one holder; the second is told who it is, and the dead hold nothing."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from kairos_tui.errors import SettingsInvalid
from kairos_tui.runtime.sole_holder import sole_holder


def test_the_second_is_told_which_process_holds_it(tmp_path: Path) -> None:
    path = tmp_path / "engine-a.lock"
    with (
        sole_holder(path, "the engine 'a'"),
        pytest.raises(SettingsInvalid, match=f"the engine 'a' runs here already, as process {os.getpid()}"),
    ):
        sole_holder(path, "the engine 'a'").__enter__()
    with sole_holder(path, "the engine 'a'"):
        pass


def test_a_killed_holder_holds_nothing(tmp_path: Path) -> None:
    path = tmp_path / "engine-a.lock"
    words = (
        "import os, sys, pathlib\n"
        "from kairos_tui.runtime.sole_holder import sole_holder\n"
        "with sole_holder(pathlib.Path(sys.argv[1]), 'it'):\n"
        "    print('held', flush=True)\n"
        "    sys.stdin.read()\n"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", words, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(SettingsInvalid, match=re.escape(f"process {holder.pid}")):
            sole_holder(path, "it").__enter__()
        holder.kill()
    with sole_holder(path, "it"):
        assert path.read_text() == str(os.getpid())

"""The promise: workers start on a slow machine too; a fork server is not ended because it still imports."""

import subprocess
import sys

FIRST_WORKER = """
import os
from kairos_tui.runtime import spawn
from kairos_tui.runtime.ingest_plan import IngestOrder

spawn._FORK_WITHIN_S = 0.01
spawn.warm_fork_server(2)
child = spawn.ForkedChild("ingest:none", IngestOrder(), log_fd=2)
os.write(1, b"started")
os.kill(child.pid, 9)
"""


def test_a_server_that_has_not_answered_yet_is_given_longer_than_one_that_has() -> None:
    said = subprocess.run(
        [sys.executable, "-c", FIRST_WORKER], capture_output=True, timeout=28.0, check=False
    )
    assert said.stdout == b"started", said.stderr.decode()

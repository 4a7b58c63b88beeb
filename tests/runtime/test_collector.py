"""Promise: after start-up a full collection walks nothing of what start-up left behind."""

import subprocess
import sys

CODE = """
import gc, json, time
from kairos_tui.runtime.collector import freeze_start_up
held = [[number] for number in range(300_000)]

def full_ns():
    began_ns = time.perf_counter_ns()
    gc.collect()
    return time.perf_counter_ns() - began_ns

before = min(full_ns() for _ in range(5))
freeze_start_up()
after = min(full_ns() for _ in range(5))
print(json.dumps([before, after, gc.get_freeze_count()]))
"""


def test_what_was_there_is_not_walked_again() -> None:
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True)
    before_ns, after_ns, frozen = map(int, done.stdout.strip("[]\n").split(","))

    assert frozen > 300_000
    assert after_ns * 5 < before_ns

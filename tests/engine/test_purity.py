"""Promise: the engine is arithmetic. Importing it brings no loop, no socket, no screen and no other room."""

import json
import subprocess
import sys

PROBE = "import json, sys, kairos_tui.engine; print(json.dumps(sorted(sys.modules)))"


def test_a_fresh_interpreter_gets_the_words_and_the_engine_only() -> None:
    loaded = json.loads(subprocess.run([sys.executable, "-c", PROBE], capture_output=True, check=True).stdout)

    rooms = {name.split(".")[1] for name in loaded if name.startswith("kairos_tui.")}
    assert rooms == {"engine", "market"}
    assert not {"asyncio", "zmq", "textual", "rich", "ccxt", "typer", "socket", "logging"} & set(loaded)

"""CommandSink: `exec:COMMAND` is run once per line, with the line on its stdin; one run at a time, no shell.

Before it: courier, which keeps its rate. After it: command, in a thread. What it prints goes to our log.
"""

import asyncio
import logging
import os
import shlex
import shutil
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Self

from kairos_tui.errors import SettingsInvalid, SinkDown
from kairos_tui.sinks.command import Ended, run_command, small_env
from kairos_tui.sinks.seam import Pace, Told
from kairos_tui.sinks.sink_url import SinkUrl

log = logging.getLogger(__name__)

_GRACE_S = 1.0


def open_command(url: SinkUrl) -> "CommandSink":
    """The sink of an `exec:` URL. Raises SettingsInvalid when there is no such command."""
    words = shlex.split(url.target)
    return CommandSink(
        (command_path(words[0]), *words[1:]),
        timeout_s=url.number("timeout_s"),
        per_s=url.number("per_s"),
        burst=url.whole("burst"),
    )


def command_path(name: str) -> str:
    """Where the command is. Raises SettingsInvalid."""
    found = shutil.which(os.path.expanduser(name))  # noqa: PTH111  which() takes text
    if found:
        return found
    if Path(name).expanduser().is_file():
        raise SettingsInvalid(f"{name} may not be executed: chmod +x {name}")
    raise SettingsInvalid(f"there is no command {name}")


class CommandSink:
    """An exit code that is not 0 is counted and said; the line was given, so it is not given again."""

    def __init__(self, words: Sequence[str], *, timeout_s: float, per_s: float, burst: int) -> None:
        self.runs = self.failures = 0
        self.pace = Pace(most_at_once=1, deadline_s=3 * (timeout_s + _GRACE_S) + 1, per_s=per_s, burst=burst)
        self._words = tuple(words)
        self._name = Path(words[0]).name
        self._timeout_s = timeout_s
        self._ailment: str | None = None
        self._runner = ThreadPoolExecutor(max_workers=1, thread_name_prefix="exec")
        self._stopped = threading.Event()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopped.set()
        self._runner.shutdown(wait=False)
        level = logging.WARNING if self.failures else logging.INFO
        log.log(level, "command ended name=%s runs=%s failed=%s", self._name, self.runs, self.failures)

    async def emit(self, told: Sequence[Told]) -> None:
        """One run after the other."""
        for number, each in enumerate(told):
            try:
                ended = await asyncio.get_running_loop().run_in_executor(self._runner, self._run, each.body)
            except OSError as error:
                raise SinkDown(f"{self._name}: {(error.strerror or '').lower()}", taken=number) from error
            self._note(ended)

    def ailment(self) -> str | None:
        """What was wrong with the last run."""
        return self._ailment

    def _run(self, line: bytes) -> Ended:
        return run_command(
            self._words,
            line,
            env=small_env(os.environ),
            timeout_s=self._timeout_s,
            grace_s=_GRACE_S,
            stopped=self._stopped,
        )

    def _note(self, ended: Ended) -> None:
        self.runs += 1
        self.failures += ended.code != 0
        self._ailment = None
        if ended.code is None:
            self._ailment = f"{self._name} did not end within {self._timeout_s:g} s and was stopped"
        elif ended.code:
            self._ailment = f"{self._name} ends with {_code(ended.code)}; what it prints is in the log"
        said = ascii(ended.output.rstrip("\n"))[1:-1]
        if said or ended.code != 0:
            level = logging.WARNING if ended.code != 0 else logging.INFO
            log.log(level, "command name=%s code=%s said=%s", self._name, ended.code, said)


def _code(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit {code}"

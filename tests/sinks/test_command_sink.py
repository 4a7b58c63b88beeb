"""`exec:` runs a command per line, one at a time; nothing it does gets past its deadline or its log lines."""

import asyncio
import json
import logging
import os
import time
from pathlib import Path

import pytest
from tests.scenarios.driver import alive, wait_until
from tests.sinks.told import lines

from kairos_tui.errors import SettingsInvalid
from kairos_tui.sinks import open_sink, read_url
from kairos_tui.sinks.command import small_env
from kairos_tui.sinks.to_command import CommandSink


@pytest.fixture
def script(tmp_path: Path):
    def write(text: str) -> Path:
        path = tmp_path / "alert.sh"
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o700)
        return path

    return write


async def run(path: Path, count: int = 1, *words: str, timeout_s: float = 10.0) -> CommandSink:
    sink = CommandSink((str(path), *words), timeout_s=timeout_s, per_s=100, burst=100)
    async with asyncio.timeout(20), sink:
        await sink.emit(lines(count))
    return sink


async def test_each_line_is_one_run_with_the_line_on_its_stdin(script, tmp_path: Path) -> None:
    path = script(f'cat >> {tmp_path}/got; echo "$1" >> {tmp_path}/words')
    sink = await run(path, 2, "a b; rm x")

    assert [json.loads(line)["seq"] for line in (tmp_path / "got").read_bytes().splitlines()] == [1, 2]
    assert (tmp_path / "words").read_text() == "a b; rm x\n" * 2
    assert (sink.runs, sink.failures, sink.ailment()) == (2, 0, None)


async def test_a_command_that_fails_is_counted_said_and_not_run_again(script, caplog) -> None:
    sink = await run(script("echo out of paper >&2; exit 3"), 2)

    assert (sink.runs, sink.failures) == (2, 2)
    assert sink.ailment() == "alert.sh ends with exit 3; what it prints is in the log"
    assert "said=out of paper" in caplog.text


async def test_what_it_prints_is_cut_and_made_harmless_for_the_log(script, caplog) -> None:
    caplog.set_level(logging.INFO)
    async with asyncio.timeout(10):
        await run(script(r"printf '\033[2Jforged\nline'; head -c 3000000 /dev/zero | tr '\0' x"))

    said = next(record.getMessage() for record in caplog.records if "said=" in record.getMessage())
    assert r"\x1b[2Jforged\nline" in said
    assert len(said) < 5_000


async def test_one_that_does_not_end_is_stopped_even_if_it_will_not(script, tmp_path: Path) -> None:
    path = script(f"trap '' TERM; sleep 60 & echo $! > {tmp_path}/pid; wait; sleep 60")
    sink = await run(path, timeout_s=0.3)

    assert sink.ailment() == "alert.sh did not end within 0.3 s and was stopped"
    child = {int((tmp_path / "pid").read_text())}
    wait_until(lambda: not alive(child))  # the kernel takes a moment to end it


async def test_a_child_it_leaves_behind_does_not_keep_us(script) -> None:
    started_s = time.monotonic()
    sink = await run(script("sleep 3 &"), 2)

    assert sink.failures == 0
    assert time.monotonic() - started_s < 2.5


async def test_one_that_does_not_read_its_input_is_no_trouble(script) -> None:
    assert (await run(script("exec <&-; exit 0"), 3)).failures == 0


async def test_one_that_closes_its_output_and_goes_on_costs_no_cpu(script) -> None:
    before = time.process_time()
    await run(script("exec >&- 2>&- <&-; sleep 0.5"))

    assert time.process_time() - before < 0.3


async def test_at_the_end_a_run_is_stopped_at_once(script, tmp_path: Path) -> None:
    sink = CommandSink((str(script(f"echo $$ > {tmp_path}/pid; sleep 60")),), timeout_s=60, per_s=1, burst=1)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.5), sink:
            await sink.emit(lines(1))

    async with asyncio.timeout(5):
        while alive({int((tmp_path / "pid").read_text())}):  # noqa: ASYNC110  it is another process
            await asyncio.sleep(0.01)


async def test_it_sees_a_small_environment(script, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOOK_SECRET", "hunter2")
    await run(script(f"env > {tmp_path}/env"))

    assert "hunter2" not in (tmp_path / "env").read_text()
    assert f"PATH={os.environ['PATH']}" in (tmp_path / "env").read_text()


def test_what_is_passed_on_is_a_list() -> None:
    assert small_env({"PATH": "/bin", "LC_ALL": "C", "AWS_SECRET": "x"}) == {"PATH": "/bin", "LC_ALL": "C"}


@pytest.mark.parametrize(
    ("mode", "said"), [(None, "there is no command {}"), (0o600, "{} may not be executed: chmod \\+x {}")]
)
def test_a_command_that_cannot_be_run_is_one_line_at_the_start(tmp_path: Path, mode, said: str) -> None:
    path = tmp_path / "alert.sh"
    if mode:
        path.touch(mode)

    with pytest.raises(SettingsInvalid, match=said.format(path, path)):
        open_sink(read_url(f"exec:{path} --now"))


def test_its_rate_is_one_a_second_unless_the_url_says_otherwise() -> None:
    sinks = [open_sink(read_url(f"exec:true{query}")) for query in ("", "?per_s=5&burst=9")]
    paces = [sink.pace for sink in sinks if isinstance(sink, CommandSink)]

    assert [(pace.per_s, pace.burst) for pace in paces] == [(1.0, 5), (5.0, 9)]

"""bench_bus: run the bus comparison and print it. Loaded when it is asked for: it brings ZeroMQ.

Before it: bench. Behind it: runtime.bench_bus.
"""

import sys

from kairos_tui.cli.say import one_line, say, say_rows
from kairos_tui.errors import SettingsInvalid
from kairos_tui.runtime import bench_bus_report as told
from kairos_tui.runtime.bench_bus import LEAST_PAYLOAD, MOST_PAYLOAD, BusPlan, bench_bus

MOST_MESSAGES, MOST_ROUNDS = 1_000_000, 100


def run_bus(*, messages: int | None, payload: int | None, rounds: int | None, as_json: bool) -> int:
    """Measure and print. Raises SettingsInvalid for what cannot be measured."""
    usual = BusPlan()
    messages = usual.messages if messages is None else messages
    rounds = usual.rounds if rounds is None else rounds
    _check("--messages", messages, 1, MOST_MESSAGES)
    _check("--rounds", rounds, 1, MOST_ROUNDS)
    if payload is not None:
        _check("--payload", payload, LEAST_PAYLOAD, MOST_PAYLOAD)
    longer = max(1.0, rounds / usual.rounds) * max(1.0, messages / usual.messages)
    plan = BusPlan(messages=messages, payload=payload, rounds=rounds, most_s=usual.most_s * longer)
    try:
        report = bench_bus(plan, progress=_show_progress)
    finally:
        _show_progress("")
    if as_json:
        say(told.as_json(report))
    else:
        say_report(report)
    return 0


def say_report(report: told.Report) -> None:
    """Everything a person should know of it, on stdout."""
    for line in told.heading(report):
        say(one_line(line))
    for table in (told.latency_rows(report), told.throughput_rows(report)):
        say("")
        say_rows(table)
    say("")
    for name, reason in report.unmeasured.items():
        say(one_line(f"not measured: {name}: {reason}"))
    for note in (*report.notes, *(f"{row.shown}: {row.note}" for row in report.rows if row.note)):
        say(one_line(note))


def _check(option: str, number: int, least: int, most: int) -> None:
    if not least <= number <= most:
        raise SettingsInvalid(f"{option}: {number} must be a number from {least} to {most}")


def _show_progress(text: str) -> None:
    """On a terminal, one line that overwrites itself; elsewhere nothing."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K{one_line(text)}")
        sys.stderr.flush()

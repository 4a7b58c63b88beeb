"""bench_said: run a bench that keeps budgets, and print what it found. Loaded when it is asked for.

Before it: bench, which names them. Behind it: runtime.bench_budget and one runtime.bench_NAME each.
"""

import sys
from collections.abc import Callable
from importlib import import_module

from kairos_tui.cli.say import one_line, say, say_rows
from kairos_tui.errors import SettingsInvalid
from kairos_tui.runtime.bench_budget import ROUNDS, BenchPlan, BenchReport, Progress, as_json, table_of

Measure = Callable[[BenchPlan, Progress], BenchReport]

MOST_ROUNDS = 100
LEAST_WORK, MOST_WORK = 0.01, 100.0


def run_bench(
    names: tuple[str, ...], *, rounds: int | None, work: float | None, as_lines: bool, as_markdown: bool
) -> int:
    """Measure each and print it as soon as it is done. Raises SettingsInvalid for what cannot be measured."""
    plan = BenchPlan(rounds=ROUNDS if rounds is None else rounds, work=1.0 if work is None else work)
    if not 1 <= plan.rounds <= MOST_ROUNDS:
        raise SettingsInvalid(f"--rounds: {plan.rounds} must be a number from 1 to {MOST_ROUNDS}")
    if not LEAST_WORK <= plan.work <= MOST_WORK:
        raise SettingsInvalid(f"--work: {plan.work:g} must be a number from {LEAST_WORK:g} to {MOST_WORK:g}")
    for name in names:
        report = _measured(name, plan)
        if as_lines:
            say(as_json(report))
        elif as_markdown:
            say_markdown(report)
        else:
            say_report(report)
    return 0


def _measured(name: str, plan: BenchPlan) -> BenchReport:
    measure: Measure = import_module(f"kairos_tui.runtime.bench_{name}").measure
    try:
        return measure(plan, lambda text: show_progress(f"{name}: {text}"))
    finally:
        show_progress("")


def say_report(report: BenchReport) -> None:
    """Everything a person should know of it, on stdout."""
    if report.rows:
        rounds = f"{report.rounds} round{'s' if report.rounds != 1 else ''}"
        how = f"{rounds} in {report.took_s:g} s, both sides in turn; median (least-most)"
        say(one_line(f"{report.bench}: {how}"))
        say(one_line(f"machine: {report.machine.line()}"))
        say("")
        say_rows(table_of(report))
    for row in report.rows:
        if row.note:
            say(one_line(f"{row.what}: {row.note}"))
    if report.rows and report.machine.cores == 1:
        say("one core: processes take turns on it, and what waits for it is in every figure")
    for name, reason in report.unmeasured.items():
        say(one_line(f"not measured: {name}: {reason}"))
    for note in report.notes:
        say(one_line(note))
    say("")


def say_markdown(report: BenchReport) -> None:
    """The rows that have a budget or something beside them, for a README."""
    say(f"| {report.bench} | Kairos | against | | ratio | budget | |")
    say("|---|---|---|---|---|---|---|")
    for cells in table_of(report)[1:]:
        if any(cells[2:]):
            say(f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |")
    say("")


def show_progress(text: str) -> None:
    """On a terminal, one line that overwrites itself; elsewhere nothing."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K{one_line(text)}")
        sys.stderr.flush()

"""process_check: the processes of the runs on this machine, and which of them takes more than it should.

Before it: runtime.running. After it: checks.
"""

from kairos_tui.cli.finding import Finding, Level, ProcessFinding
from kairos_tui.market import RoleView, numbers_of
from kairos_tui.settings import Settings

_MB = 1 << 20


def check_placement(settings: Settings | None) -> Finding:
    """Which cores a run would give its processes."""
    from kairos_tui.runtime.cores import plan_cores

    known = settings or Settings()
    return Finding("ok", "placement", plan_cores(known.placement, len(known.venues), known.engines).said)


def check_processes() -> list[Finding | ProcessFinding]:
    """One line for all, then one for each process."""
    from kairos_tui.runtime.running import find_running

    runs = find_running()
    if not runs:
        return [Finding("ok", "processes", "no Kairos runs here as this user")]
    findings: list[Finding | ProcessFinding] = []
    for run in runs:
        if run.board is None:
            silent = f"a run has {run.folder}, and its engine gives no board: see the log"
            findings.append(Finding("warn", "processes", silent))
            continue
        roles = run.board.roles
        name = f"run {run.board.run} ({run.board.feed})"
        findings.append(Finding("ok", "processes", f"{name}: {_total(roles)}"))
        findings += [check_process(role) for role in roles]
    return findings


def check_process(role: RoleView) -> ProcessFinding:
    """What one process takes, and what to do where that is too much."""
    if role.pid is None:
        return ProcessFinding("warn", role.name, f"{role.state}: {role.reason or 'no process'}")
    parts = [f"pid {role.pid}", _cpu(role), _memory(role), _lag(role)]
    if role.cores:
        parts.append(f"on core {numbers_of(role.cores)}")
    if role.restarts:
        parts.append(f"restarted {role.restarts} times, last: {role.reason or 'unknown'}")
    troubles = _troubles(role)
    level: Level = "warn" if troubles or role.state != "running" else "ok"
    advice = f": {'; '.join(troubles)}" if troubles else ""
    figures = (role.pid, role.restarts, role.cpu_share, role.rss_bytes, role.lag_p99_us, role.cores)
    return ProcessFinding(level, role.name, ", ".join(parts) + advice, *figures)


def _troubles(role: RoleView) -> list[str]:
    said = []
    if role.is_busy:
        said.append("a core is hardly enough, watch fewer symbols or venues")
    if role.is_heavy:
        said.append(f"more than {role.most_mb} MB is too much, watch fewer or restart it")
    if role.is_late:
        said.append("it turns too slowly, the machine is overloaded")
    return said


def _total(roles: tuple[RoleView, ...]) -> str:
    shares = [role.cpu_share for role in roles if role.cpu_share is not None]
    sizes = [role.rss_bytes for role in roles if role.rss_bytes is not None]
    if not sizes:
        return f"{len(roles)} processes; what they use is unknown on this system"
    used = f"{sum(shares):.0%} of a core, {sum(sizes) // _MB} MB"
    return f"{len(roles)} processes, {used}, shared pages counted in each"


def _cpu(role: RoleView) -> str:
    return "CPU unknown" if role.cpu_share is None else f"{role.cpu_share:.0%} of a core"


def _memory(role: RoleView) -> str:
    return "memory unknown" if role.rss_bytes is None else f"{role.rss_bytes // _MB} MB"


def _lag(role: RoleView) -> str:
    return "loop lag unknown" if role.lag_p99_us is None else f"loop lag p99 {role.lag_p99_us / 1000:.1f} ms"

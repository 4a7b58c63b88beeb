"""checks: what doctor looks at. Each check asks one thing and gives one finding; none takes over 3 s."""

import importlib.metadata
import itertools
import os
import platform
import resource
import sys
import time
from collections.abc import Callable

from kairos_tui.cli.finding import Finding, ProcessFinding
from kairos_tui.cli.network_check import check_network
from kairos_tui.cli.output import screen_fd
from kairos_tui.cli.process_check import check_placement, check_processes
from kairos_tui.cli.sink_check import check_sinks
from kairos_tui.errors import KairosError
from kairos_tui.settings import Loaded, Settings

_LIBRARIES = ("ccxt", "pyzmq", "textual", "msgspec", "typer", "aiohttp")
_LEAST_FILES = 256
_LEAST_FREE_MB = 500
_CLOCK_READS = 2_000


def run_checks(config: str | None) -> list[Finding | ProcessFinding]:
    """Every check, in the order a person would go through them."""
    checks: list[Callable[[], Finding]] = [
        check_python,
        check_libraries,
        check_terminal,
        check_unicode,
        check_sockets,
        check_state_dir,
        check_clock,
        check_files,
        check_capacity,
    ]
    config_finding, settings = check_config(config)
    found = [*(check() for check in checks), config_finding, check_network(settings), check_sinks(settings)]
    return [*found, check_placement(settings), *check_processes()]


def check_python() -> Finding:
    """The interpreter is one that is tested."""
    version = platform.python_version()
    if sys.version_info[:2] > (3, 13):
        return Finding("warn", "python", f"{version} is newer than 3.11 to 3.13, which are tested")
    return Finding("ok", "python", f"{version} ({sys.implementation.name}, {platform.machine()})")


def check_libraries() -> Finding:
    """Every library Kairos stands on is installed."""
    versions, missing = [], []
    for name in _LIBRARIES:
        try:
            versions.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            missing.append(name)
    if missing:
        return Finding("fail", "libraries", f"missing {', '.join(missing)}: install Kairos anew with pip")
    return Finding("ok", "libraries", ", ".join(versions))


def check_terminal() -> Finding:
    """stdout or stderr leads to a terminal the HUD can draw on."""
    term = os.environ.get("TERM", "")
    if not os.isatty(screen_fd()):
        return Finding("warn", "terminal", "this is none: watch prints lines; for the HUD run it in one")
    columns, rows = os.get_terminal_size(screen_fd())
    seen = f"{columns}x{rows}, TERM={term or 'unset'}, {_colours()}"
    if term in ("", "dumb"):
        return Finding("warn", "terminal", f"{seen}: for colours set TERM, as in TERM=xterm-256color")
    if columns < 80 or rows < 24:
        return Finding("warn", "terminal", f"{seen}: the HUD wants 80x24 or more, enlarge the window")
    return Finding("ok", "terminal", seen)


def _colours() -> str:
    from kairos_tui.runtime import facts

    depth, _ = facts.terminal_reach()
    if depth == "none":
        return "no colours (NO_COLOR)" if os.environ.get("NO_COLOR") else "no colours"
    return "16 million colours" if depth == "truecolor" else f"{depth} colours"


def check_unicode() -> Finding:
    """The HUD's glyphs can be written."""
    from kairos_tui.runtime import facts

    encoding = (sys.stderr.encoding or "unknown").lower()
    if facts.terminal_reach()[1] == "ascii":
        return Finding(
            "warn", "unicode", "by TERM or locale the HUD draws in ASCII: set LANG=C.UTF-8 for all of it"
        )
    if encoding.replace("-", "") != "utf8":
        return Finding("warn", "unicode", f"stderr is {encoding}: set LANG=C.UTF-8, else glyphs are lost")
    return Finding("ok", "unicode", "utf-8")


def check_sockets() -> Finding:
    """The private directory of the processes' sockets can be made."""
    from kairos_tui.runtime import facts

    problem = facts.ipc_dir_problem()
    if problem:
        return Finding(
            "fail", "sockets", f"{problem}: set XDG_RUNTIME_DIR or TMPDIR to a short writable path"
        )
    return Finding("ok", "sockets", "the private socket directory can be made")


def check_state_dir() -> Finding:
    """Logs and crash files have a place."""
    from kairos_tui.runtime.kept_signals import what_is_kept
    from kairos_tui.runtime.log_file import state_dir

    try:
        folder = state_dir()
    except OSError as error:
        return Finding("fail", "state dir", f"{error}: set XDG_STATE_HOME to a folder that can be written")
    if folder.name != "kairos":
        return Finding("warn", "state dir", f"logs go to {folder}: set XDG_STATE_HOME to a writable folder")
    kept = what_is_kept()
    return Finding("ok", "state dir", f"{folder}: {kept} kept" if kept else str(folder))


def check_clock() -> Finding:
    """The monotonic clock is fine enough for microseconds and never steps back."""
    reads = [time.monotonic_ns() for _ in range(_CLOCK_READS)]
    resolution_ns = time.get_clock_info("monotonic").resolution * 1e9
    if any(later < earlier for earlier, later in itertools.pairwise(reads)):
        return Finding("fail", "clock", "the monotonic clock steps back: ages cannot be trusted here")
    if resolution_ns > 1_000:
        return Finding(
            "warn", "clock", f"the monotonic clock counts in {resolution_ns:.0f} ns: ages are coarse"
        )
    apart_ns = (reads[-1] - reads[0]) / _CLOCK_READS
    return Finding("ok", "clock", f"monotonic, {resolution_ns:.0f} ns steps, {apart_ns:.0f} ns a read")


def check_files() -> Finding:
    """Enough files and sockets may be open."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if 0 <= soft < _LEAST_FILES:
        return Finding(
            "warn", "open files", f"{soft} may be open at once: raise it with ulimit -n {_LEAST_FILES}"
        )
    shown = ["no limit" if limit < 0 else str(limit) for limit in (soft, hard)]
    return Finding("ok", "open files", f"{shown[0]} at once (hard limit {shown[1]})")


def check_capacity() -> Finding:
    """Two cores and half a gigabyte: what five venues and a HUD take."""
    allowed = getattr(os, "sched_getaffinity", None)
    cores = len(allowed(0)) if allowed else os.cpu_count() or 1
    free_mb = _free_mb()
    seen = f"{cores} cores" + (f", {free_mb} MB free" if free_mb is not None else "")
    if free_mb is not None and free_mb < _LEAST_FREE_MB:
        return Finding(
            "warn", "capacity", f"{seen}: five venues take about 400 MB, watch fewer with --venues"
        )
    if cores < 2:
        return Finding("warn", "capacity", f"{seen}: with one core, watch fewer venues with --venues")
    return Finding("ok", "capacity", seen)


def _free_mb() -> int | None:
    """What the kernel would hand out without swapping; None where it does not say."""
    try:
        with open("/proc/meminfo", encoding="ascii") as table:  # noqa: PTH123  a pseudo-file, not a path
            facts = dict(line.split(":", 1) for line in table)
        return int(facts["MemAvailable"].split()[0]) // 1024
    except (OSError, KeyError, ValueError):
        return None


def check_config(config: str | None) -> tuple[Finding, Settings | None]:
    """The config files are valid; with the settings in force, if they are."""
    from kairos_tui.cli.here import load_here
    from kairos_tui.cli.names_known import check_names

    try:
        loaded: Loaded = load_here(config=config)
        check_names(loaded, sim=False)
    except KairosError as error:
        return Finding("fail", "config", f"{error}: correct it, then `kairos config validate`"), None
    read = ", ".join(map(str, loaded.files)) or "no file, defaults hold"
    return Finding("ok", "config", read), loaded.settings

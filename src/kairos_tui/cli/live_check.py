"""live_check: what is wrong with a Kairos that runs, by what its mirror, metrics or health server says.

Before it: ask_http, prometheus_text. After it: doctor --live. Each finding says what to do about it.
"""

import json
import time
from typing import Any, Final

import kairos_tui
from kairos_tui.cli.ask_http import Reply, Server, ask
from kairos_tui.cli.finding import Finding, Level
from kairos_tui.cli.prometheus_text import Samples
from kairos_tui.errors import SettingsInvalid

DEADLINE_S: Final = 5.0
QUIET_DEADLINE_S: Final = 3.0
APART_S: Final = 1.0
"""Between two looks at what only grows: what was lost long ago is no trouble now."""
_MOST_LAG_S: Final = 0.1
_OLD_BOARD_S: Final = 1.0
_MOST_NAMED: Final = 6


def is_well(server: Server) -> str | None:
    """Why others should not rely on it, None when they may. Raises SourceUnreachable."""
    reply = ask(server, "/readyz", time.monotonic() + QUIET_DEADLINE_S)
    return None if reply.status == 200 else _why(reply)


def check_live(server: Server) -> list[Finding]:
    """Every finding, in the order a person would ask. Raises SourceUnreachable, SettingsInvalid."""
    until_s = time.monotonic() + DEADLINE_S
    alive, ready = ask(server, "/healthz", until_s), ask(server, "/readyz", until_s)
    _must_be_kairos(server, alive)
    before = _scrape(server, until_s)
    if before is None:
        return [check_alive(alive), check_ready(ready), _no_metrics(server)]
    time.sleep(APART_S)
    after = _scrape(server, until_s) or before
    return [
        check_alive(alive),
        check_ready(ready),
        check_version(after),
        check_board(after),
        check_venues(after),
        check_losses(before, after),
        check_overload(before, after),
        check_lag(after),
        check_processes(after),
    ]


def check_alive(reply: Reply) -> Finding:
    """Its loops beat."""
    if reply.status == 200:
        return Finding("ok", "alive", "its loops beat")
    return Finding("fail", "alive", f"{_why(reply)}: it should be started again")


def check_ready(reply: Reply) -> Finding:
    """Others may rely on it."""
    if reply.status == 200:
        return Finding("ok", "ready", "it says that it may be relied on")
    return Finding("fail", "ready", f"{_why(reply)}: look at the findings below, then at its log")


def check_version(samples: Samples) -> Finding:
    """It is the one that is installed here."""
    theirs, own = samples.label("kairos_build_info", "version"), kairos_tui.__version__
    what = " ".join(
        filter(None, (samples.label("kairos_build_info", each) for each in ("role", "feed", "run")))
    )
    if theirs == own:
        return Finding("ok", "version", f"{theirs} {what}".strip())
    return Finding(
        "warn", "version", f"it is {theirs or 'unknown'}, this one is {own}: bring both to one version"
    )


def check_board(samples: Samples) -> Finding:
    """What it shows is news."""
    age_s = samples.value("kairos_board_age_seconds")
    if age_s is None:
        return Finding("ok", "board", "it shows none")
    if age_s > _OLD_BOARD_S:
        return Finding(
            "warn", "board", f"the newest is {age_s:.1f} s old: the engine is gone, busy or not reached"
        )
    return Finding("ok", "board", f"the newest is {age_s * 1e3:.0f} ms old")


def check_venues(samples: Samples) -> Finding:
    """Which books may enter a route."""
    usable = samples.of("kairos_feed_usable")
    if not usable:
        return Finding("ok", "venues", "it speaks of none")
    state_of = {
        (each.labels.get("venue"), each.labels.get("symbol")): each.labels.get("state", "?")
        for each in samples.of("kairos_feed_state")
        if each.value
    }
    wrong = []
    for each in usable:
        key = (each.labels.get("venue"), each.labels.get("symbol"))
        if not each.value:
            wrong.append(f"{key[0]} {key[1]} {state_of.get(key, 'unusable')}")
    if not wrong:
        return Finding("ok", "venues", f"all {len(usable)} books may be used")
    advice = "see `kairos doctor` there for network and clock, operations.md for states"
    level: Level = "fail" if len(wrong) == len(usable) else "warn"
    return Finding(level, "venues", f"{len(wrong)} of {len(usable)} unusable: {_some(wrong)}: {advice}")


def check_losses(before: Samples, after: Samples) -> Finding:
    """Whether anything is lost just now."""
    found, ever = [], 0.0
    for name, label in _LOSSES.items():
        earlier = before.by(name, label)
        for key, count in after.by(name, label).items():
            ever += count
            if count > earlier.get(key, 0.0):
                what = key or name.removeprefix("kairos_").removesuffix("_total")
                found.append(f"{count - earlier.get(key, 0.0):,.0f} {what}")
    if found:
        return Finding(
            "warn", "losses", f"in {APART_S:g} s {_some(found)}: a reader is too slow or the machine too busy"
        )
    return Finding("ok", "losses", f"none in {APART_S:g} s, {ever:,.0f} since it started")


def check_overload(before: Samples, after: Samples) -> Finding:
    """Whether ticks come faster than the engine takes them: the newer then replaces the older, counted."""
    shed = _grown(before, after, "kairos_ticks_conflated_total")
    taken = _grown(before, after, "kairos_ticks_used_total")
    if shed is None or taken is None:
        return Finding("ok", "overload", "it counts no ticks")
    share = shed / (shed + taken) if shed + taken else 0.0
    said = f"{share:.0%} of ticks replaced by newer ones in {APART_S:g} s"
    if share > 0.5:
        return Finding("warn", "overload", f"{said}: watch fewer symbols, or set engines higher")
    return Finding("ok", "overload", said)


def check_lag(samples: Samples) -> Finding:
    """Whether loops turn in time."""
    lags = samples.by("kairos_role_loop_lag_seconds", "role")
    own = samples.value("kairos_loop_lag_seconds")
    if own is not None:
        lags["its own loop"] = own
    late = [f"{name} {lag * 1e3:.0f} ms" for name, lag in lags.items() if lag > _MOST_LAG_S]
    if late:
        return Finding(
            "warn", "loop lag", f"{_some(late)}: the machine is overloaded, watch fewer or add cores"
        )
    worst = max(lags.values(), default=None)
    return Finding("ok", "loop lag", "unknown" if worst is None else f"{worst * 1e3:.1f} ms at most")


def check_processes(samples: Samples) -> Finding:
    """Whether all of its processes run."""
    up = samples.by("kairos_role_up", "role")
    restarts = samples.by("kairos_role_restarts_total", "role")
    down = [name for name, value in up.items() if not value]
    again = [f"{name} {count:.0f} times" for name, count in restarts.items() if count]
    if down:
        return Finding("warn", "processes", f"not running: {_some(down)}: its log says why")
    if again:
        return Finding("warn", "processes", f"all run, started again: {_some(again)}: its log says why")
    return Finding("ok", "processes", f"all {len(up)} run" if up else "it speaks of none")


_LOSSES: Final = {
    "kairos_lost_total": "hop",
    "kairos_mirror_lines_dropped_total": "",
    "kairos_ticks_rejected_total": "reason",
}


def _grown(before: Samples, after: Samples, name: str) -> float | None:
    first, last = before.value(name), after.value(name)
    return None if first is None or last is None else max(0.0, last - first)


def _must_be_kairos(server: Server, reply: Reply) -> None:
    if reply.status in (401, 403):
        raise SettingsInvalid(f"--live: {server.shown} refuses: {reply.body.strip()[:120]}")
    if "alive" not in _facts(reply):
        raise SettingsInvalid(
            f"--live: what answers at {server.shown} is no Kairos ({reply.status} to /healthz)"
        )


def _scrape(server: Server, until_s: float) -> Samples | None:
    reply = ask(server, "/metrics", until_s)
    if reply.status in (401, 403):
        raise SettingsInvalid(f"--live: {server.shown} refuses /metrics: {reply.body.strip()[:120]}")
    return Samples(reply.body) if reply.status == 200 else None


def _no_metrics(server: Server) -> Finding:
    return Finding("warn", "metrics", f"{server.shown}/metrics gives none: nothing else can be said")


def _why(reply: Reply) -> str:
    return str(_facts(reply).get("why") or f"it answers {reply.status}")


def _facts(reply: Reply) -> dict[str, Any]:
    try:
        facts = json.loads(reply.body)
    except ValueError:
        return {}
    return facts if isinstance(facts, dict) else {}


def _some(names: list[str]) -> str:
    more = len(names) - _MOST_NAMED
    return ", ".join(names[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")

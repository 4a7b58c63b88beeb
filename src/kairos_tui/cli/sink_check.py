"""sink_check: whether the configured sinks could take a line now. Asks nobody to take one."""

import os
from urllib.parse import urlsplit

from kairos_tui.cli.finding import Finding
from kairos_tui.cli.network_check import DEADLINE_S, reach_all
from kairos_tui.errors import KairosError
from kairos_tui.settings import Settings

_PORTS = {"http": 80, "https": 443, "redis": 6379, "rediss": 6379}


def check_sinks(settings: Settings | None) -> Finding:
    """Files can be written, commands are there, secrets can be read, servers answer."""
    if settings is None:
        return Finding("warn", "sinks", "not tried: the broken config hides which are meant")
    if not settings.sinks:
        return Finding("ok", "sinks", "none configured")
    names = [f"{number} {url.partition(':')[0]}" for number, url in enumerate(settings.sinks, 1)]
    problems = {name: _problem(url) for name, url in zip(names, settings.sinks, strict=True)}
    servers = {
        name: server
        for name, url in zip(names, settings.sinks, strict=True)
        if (server := _server(url)) and problems[name] is None
    }
    problems |= reach_all(servers, DEADLINE_S)
    wrong = [f"sink {name}: {problem}" for name, problem in problems.items() if problem]
    if not wrong:
        return Finding("ok", "sinks", f"{', '.join(names)} ready")
    return Finding("warn", "sinks", f"{'; '.join(wrong)}: until then its lines wait, or are lost and counted")


def _problem(url: str) -> str | None:
    """What would keep it from being opened; a file is not made for that."""
    from kairos_tui.runtime import facts

    try:
        path = facts.sink_ready(url)
    except KairosError as error:
        return str(error)
    if path is None:
        return None
    place = path if path.exists() else path.parent
    if path.is_dir() or not place.exists():
        return f"{path} is a directory" if path.is_dir() else f"{place} does not exist"
    return None if os.access(place, os.W_OK) else f"{path} may not be written"


def _server(url: str) -> tuple[str, int] | None:
    parts = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname:
        return None
    return parts.hostname, parts.port or _PORTS[parts.scheme]

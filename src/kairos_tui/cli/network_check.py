"""network_check: whether the configured venues' hosts answer, all asked at once, in 3 s at most."""

import os
import socket
import threading
import time
from urllib.parse import urlsplit

from kairos_tui.cli.finding import Finding
from kairos_tui.settings import Settings

DEADLINE_S = 3.0
_HOSTS = {
    "binance": "api.binance.com",
    "coinbase": "api.coinbase.com",
    "kraken": "api.kraken.com",
    "okx": "www.okx.com",
    "bybit": "api.bybit.com",
}
"""The default venues' own hosts; another venue is tried when its table has an origin_rest."""


def check_network(settings: Settings | None) -> Finding:
    """Kairos also runs without a network, on simulated exchanges: what is missing is a warning."""
    if settings is None:
        return Finding("warn", "network", "not tried: the broken config hides which venues are meant")
    targets = {str(venue): target for venue in settings.venues if (target := _target(settings, venue))}
    if not targets:
        return Finding("warn", "network", "not tried: no configured venue has a host that doctor knows")
    problems = reach_all(targets, DEADLINE_S)
    missed = [f"{venue}: {problem}" for venue, problem in problems.items() if problem]
    if not missed:
        return Finding("ok", "network", f"{', '.join(targets)} answer")
    advice = "check DNS, firewall and proxy, or use --sim, which needs no network"
    if any(os.environ.get(name) for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy")):
        advice = "a proxy is set in the environment, but this test connects directly; " + advice
    return Finding("warn", "network", f"{'; '.join(missed)}: {advice}")


def reach_all(targets: dict[str, tuple[str, int]], deadline_s: float) -> dict[str, str | None]:
    """Connect to every (host, port) at once: the problem of each, None where it answered.

    Threads, because a name look-up cannot be interrupted; daemons, because it may outlast the deadline.
    """
    problems: dict[str, str | None] = dict.fromkeys(targets, f"no answer in {deadline_s:g} s")

    def reach(name: str, host: str, port: int) -> None:
        try:
            socket.create_connection((host, port), timeout=deadline_s).close()
            problems[name] = None
        except socket.gaierror:
            problems[name] = f"{host} has no address (DNS)"
        except TimeoutError:
            return
        except OSError as error:
            problems[name] = f"{host}: {error.strerror or error}"

    threads = [threading.Thread(target=reach, args=(name, *at), daemon=True) for name, at in targets.items()]
    until_s = time.monotonic() + deadline_s
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, until_s - time.monotonic()))
    return dict(problems)


def _target(settings: Settings, venue: str) -> tuple[str, int] | None:
    origin = settings.venue_table(venue).origin_rest
    if origin:
        parts = urlsplit(origin)
        return str(parts.hostname), parts.port or (443 if parts.scheme == "https" else 80)
    host = _HOSTS.get(settings.ccxt_class(venue))
    return (host, 443) if host else None

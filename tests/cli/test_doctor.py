"""The promise: doctor says of each thing whether it is ok, and what to do when it is not; it never hangs."""

import json
import socket
import tempfile
import time

import pytest
from msgspec.structs import replace

from kairos_tui.cli.checks import check_state_dir, check_unicode, run_checks
from kairos_tui.cli.network_check import check_network, reach_all
from kairos_tui.cli.process_check import check_placement, check_process
from kairos_tui.cli.sink_check import check_sinks
from kairos_tui.market import RoleView, Venue
from kairos_tui.settings import Settings, VenueTable

NAMES = [
    "python",
    "libraries",
    "terminal",
    "unicode",
    "sockets",
    "state dir",
    "clock",
    "open files",
    "capacity",
    "config",
    "network",
    "sinks",
    "placement",
    "processes",
]
"""After them comes a line for each process of a run, if one is on."""


def test_each_check_is_one_line_with_a_level(kairos) -> None:
    kairos.write(HERE_ONLY)

    said = kairos("doctor")

    lines = said.out.splitlines()
    assert [line[6:16].strip() for line in lines][: len(NAMES)] == [name[:10] for name in NAMES]
    assert {line[:4].strip() for line in lines} <= {"ok", "warn", "fail"}
    assert said.code == (1 if any(line.startswith("fail") for line in lines) else 0)


def test_json_says_the_same(kairos) -> None:
    kairos.write(HERE_ONLY)

    found = json.loads(kairos("doctor", "--json").out)

    assert [at["name"] for at in found][: len(NAMES)] == NAMES


def test_a_broken_config_fails_and_is_named(kairos) -> None:
    path = kairos.write("fps = 0\n")

    said = kairos("doctor")

    assert said.code == 1
    assert f"{path}:1: fps = 0" in said.out
    assert "not tried: the broken config" in said.out


def test_a_state_directory_that_cannot_be_made_is_a_warning_that_names_the_one_in_its_place(kairos) -> None:
    kairos.write(HERE_ONLY)
    kairos.state.parent.write_text("in the way")

    found = {at.name: at for at in run_checks(None)}

    assert found["state dir"].level == "warn"
    assert f"logs go to {tempfile.gettempdir()}" in found["state dir"].sentence
    assert "XDG_STATE_HOME" in found["state dir"].sentence


HERE_ONLY = (
    'venues = ["okx"]\n[venue.okx]\norigin_rest = "http://127.0.0.1:9"\norigin_ws = "ws://127.0.0.1:9"\n'
)


def listener() -> socket.socket:
    return socket.create_server(("127.0.0.1", 0), backlog=4)


def test_a_locale_that_has_ascii_only_is_a_warning_that_says_what_the_hud_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("LC_ALL", "C")
    found = check_unicode()
    assert (found.level, "draws in ASCII" in found.sentence, "LANG=C.UTF-8" in found.sentence) == (
        "warn",
        True,
        True,
    )


def test_a_venue_that_answers_is_ok_and_one_that_does_not_is_named() -> None:
    with listener() as open_port, listener() as shut_port:
        port, shut = open_port.getsockname()[1], shut_port.getsockname()[1]
        shut_port.close()
        tables = {
            "here": VenueTable(origin_rest=f"http://127.0.0.1:{port}"),
            "gone": VenueTable(origin_rest=f"http://127.0.0.1:{shut}"),
        }
        good = check_network(Settings(venues=(Venue("here"),), venue=tables))
        bad = check_network(Settings(venues=(Venue("here"), Venue("gone")), venue=tables))

    assert (good.level, good.sentence) == ("ok", "here answer")
    assert bad.level == "warn"
    assert "gone: 127.0.0.1: Connection refused" in bad.sentence
    assert "--sim" in bad.sentence


def test_a_host_that_never_answers_costs_the_deadline_and_no_more() -> None:
    with listener() as silent:
        silent.listen(0)
        address = silent.getsockname()
        waiting = [socket.socket() for _ in range(4)]
        for client in waiting:
            client.setblocking(False)
            client.connect_ex(address)
        started_s = time.monotonic()

        problems = reach_all({"slow": address}, deadline_s=0.3)

        assert time.monotonic() - started_s < 5.0
        assert problems == {"slow": "no answer in 0.3 s"}
        for client in waiting:
            client.close()


def test_sinks_that_could_take_a_line_are_ok_and_nothing_is_made_for_asking(tmp_path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        sinks = (f"file:{tmp_path}/x", "exec:true", f"http://127.0.0.1:{port}/x", f"redis://127.0.0.1:{port}")
        found = check_sinks(Settings(sinks=sinks))

    assert found == ("ok", "sinks", "1 file, 2 exec, 3 http, 4 redis ready")
    assert list(tmp_path.iterdir()) == []


def test_each_sink_that_could_not_is_named_with_its_reason_and_no_password(tmp_path, closed_port) -> None:
    sinks = (
        f"file:{tmp_path}",
        f"file:{tmp_path}/no/x",
        "exec:no-such",
        f"redis://:hunter2@127.0.0.1:{closed_port}",
    )
    level, _, sentence = check_sinks(Settings(sinks=sinks))

    assert level == "warn"
    assert f"sink 1 file: {tmp_path} is a directory; sink 2 file: {tmp_path}/no does not exist" in sentence
    assert "sink 3 exec: there is no command no-such; sink 4 redis: 127.0.0.1: Connection refused" in sentence
    assert "hunter2" not in sentence


SOUND = RoleView("engine", "running", 42, cpu_share=0.31, rss_bytes=24 << 20, lag_p99_us=2_300)


def test_a_process_that_takes_what_it_should_is_ok_with_its_figures() -> None:
    found = check_process(SOUND)

    assert found.level == "ok"
    assert found.sentence == "pid 42, 31% of a core, 24 MB, loop lag p99 2.3 ms"
    assert found._asdict() | {"level": "", "sentence": ""} == {
        "level": "", "name": "engine", "sentence": "", "pid": 42, "restarts": 0, "cpu_share": 0.31,
        "rss_bytes": 24 << 20, "lag_p99_us": 2_300, "cores": (),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"cpu_share": 0.97}, "97% of a core, 24 MB, loop lag p99 2.3 ms: a core is hardly enough"),
        ({"rss_bytes": 300 << 20}, "more than 250 MB is too much"),
        ({"lag_p99_us": 180_000}, "it turns too slowly"),
        ({"pid": None, "state": "failed", "reason": "SIGKILL"}, "failed: SIGKILL"),
        ({"state": "restarting", "restarts": 3, "reason": "SIGSEGV"}, "restarted 3 times, last: SIGSEGV"),
    ],
)
def test_a_process_that_takes_more_or_is_not_well_is_a_warning_that_says_so(changed, words) -> None:
    found = check_process(replace(SOUND, **changed))

    assert found.level == "warn"
    assert words in found.sentence


def test_what_no_system_says_is_unknown_and_no_trouble() -> None:
    found = check_process(RoleView("ingest:okx", "running", 42))

    assert found[:3] == ("ok", "ingest:okx", "pid 42, CPU unknown, memory unknown, loop lag unknown")


def test_the_core_of_its_own_is_named() -> None:
    assert check_process(replace(SOUND, cores=(15,))).sentence.endswith("2.3 ms, on core 15")


def test_where_processes_would_go_is_said() -> None:
    assert check_placement(Settings(placement="off")).sentence == "off, as configured: no process is pinned"


def test_an_ingest_worker_may_weigh_what_its_markets_weigh() -> None:
    assert check_process(replace(SOUND, name="ingest:okx", rss_bytes=300 << 20)).level == "ok"


def test_what_is_kept_in_the_state_directory_is_said(kairos) -> None:
    assert check_state_dir() == ("ok", "state dir", str(kairos.state))
    (kairos.state / "signals.jsonl").write_bytes(bytes(1_200_000))
    (kairos.state / "signals.jsonl.1").write_bytes(bytes(800_000))
    for name in ("a.kz", "b.kz"):
        (kairos.state / "recordings" / name).mkdir(parents=True)
        (kairos.state / "recordings" / name / "0-000001.kzs").write_bytes(bytes(5_000))

    said = f"{kairos.state}: 2.0 MB of signals, 2 recordings of 10 kB kept"
    assert check_state_dir() == ("ok", "state dir", said)

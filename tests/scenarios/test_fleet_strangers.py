"""Who has no key, another version or bad manners gets nothing from an engine and nothing into it."""

import os
import shutil
import socket
import time
from pathlib import Path

import pytest
import zmq
from tests.scenarios.driver import Kairos
from tests.scenarios.fleet_stage import Role, Stage, descendants, free_ports, wait_for, words_of

import kairos_tui
from kairos_tui.hud import theme_folders
from kairos_tui.market import KeyRing, PackedTick, Symbol, Tick, Venue
from kairos_tui.wire import DoorLink, Endpoints, Hello, public_key
from kairos_tui.wire.codec import FrameHead, pack_frame, pack_record
from kairos_tui.wire.loss_ledger import LedgerFile
from kairos_tui.wire.sockets import open_push
from kairos_tui.wire.version import VERSION

pytestmark = [pytest.mark.timeout(180)]
ABSURD = 7.25
"""A price that no market here has."""


@pytest.fixture
def stage(kairos: Kairos) -> Stage:
    return Stage(kairos)


def serving(stage: Stage) -> tuple[Role, int]:
    """An engine with an ingester, ready."""
    port = free_ports(3)
    engine = stage.engine(port=port)
    stage.ingest("--engine", f"127.0.0.1:{port}").await_ready()
    return engine.await_ready(), port


def keys_of(kairos: Kairos) -> Path:
    return kairos.home / "config" / "kairos" / "curve"


def forged_frame(sender: str = "ingest:kraken@forger") -> bytes:
    now_ns = time.monotonic_ns()
    tick = Tick(Venue("kraken"), Symbol("BTC/USDT"), ((ABSURD, 1.0),), ((ABSURD + 1, 1.0),), now_ns, now_ns)
    return pack_frame(FrameHead(sender, 1, 1, 0, now_ns), [pack_record(PackedTick.of(tick))])


def senders_of(kairos: Kairos) -> set[str]:
    """Of whom the engine ever took a frame."""
    kept = LedgerFile(kairos.home / "state" / "kairos" / "engine-a.ledger")
    try:
        return set(kept.load().accounts)
    finally:
        kept.close()


def test_a_key_that_is_unknown_or_another_engines_is_named_in_one_line(stage: Stage, tmp_path: Path) -> None:
    engine, port = serving(stage)
    at = ("--from", f"tcp://127.0.0.1:{port}", "--connect-timeout", "4s")
    unknown, wrong = tmp_path / "unknown", tmp_path / "wrong"
    for folder in (unknown, wrong):
        assert stage.kairos.run("curve", "new", "--keys", str(folder)).returncode == 0
    shutil.copy(keys_of(stage.kairos) / "engine.pub", unknown / "engine.pub")
    shutil.copy(keys_of(stage.kairos) / "tap.key", wrong / "tap.key")

    for words in (("tap", *at), ("mirror", "127.0.0.1:0", *at)):
        said = stage.kairos.run(*words, "--keys", str(unknown))
        assert (said.returncode, said.stdout) == (3, "")
        assert "does not know our key" in said.stderr
        assert said.stderr.count("\n") == 1
    said = stage.kairos.run("tap", *at, "--keys", str(wrong))
    assert (said.returncode, said.stdout, said.stderr.count("\n")) == (3, "", 1)
    assert f"has another key than {public_key(wrong / 'engine.pub')}" in said.stderr

    stranger = stage.ingest(
        "--engine", f"127.0.0.1:{port}", "--keys", str(unknown), venues=["okx"], name="far"
    )
    wait_for(lambda: "does not know our key (ingest.pub" in stranger.said, 60.0, "the ingester says why")
    assert stranger.end() == 143
    assert stranger.said.count("does not know our key") == 1
    assert engine.is_ready
    assert "ingest:okx@far" not in senders_of(stage.kairos)
    logged = (stage.kairos.home / "state" / "kairos" / "kairos.log").read_text()
    assert f"came with the key {public_key(unknown / 'ingest.pub')}" in logged


def test_what_is_forged_or_posted_to_its_ports_does_not_arrive_and_it_stays_ready(stage: Stage) -> None:
    engine, port = serving(stage)
    tapped = stage.tap("--from", f"tcp://127.0.0.1:{port}", "--emit", "signal,quote")
    plain: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
    post = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\n\r\n" + forged_frame() * 20
    forgers = [plain.socket(zmq.PUSH) for _ in range(3)]
    for at, forger in enumerate(forgers, port):
        forger.connect(f"tcp://127.0.0.1:{at}")
        for _ in range(200):
            try:
                forger.send(forged_frame(), zmq.NOBLOCK)
            except zmq.Again:
                break
        for raw in (post, bytes(range(256)) * 16):
            with socket.create_connection(("127.0.0.1", at), timeout=5) as stranger:
                stranger.sendall(raw)
                stranger.settimeout(5.0)
                try:
                    while stranger.recv(100):
                        pass
                except ConnectionError:
                    pass
        assert engine.is_ready
    since_s = time.monotonic()
    wait_for(lambda: len(tapped.of("quote", since_s)) > 100, 30.0, "quotes go on")
    for forger in forgers:
        forger.close(linger=0)
    plain.destroy(linger=0)
    assert engine.is_ready
    assert [line for line in tapped.of("quote") if line["bid"] == ABSURD] == []
    assert senders_of(stage.kairos) == {f"ingest:{venue}@{name_in(stage)}" for venue in stage.venues}


def name_in(stage: Stage) -> str:
    """The ingester's own name, as the engine knows it."""
    return next(iter(senders_of(stage.kairos))).partition("@")[2]


@pytest.mark.parametrize("wire", [VERSION + 1, 9])
def test_another_version_is_refused_with_both_named(stage: Stage, wire: int) -> None:
    engine, port = serving(stage)
    keys = keys_of(stage.kairos)
    at = Endpoints.at_port(f"tcp://127.0.0.1:{port}#{public_key(keys / 'engine.pub')}")
    link = DoorLink(
        at.door, Hello("ingest", "okx@new", wire, "9.9", "sim"), ring=KeyRing(str(keys / "ingest.key"))
    )
    wait_for(lambda: link.refusal, 10.0, "a refusal")
    link.close()
    assert f"wire version {wire}, this Kairos reads 1 and 2" in str(link.refusal)
    assert f"kairos {kairos_tui.__version__} here, 9.9 there" in str(link.refusal)
    assert link.welcome is None
    assert engine.is_ready


def test_an_ingester_of_the_version_before_is_welcome_and_its_frames_are_taken(stage: Stage) -> None:
    _engine, port = serving(stage)
    keys = keys_of(stage.kairos)
    at = Endpoints.at_port(f"tcp://127.0.0.1:{port}#{public_key(keys / 'engine.pub')}")
    ring = KeyRing(str(keys / "ingest.key"))
    link = DoorLink(at.door, Hello("ingest", "okx@old", VERSION - 1, "0.1", "sim"), ring=ring)
    wait_for(lambda: link.welcome, 10.0, "a welcome")
    push, joins = open_push(at.ticks, ring)
    frame = bytes((VERSION - 1,)) + forged_frame("ingest:okx@old")[1:]
    wait_for(lambda: joins.count_new() or push.has_room(), 10.0, "the port is joined")
    push.send_now(frame)
    wait_for(lambda: "ingest:okx@old" in senders_of(stage.kairos), 10.0, "the frame is taken")
    push.close()
    link.close()


def test_a_fleet_is_renewed_engine_first(stage: Stage, tmp_path: Path) -> None:
    newer = tmp_path / "newer"
    shutil.copytree(Path(kairos_tui.__file__).parent, newer / "kairos_tui")
    shutil.copytree(theme_folders(os.environ)[1], newer / "kairos_tui" / "themes", dirs_exist_ok=True)
    version = newer / "kairos_tui" / "wire" / "version.py"
    text = version.read_text()
    newer_text = text.replace("VERSION: Final = 2", "VERSION: Final = 3")
    version.write_text(newer_text.replace("FORMER: Final = 1", "FORMER: Final = 2"))
    assert version.read_text() != text
    port = free_ports(3)
    ingester = stage.ingest("--engine", f"127.0.0.1:{port}")
    at = ("--from", f"tcp://127.0.0.1:{port}")
    stage.kairos.env["PYTHONPATH"] = str(newer)
    engine = stage.engine(port=port)
    new = stage.tap(*at)
    del stage.kairos.env["PYTHONPATH"]
    ingester.await_ready()
    engine.await_ready()  # it has the older ingester's books
    wait_for(lambda: new.of("signal"), 30.0, "signals at the newer tap")
    said = stage.kairos.run("tap", *at)
    assert (said.returncode, said.stderr.count("\n")) == (2, 1)
    assert "wire version 2, this Kairos reads 2 and 3" in said.stderr or "wire version 3" in said.stderr


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="reads /proc/net/tcp")
def test_on_one_machine_only_the_simulator_listens_and_on_loopback(kairos: Kairos) -> None:
    running = kairos.start("watch", "BTC/USDT", "--sim", "--json", "--connect-timeout", "60s")
    running.read_until(lambda line: line["type"] == "venue" and line["state"] == "live", 90.0)
    ours = {pid: words_of(pid) for pid in (running.pid, *descendants(running.pid))}
    found = [(words, where) for pid, words in ours.items() for where in listens(pid)]
    assert found
    assert {where for _words, where in found} == {"0100007F"}
    assert [words for words, _where in found if "run_sim" not in words] == []


def listens(pid: int) -> list[str]:
    """The addresses at which a process listens, as the kernel writes them."""
    inodes = set()
    for path in Path(f"/proc/{pid}/fd").iterdir():
        try:
            inodes.add(str(path.readlink()).removeprefix("socket:[").removesuffix("]"))
        except OSError:
            continue
    found = []
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and fields[9] in inodes:
                found.append(fields[1].partition(":")[0])
    return found

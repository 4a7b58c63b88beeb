"""A process that shows a recording reaches nothing over a network, whoever tries; our own files work."""

import subprocess
import sys

TRY = """
import socket, sys
from kairos_tui.runtime.no_network import NetworkForbidden, forbid_network
from kairos_tui.wire import SignalPublisher, SignalReader, Topic, private_folder
forbid_network()

def refused(what):
    try:
        what()
    except NetworkForbidden:
        return
    sys.exit(f"{what} was let through")

for family, address in ((socket.AF_INET, ("127.0.0.1", 9)), (socket.AF_INET6, ("::1", 9))):
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        refused(lambda: socket.socket(family, kind).connect(address))
        refused(lambda: socket.socket(family, kind).bind(address))
        refused(lambda: socket.socket(family, kind).connect_ex(address))
    refused(lambda: socket.socket(family, socket.SOCK_DGRAM).sendto(b"x", address))
refused(lambda: socket.create_connection(("example.org", 80)))
refused(lambda: socket.gethostbyname("example.org"))
socket.socketpair()
with private_folder() as folder:
    publisher = SignalPublisher(f"ipc://{folder}/signals", run="r", epoch=0)
    reader = SignalReader(f"ipc://{folder}/signals", topics=[Topic.BOARD])
    while not publisher.wanted(Topic.BOARD):
        pass
    reader.close()
    publisher.close()
print("done")
"""


def test_the_internet_is_refused_and_sockets_that_are_files_are_not() -> None:
    done = subprocess.run([sys.executable, "-c", TRY], capture_output=True, text=True, timeout=20)
    assert (done.stdout, done.stderr, done.returncode) == ("done\n", "", 0)

"""A process that records until it is killed: numbered entries, in bursts. python -m ... FOLDER

It says the monotonic instant of its first entry when it has begun.
"""

import sys
import time
from pathlib import Path

from kairos_tui.journal import Channel, Header, Limits, Recorder
from kairos_tui.market import Thresholds, Venue

VENUES = (Venue("kraken"), Venue("okx"))
HEADER = Header("0.1.0", "k7f3", 0, 0, 1, "sim", (), (), VENUES, Thresholds(), 1_795_342_351_000_000, 0)


def body_of(number: int) -> bytes:
    return b"%d " % number * (1 + number % 40)


def main() -> None:
    recorder = Recorder(Path(sys.argv[1]), HEADER, Limits(free_floor_bytes=0))
    number = 0
    print(time.monotonic_ns(), flush=True)
    while True:
        for _ in range(20):
            recorder.put(Channel.FRAME, time.monotonic_ns(), body_of(number))
            number += 1
        time.sleep(0.001)


if __name__ == "__main__":
    main()

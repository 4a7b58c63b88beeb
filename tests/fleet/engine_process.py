"""Holds a seat and obeys it: writes each duty it takes up. argv: a fleet's address, a name.

A line on stdin is an order: leave. It ends when it has left, or is killed.
"""

import json
import sys
import threading
import time

from kairos_tui.fleet import Member, Seat, fleet_place


def await_order(seat: Seat) -> None:
    if sys.stdin.readline():
        seat.leave()


def main() -> int:
    place, name = fleet_place(sys.argv[1]), sys.argv[2]
    seat = Seat(place, Member(name, wire=2), run=f"run-{name}")
    threading.Thread(target=await_order, args=(seat,), daemon=True).start()
    applied = None
    while not seat.left and seat.fatal is None:
        duty = seat.duty()
        if duty != applied:
            applied = duty
            said = (time.monotonic_ns(), duty.names, duty.speaks, duty.until_ns, duty.roster_number)
            print(json.dumps(said), flush=True)
            seat.stopped(duty.roster_number)
        seat.warm()
        time.sleep(0.01)
    print(json.dumps((time.monotonic_ns(), (), False, 0, 0)), flush=True)
    seat.close(wait_s=1.0)
    if seat.fatal:
        print(seat.fatal, file=sys.stderr)
    return 2 if seat.fatal else 0


if __name__ == "__main__":
    sys.exit(main())

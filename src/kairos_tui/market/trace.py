"""LatencyTrace: when the tick that caused a signal passed each stage, from the socket to the screen.

Before it: the stamps of every room. After it: signals carry it; lines and the HUD tell it stage by stage.
What lies before `received_ns` is not here: a frame is read through TLS and an event loop, and neither hands
on the kernel's stamp of when it came. It is at most the worker's loop lag, which is shown with its process.
"""

from typing import Final, Literal

from msgspec import Struct

Stage = Literal["decode", "outbox", "hop", "slot", "gates", "detect", "publish", "paint"]

STAGES: Final[tuple[Stage, ...]] = ("decode", "outbox", "hop", "slot", "gates", "detect", "publish", "paint")
"""In the order in which a tick passes them. decode: frame to tick. outbox: until its frame leaves the worker.
hop: until the engine has it. slot: until it is its turn, with all that came with it. gates: what the
engine itself holds against streams. detect: routes priced. publish: until it leaves. paint: until it is seen.
"""


class LatencyTrace(Struct, frozen=True, array_like=True, gc=False):
    """Monotonic ns of the tick that caused a signal, stage by stage; 0 = not reached yet, or not stamped.

    `decided_ns` is the instant as of which everything was judged: the decision begins there.
    """

    received_ns: int
    decoded_ns: int
    sent_ns: int
    arrived_ns: int
    decided_ns: int
    published_ns: int = 0
    painted_ns: int = 0
    gated_ns: int = 0
    detected_ns: int = 0

    @property
    def ends(self) -> tuple[tuple[Stage, int], ...]:
        """Each stage and when it ended, in order; 0 where nobody stamped it."""
        return (
            ("decode", self.decoded_ns),
            ("outbox", self.sent_ns),
            ("hop", self.arrived_ns),
            ("slot", self.decided_ns),
            ("gates", self.gated_ns),
            ("detect", self.detected_ns),
            ("publish", self.published_ns),
            ("paint", self.painted_ns),
        )

    def spans_ns(self) -> tuple[tuple[Stage, int], ...]:
        """How long each stage took. The time of one without a stamp is in the next that has one."""
        passed_ns, spans = self.received_ns, []
        for stage, end_ns in self.ends:
            span_ns = max(end_ns - passed_ns, 0) if end_ns else 0
            passed_ns += span_ns
            spans.append((stage, span_ns))
        return tuple(spans)

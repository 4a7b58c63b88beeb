"""bench_leaving: Ctrl-C, TERM and HUP end a bench once, and its tidying up is not disturbed by another.

Used by every bench that starts processes. The exit codes are the contract's: 130, 143, 129.
"""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

_ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def ends_once() -> Iterator[None]:
    """The first ending signal raises in the block; later ones are ignored until the block is left."""
    heard = [each for each in _ENDINGS if signal.getsignal(each) != signal.SIG_IGN]

    def end(signum: int, _frame: FrameType | None) -> NoReturn:
        for each in heard:
            signal.signal(each, signal.SIG_IGN)
        if signum == signal.SIGINT:
            raise KeyboardInterrupt
        raise SystemExit(128 + signum)

    before = {each: signal.signal(each, end) for each in heard}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)

"""SuspendWatch: did this machine sleep? Then every age looks fresh and none of the books is.

Before it: a look at the clocks each second. After it: all legs are stale, all connections renewed.
"""

LONGEST_NS = 1_000_000_000
"""Clocks part by less than this between two looks unless the machine slept or its clock was set."""


class SuspendWatch:
    """Linux and macOS stop the monotonic clock while they sleep; the others go on."""

    def __init__(self) -> None:
        self._apart_ns: int | None = None
        self._had_boot = False

    def look(self, monotonic_ns: int, wall_ns: int, boot_ns: int | None = None) -> int:
        """Ns that passed since the last look and that the monotonic clock did not count; 0 when none did.

        `boot_ns` (CLOCK_BOOTTIME, where there is one) counts sleep and is never set, so the wall clock is
        not asked then. Without it a wall clock that was set looks like sleep; set back, it is negative.
        """
        has_boot = boot_ns is not None
        apart_ns = (wall_ns if boot_ns is None else boot_ns) - monotonic_ns
        before_ns = self._apart_ns if has_boot == self._had_boot else None
        self._apart_ns, self._had_boot = apart_ns, has_boot
        jump_ns = 0 if before_ns is None else apart_ns - before_ns
        return jump_ns if abs(jump_ns) > LONGEST_NS else 0

"""RecordedSpan: from when to when a recording goes, on its own two clocks. Pure.

Before it: a recording's headers. After it: player, for every stamp; --from and --to.
"""

from msgspec import Struct

from kairos_tui.errors import SettingsInvalid


class RecordedSpan(Struct, frozen=True):
    """`started_ns` on the recording machine's monotonic clock is `started_us` on its wall clock."""

    from_ns: int
    to_ns: int
    started_ns: int
    started_us: int

    def wall_us(self, at_ns: int) -> int:
        """When that was, epoch us."""
        return self.started_us + (at_ns - self.started_ns) // 1_000

    def mono_ns(self, wall_us: int) -> int:
        """The way back, within the recording: what was cut of a microsecond leads to no instant outside."""
        at_ns = self.started_ns + (wall_us - self.started_us) * 1_000
        return min(max(at_ns, self.from_ns), self.to_ns)

    def read(self, option: str, text: str | None) -> int | None:
        """The instant that an option means. Raises SettingsInvalid for what is none, or lies outside."""
        if text is None:
            return None
        from kairos_tui.hud.instants import read_instant

        at_us = read_instant(text, self.wall_us(self.from_ns), self.wall_us(self.to_ns))
        if isinstance(at_us, str):
            raise SettingsInvalid(f"{option}: {at_us}")
        return self.mono_ns(at_us)

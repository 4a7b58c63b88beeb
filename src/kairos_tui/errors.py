"""Errors, grouped by what to do next: wait and try again, drop one and count it, stop and say why.

KairosError
├── Retryable   FeedDown, SinkDown, FleetDown
├── Skippable   FrameRefused, WireRefused, SinkRefused
└── Fatal       SettingsInvalid, FeedRefused, ThemeInvalid, TerminalUnfit, NoVenueReachable,
                SourceUnreachable, RoleLost, OutputLost, CountNotMet, ExtraMissing, PortTaken,
                LinesRefused, ExportRefused, RecordingRefused, FleetRefused
"""


class KairosError(Exception):
    """The root: anything Kairos raises on purpose. Its text is one line a person can act on."""


class Retryable(KairosError):
    """Wait, then try again."""


class Skippable(KairosError):
    """Drop this one, count it, go on."""


class Fatal(KairosError):
    """Stop, and say why."""


class FeedDown(Retryable):
    """A venue cannot be reached, or stopped answering."""


class SinkDown(Retryable):
    """A sink cannot take more now. `taken`: how many of the batch it took before.

    `wait_s` is the least pause the other side asked for.
    """

    def __init__(self, reason: str, *, taken: int = 0, wait_s: float = 0.0) -> None:
        super().__init__(reason)
        self.taken = taken
        self.wait_s = wait_s


class FleetDown(Retryable):
    """The Redis that holds the fleet's roster did not answer in time."""


class FrameRefused(Skippable):
    """A venue sent data that cannot be true: not a number, negative, crossed."""


class WireRefused(Skippable):
    """A message between processes that is not ours: wrong version, wrong shape."""


class SinkRefused(Skippable):
    """A sink will never take this: lost, counted and said. `taken` of the batch came before, then `lost`.

    `lost` None: all the rest of the batch.
    """

    def __init__(self, reason: str, *, taken: int = 0, lost: int | None = None) -> None:
        super().__init__(reason)
        self.taken = taken
        self.lost = lost


class SettingsInvalid(Fatal):
    """A flag, variable, file or key that cannot be used; names where, what and the nearest valid name."""


class FeedRefused(Fatal):
    """A venue that will never serve this: unknown class, no order books."""


class ThemeInvalid(Fatal):
    """A theme file that cannot be drawn with."""


class TerminalUnfit(Fatal):
    """No terminal to draw on."""


class NoVenueReachable(Fatal):
    """Not one venue answered within the deadline."""


class SourceUnreachable(Fatal):
    """What `--from` names gave nothing within the deadline."""


class RoleLost(Fatal):
    """One of our own processes keeps ending; Kairos cannot go on without it."""


class OutputLost(Fatal):
    """Our stdout cannot be written: the disk is full, or the device gone."""


class CountNotMet(Fatal):
    """The time of `--for` was over before `--count` or `--once` was met."""


class ExtraMissing(Fatal):
    """An optional part was asked for whose packages are not installed; says how to install them."""


class PortTaken(Fatal):
    """Not one of the ports that were tried is free."""


class LinesRefused(Fatal):
    """A file that holds no lines of ours, or not what was asked of it."""


class RecordingRefused(Fatal):
    """A recording that cannot be read, or a place where none can be written."""


class ExportRefused(Fatal):
    """A place where an export cannot be written, or must not be."""


class FleetRefused(Fatal):
    """The fleet cannot have us: our name is a living other's, or our versions do not go together."""

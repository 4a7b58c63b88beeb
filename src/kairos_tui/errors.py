"""Errors, grouped by what to do next: wait and try again, drop one and count it, stop and say why.

KairosError
├── Retryable   FeedDown
├── Skippable   FrameRefused, WireRefused
└── Fatal       SettingsInvalid, FeedRefused, ThemeInvalid, TerminalUnfit, NoVenueReachable, RoleLost,
                OutputLost, CountNotMet
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


class FrameRefused(Skippable):
    """A venue sent data that cannot be true: not a number, negative, crossed."""


class WireRefused(Skippable):
    """A message between processes that is not ours: wrong version, wrong shape."""


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


class RoleLost(Fatal):
    """One of our own processes keeps ending; Kairos cannot go on without it."""


class OutputLost(Fatal):
    """Our stdout cannot be written: the disk is full, or the device gone."""


class CountNotMet(Fatal):
    """The time of `--for` was over before `--count` or `--once` was met."""

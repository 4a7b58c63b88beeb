"""The one outcome of a frame."""

from typing import Any

from kairos_tui.feeds.dialects.dialect import Dialect


def outcome_of(dialect: Dialect, frame: str | bytes) -> Any:
    """What the frame says, where it says one thing."""
    (outcome,) = dialect.take(frame) or ()
    return outcome

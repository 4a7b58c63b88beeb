"""Instants: RFC 3339 stamps of venues -> microseconds since 1970. Used by the dialects."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

from msgspec import Meta

Instant = Annotated[datetime, Meta(tz=True)]
"""A stamp as msgspec decodes it; one without an offset is refused."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def microseconds_of(stamp: datetime | None) -> int | None:
    """Whole microseconds."""
    return None if stamp is None else (stamp - EPOCH) // MICROSECOND


def milliseconds_in(microseconds: int | None) -> int | None:
    """Whole milliseconds, rounded down."""
    return None if microseconds is None else microseconds // 1000

"""RedisSink's door: `redis://` and `rediss://`, refused in one line where the extra is not installed."""

from kairos_tui.errors import ExtraMissing
from kairos_tui.sinks.redis_place import place_of
from kairos_tui.sinks.seam import Sink
from kairos_tui.sinks.sink_url import SinkUrl

NEEDS_EXTRA = "redis:// needs the redis package: pip install 'kairos-tui[redis]'"


def open_redis(url: SinkUrl) -> Sink:
    """The sink of a `redis:` URL. Raises ExtraMissing, or SettingsInvalid for an unset `password_env`."""
    try:
        from kairos_tui.sinks.redis_sink import RedisSink
    except ImportError as error:
        raise ExtraMissing(NEEDS_EXTRA) from error
    return RedisSink(place_of(url))

"""venue_names: whether every venue named in the settings can exist. The caller knows which ids there are."""

from collections.abc import Mapping, Sequence

from kairos_tui.errors import SettingsInvalid
from kairos_tui.settings.nearest import nearest, quoted
from kairos_tui.settings.settings import Settings

_LISTED = " (`kairos venues --all` lists them)"


def validate_venues(
    settings: Settings, known: Sequence[str], *, origins: Mapping[str, str] | None = None
) -> None:
    """Every venue and every `[venue.NAME]` table must come down to a known ccxt.pro id.

    `origins` (of Loaded) lets the error say where the name stands. Raises SettingsInvalid.
    """
    places = origins or {}
    for venue in settings.venues:
        _check_class(settings, venue, known, places.get("venues", "venues"))
    for name in settings.venue:
        place = next(
            (at for key, at in places.items() if key.startswith(f"venue.{name}.")), f"[venue.{name}]"
        )
        _check_class(settings, name, known, place)


def _check_class(settings: Settings, venue: str, known: Sequence[str], place: str) -> None:
    ccxt_class = settings.ccxt_class(venue)
    if ccxt_class in known:
        return
    if ccxt_class != venue:
        message = f"class {quoted(ccxt_class)} of [venue.{venue}] is not a ccxt.pro id"
        raise SettingsInvalid(f"{place}: {message}{nearest(ccxt_class, known) or _LISTED}")
    names = [*settings.venue, *known]
    names.remove(venue) if venue in names else None
    raise SettingsInvalid(f"{place}: no venue {quoted(venue)}{nearest(venue, names) or _LISTED}")

"""RecordingView: what is being recorded, how much of it, and what is wrong with it.

Before it: the journal's recorder, in each engine's process. After it: the board; the HUD shows it.
"""

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace


class RecordingView(Struct, frozen=True, array_like=True, gc=False):
    """A recording as its writer sees it: what this start has added to the folder `path`.

    `lost` entries found no room; `trouble` is one sentence on why nothing is written just now, or None.
    """

    path: str
    bytes: int = 0
    entries: int = 0
    lost: int = 0
    trouble: str | None = None

    @property
    def public(self) -> "RecordingView":
        """The same for screens on walls and other machines: the folder's name alone."""
        return replace(self, path=self.path.rstrip("/").rpartition("/")[2])


def add_recordings(views: Sequence[RecordingView | None]) -> RecordingView | None:
    """What several engines write into one folder, as one; None where none records."""
    known = [view for view in views if view is not None]
    if not known:
        return None
    return replace(
        known[0],
        bytes=sum(view.bytes for view in known),
        entries=sum(view.entries for view in known),
        lost=sum(view.lost for view in known),
        trouble=next((view.trouble for view in known if view.trouble), None),
    )

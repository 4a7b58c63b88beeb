"""Version: which words are spoken between processes, and what is said of others.

Before it: nobody. After it: codec and the door, which refuse what they cannot read, and name both versions.
"""

from typing import Final

VERSION: Final = 2
FORMER: Final = 1
"""The one before is read as well, so that a fleet can be renewed machine by machine. It has no clocks."""
READS: Final = (bytes((FORMER,)), bytes((VERSION,)))
WRITES: Final = READS[-1]


def foreign_version(version: int) -> str:
    """Why what has this version is not read, for people."""
    return f"wire version {version}, this Kairos reads {FORMER} and {VERSION}"

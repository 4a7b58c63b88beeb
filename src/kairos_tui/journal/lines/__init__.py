"""lines: our JSON lines, read back: from a file that somebody names, one by one, in bounded memory.

line_source -> told_reader, which makes what told describes of each.
"""

from kairos_tui.journal.lines.line_source import LineFileSource, Lines, RotatedLines
from kairos_tui.journal.lines.told_reader import ToldReader

__all__ = ["LineFileSource", "Lines", "RotatedLines", "ToldReader"]

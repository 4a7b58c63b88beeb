"""say: the only place that prints. Data to stdout, one line per error to stderr, nothing a terminal obeys."""

import sys

_LONGEST = 600
_BIDI_AND_JOINERS = {*range(0x200B, 0x2010), *range(0x2028, 0x202F), *range(0x2060, 0x2070), 0xFEFF}


def one_line(text: str) -> str:
    """Text that stays on its line and cannot drive a terminal: controls become visible escapes."""
    line = "".join(map(_visible, text))
    return line if len(line) <= _LONGEST else line[: _LONGEST - 3] + "..."


def say_error(message: str) -> None:
    """One line on stderr. A stderr that is gone is no reason to fail."""
    try:
        sys.stderr.write(f"kairos: {one_line(message)}\n")
        sys.stderr.flush()
    except (OSError, ValueError):
        return


def say(line: str) -> None:
    """One line of data on stdout."""
    sys.stdout.write(line + "\n")


def say_rows(rows: list[tuple[str, ...]]) -> None:
    """Lines of data in columns, two spaces apart; the last column is as long as it likes."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row[:-1], widths[:-1], strict=True)]
        say("  ".join([*map(one_line, cells), one_line(row[-1])]).rstrip())


def _visible(character: str) -> str:
    code = ord(character)
    if code in (0x0A, 0x0D, 0x09):
        return " "
    if code < 0x20 or 0x7F <= code < 0xA0:
        return f"\\x{code:02x}"
    if code in _BIDI_AND_JOINERS or 0xD800 <= code < 0xE000:
        return f"\\u{code:04x}"
    return character

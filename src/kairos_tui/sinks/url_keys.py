"""URL keys: what may follow the `?` of a sink's URL, its bounds and its default.

Before it: schemes, which lists them. After it: urls, which reads them.
"""

from math import isfinite

from msgspec import Struct

from kairos_tui.sinks.nearest import nearest

Value = int | float | str | bool | tuple[str, ...]


class Whole(Struct, frozen=True):
    """A whole number."""

    default: int
    least: int
    most: int

    def read(self, text: str) -> int:
        """Raises ValueError with what would have been valid."""
        if text.isascii() and text.isdigit() and self.least <= int(text[:20]) <= self.most:
            return int(text)
        raise ValueError(f"must be a whole number from {self.least} to {self.most}")


class Number(Struct, frozen=True):
    """A number."""

    default: float
    least: float
    most: float

    def read(self, text: str) -> float:
        """Raises ValueError with what would have been valid."""
        try:
            number = float(text)
        except ValueError:
            number = float("nan")
        if isfinite(number) and self.least <= number <= self.most:
            return number
        raise ValueError(f"must be a number from {self.least:g} to {self.most:g}")


class Text(Struct, frozen=True):
    """A name or a path."""

    default: str
    longest: int = 255

    def read(self, text: str) -> str:
        """Raises ValueError with what would have been valid."""
        if len(text) <= self.longest and text.isprintable():
            return text
        raise ValueError(f"must be printable text of at most {self.longest} characters")


class Words(Struct, frozen=True):
    """Some of the valid words, with commas between."""

    default: tuple[str, ...]
    valid: tuple[str, ...]

    def read(self, text: str) -> tuple[str, ...]:
        """Raises ValueError with what would have been valid."""
        words = tuple(dict.fromkeys(word.strip() for word in text.split(",") if word.strip()))
        for word in words:
            if word not in self.valid:
                raise ValueError(f"has no {word[:40]!r}{nearest(word, self.valid) or self._all()}")
        if not words:
            raise ValueError(f"names nothing{self._all()}")
        return words

    def _all(self) -> str:
        return f" (there are {', '.join(self.valid)})"


class YesNo(Struct, frozen=True):
    """yes or no."""

    default: bool

    def read(self, text: str) -> bool:
        """Raises ValueError with what would have been valid."""
        if text in ("yes", "no"):
            return text == "yes"
        raise ValueError("must be yes or no")


Key = Whole | Number | Text | Words | YesNo

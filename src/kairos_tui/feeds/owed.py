"""Owed: the book that a venue owes one stream, since when, and how long it may take. Used by Stream."""


class Owed:
    """`unanswered` debts in a row; `asked_ns` is when the subscription left, 0 before. `hindrance` is what
    REST said last, where it gave nothing that could be used."""

    def __init__(self) -> None:
        self.unanswered = 0
        self.settle()

    def settle(self) -> None:
        """The book came, or nothing is owed any more."""
        self.asked_ns = self._since_ns = self._within_ns = 0
        self.hindrance = ""

    def owe(self, since_ns: int, within_ns: int) -> None:
        self._since_ns, self._within_ns = since_ns, within_ns

    @property
    def is_open(self) -> bool:
        return self._since_ns > 0

    def late_ns(self, now_ns: int) -> int:
        """How long it has been owed, once that is too long; else 0."""
        waited_ns = now_ns - self._since_ns
        return waited_ns if self.is_open and waited_ns > self._within_ns else 0

"""Paint: the few colours that text on a terminal may have; none of them in a pipe.

Before it: cli, which knows where stdout leads. After it: receipt_text, scorecard_text.
"""

from msgspec import Struct


class Paint(Struct, frozen=True):
    """Wraps text in colours, or leaves it as it is."""

    on: bool = False

    def strong(self, text: str) -> str:
        """What is read first."""
        return self._wrap("1", text)

    def faint(self, text: str) -> str:
        """What is read last."""
        return self._wrap("2", text)

    def good(self, text: str) -> str:
        """A gain, or agreement."""
        return self._wrap("32", text)

    def bad(self, text: str) -> str:
        """A loss, or a difference."""
        return self._wrap("31", text)

    def accent(self, text: str) -> str:
        """A heading, a bar."""
        return self._wrap("36", text)

    def _wrap(self, code: str, text: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.on and text else text

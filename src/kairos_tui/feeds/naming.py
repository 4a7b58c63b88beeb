"""Naming: does a venue's message speak of this market? Used by Stream."""

import re


class Names:
    """One market's names, each as a whole word: BTC-USD is not in BTC-USDT."""

    def __init__(self, *names: str) -> None:
        words = "|".join(re.escape(name) for name in dict.fromkeys(names))
        self._any = re.compile(rf"(?<![A-Za-z0-9])(?:{words})(?![A-Za-z0-9])", re.IGNORECASE)

    def are_in(self, text: str) -> bool:
        return self._any.search(text) is not None

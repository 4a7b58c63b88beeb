"""prometheus_text: what /metrics says -> samples. For doctor, which may be without the library."""

import re
from typing import NamedTuple

_SAMPLE = re.compile(r"(?P<name>[a-zA-Z_:][\w:]*)(?:\{(?P<labels>.*)\})?[ \t]+(?P<value>\S+)")
_LABEL = re.compile(r'(?P<name>[a-zA-Z_]\w*)="(?P<value>(?:[^"\\]|\\.)*)"')
_ESCAPES = {r"\\": "\\", r"\"": '"', r"\n": "\n"}
_MOST_SAMPLES = 20_000


class Sample(NamedTuple):
    """One line."""

    labels: dict[str, str]
    value: float


class Samples:
    """All of one scrape, by name. What is not understood is left out."""

    def __init__(self, text: str) -> None:
        self._by_name: dict[str, list[Sample]] = {}
        for line in text.splitlines()[:_MOST_SAMPLES]:
            found = None if line.startswith("#") else _SAMPLE.fullmatch(line.strip())
            if found:
                self._add(found)

    def of(self, name: str) -> list[Sample]:
        """Every sample of a metric; none where it is not there."""
        return self._by_name.get(name, [])

    def value(self, name: str) -> float | None:
        """Of a metric without labels, or the first of those it has."""
        return next((sample.value for sample in self.of(name)), None)

    def label(self, name: str, label: str) -> str:
        """Of an info metric; empty where it is not there."""
        return next((sample.labels.get(label, "") for sample in self.of(name)), "")

    def by(self, name: str, label: str) -> dict[str, float]:
        """Values by one label."""
        return {sample.labels.get(label, ""): sample.value for sample in self.of(name)}

    def _add(self, found: re.Match[str]) -> None:
        try:
            value = float(found["value"])
        except ValueError:
            return
        labels = {each["name"]: _unescaped(each["value"]) for each in _LABEL.finditer(found["labels"] or "")}
        self._by_name.setdefault(found["name"], []).append(Sample(labels, value))


def _unescaped(text: str) -> str:
    return re.sub(r"\\.", lambda found: _ESCAPES.get(found[0], found[0]), text)

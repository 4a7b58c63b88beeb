"""The recorded exchange data, read where it lies beside the project; a test without it is skipped."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parents[3] / ".." / "shared" / "data" / "raw_ws"


def recording(name: str) -> Path:
    path = FOLDER / name
    if not path.exists():
        pytest.skip(f"the recorded exchange data is not here: {name}")
    return path


def received(name: str) -> Iterator[str]:
    """The frames of a cryptofeed capture, in order; what its client sent is left out."""
    with gzip.open(recording(f"cryptofeed/{name}.gz"), "rt") as lines:
        for line in lines:
            stamp, _, frame = line.rstrip("\n").partition(": ")
            if frame and not stamp.startswith("wss"):
                yield frame


def answered(name: str) -> Iterator[tuple[str, str]]:
    """(url, body) of a capture's REST answers."""
    with gzip.open(recording(f"cryptofeed/{name}.gz"), "rt") as lines:
        for line in lines:
            head, _, body = line.rstrip("\n").partition(": ")
            if " -> " in head:
                yield head.partition(" -> ")[0], body


def read_json(name: str) -> Any:
    with gzip.open(recording(name), "rt") as file:
        return json.load(file)

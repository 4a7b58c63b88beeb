"""Page files: the page as it lies in the package, read and packed once. What is no file of it does not exist.

Before it: mirror/page. After it: server's routes.
"""

import gzip
import hashlib
from collections.abc import Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

from msgspec import Struct

_TYPES: Final = {
    "html": "text/html; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "mjs": "text/javascript; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "json": "application/json",
    "svg": "image/svg+xml",
    "png": "image/png",
    "woff2": "font/woff2",
    "txt": "text/plain; charset=utf-8",
}
_MOST_BYTES: Final = 1 << 20


class PageFile(Struct, frozen=True):
    """One file's bytes, the same gzipped, what they are, and a name for this very version of them."""

    body: bytes
    packed: bytes
    content_type: str
    etag: str


def load_page(folder: Traversable | None = None) -> Mapping[str, PageFile]:
    """URL path -> file; `/` is index.html."""
    found: dict[str, PageFile] = {}
    _load(folder or files("kairos_tui.mirror") / "page", "/", found)
    if "/index.html" in found:
        found["/"] = found["/index.html"]
    return found


def _load(folder: Traversable, path: str, found: dict[str, PageFile]) -> None:
    if not folder.is_dir():
        return
    for entry in folder.iterdir():
        content_type = _TYPES.get(entry.name.rpartition(".")[2])
        if entry.is_dir():
            _load(entry, f"{path}{entry.name}/", found)
        elif content_type and not entry.name.startswith("."):
            body = entry.read_bytes()[:_MOST_BYTES]
            etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
            found[path + entry.name] = PageFile(body, gzip.compress(body, 9, mtime=0), content_type, etag)

"""The page as it lies in the package: what is vendored is what was published, and nothing else can run."""

import gzip
import hashlib
import json
import re
from importlib.resources import files
from pathlib import Path

PAGE = Path(str(files("kairos_tui.mirror"))) / "page"
VENDOR = PAGE / "vendor"
OURS = [
    path
    for path in sorted(PAGE.rglob("*"))
    if path.suffix in (".js", ".css", ".html") and VENDOR not in path.parents
]
LOADED = [*OURS, PAGE / "favicon.svg", *sorted(VENDOR.glob("*.js"))]
MOST_BYTES = 150_000
MOST_BYTES_OF_A_MODULE = 9_000
DANGEROUS = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|createContextualFragment|DOMParser"
    r"|\beval\b|new Function|setAttribute\(\s*[\"']style|srcdoc|setTimeout\(\s*[\"']"
)


def test_what_is_vendored_is_what_was_published():
    told = json.loads((VENDOR / "VENDOR.json").read_text())
    assert {each["file"] for each in told} == {path.name for path in VENDOR.glob("*.js")}
    for each in told:
        assert re.fullmatch(r"\d+\.\d+\.\d+", each["version"]), each["name"]
        assert each["licence"] == "MIT"
        assert hashlib.sha256((VENDOR / each["file"]).read_bytes()).hexdigest() == each["sha256"]
        assert "Permission is hereby granted" in (VENDOR / each["licence_file"]).read_text()


def test_no_text_is_ever_made_into_markup_or_code():
    for path in OURS:
        assert not DANGEROUS.search(path.read_text()), path.name


def test_the_document_has_no_inline_script_style_or_handler():
    document = (PAGE / "index.html").read_text()
    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", document)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", document))
    assert not re.search(r"https?://", document)


def test_every_module_is_small_and_says_what_it_is_for():
    for path in OURS:
        if path.suffix == ".js":
            assert path.read_text().startswith("// ")
            assert path.stat().st_size <= MOST_BYTES_OF_A_MODULE, path.name


def test_the_whole_page_is_small_on_the_wire():
    assert sum(len(gzip.compress(path.read_bytes(), 9)) for path in LOADED) <= MOST_BYTES

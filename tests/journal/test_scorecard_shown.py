"""The scorecard as text and as a page: within its width, harmless, and nothing that runs or is fetched."""

from html.parser import HTMLParser
from pathlib import Path

import pytest
from tests.journal.made_journal import MadeRun, made_lines

from kairos_tui.journal.lines import LineFileSource, ToldReader
from kairos_tui.journal.paint import Paint
from kairos_tui.journal.report import score, scorecard_lines, scorecard_page

EVIL = '"><script>alert(1)</script>\x1b[2J\u202e&'


def card_of(path: Path, *lines: bytes):
    path.write_bytes(b"\n".join(lines))
    return score(ToldReader(LineFileSource(path)))


@pytest.fixture
def busy(tmp_path: Path):
    return card_of(tmp_path / "x.jsonl", *made_lines(300))


@pytest.fixture
def evil(tmp_path: Path):
    run = MadeRun(run=EVIL, feed=EVIL)
    words = {"buy_venue": EVIL, "sell_venue": EVIL, "buy_symbol": f"{EVIL}/{EVIL}", "quote": EVIL}
    lines = [
        run.venue(EVIL, "live", symbol=EVIL),
        run.venue(EVIL, "down", symbol=EVIL, reason=EVIL),
        run.signal(1, "open", 5.0, **words),
        run.signal(1, "close", 5.0, reason=EVIL, **words),
        run.signal(2, "open", 6.0, **words),
        run.markout(1, 100, None, EVIL),
        run.line("gap", from_seq=1, to_seq=1, count=1, reason=EVIL),
    ]
    return card_of(tmp_path / "evil<b>.jsonl", *lines)


@pytest.mark.parametrize("columns", [20, 80, 100, 120, 500])
def test_the_text_is_as_wide_as_there_is_room(busy, columns: int) -> None:
    lines = list(scorecard_lines(busy, columns, Paint()))

    widest = max((line for line in lines if not line.startswith("KAIROS REPORT")), key=len)
    assert len(widest) <= min(max(columns, 80), 120), widest
    for title in (
        "SIGNALS  300 opened",
        "EDGES",
        "LIFETIMES",
        "HIT RATES",
        "CHANCES",
        "ROUTES",
        "VENUES",
        "LOST",
    ):
        assert any(line.startswith(title) for line in lines), title
    assert "\x1b" not in "".join(lines)


def test_hostile_words_are_harmless_in_a_terminal(evil) -> None:
    text = "".join(scorecard_lines(evil, 80, Paint()))

    assert "\x1b" not in text
    assert "\u202e" not in text


def test_a_journal_without_signals_says_so(tmp_path: Path) -> None:
    run = MadeRun()
    card = card_of(tmp_path / "x.jsonl", run.hello(), run.venue("okx", "live"))

    assert "SIGNALS  none: nothing reached the threshold" in list(scorecard_lines(card, 80, Paint()))
    assert "<svg" in scorecard_page(card)


class Checker(HTMLParser):
    """Tags that open and close in order, and everything that could run or be fetched."""

    VOID = frozenset({"meta", "br"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.wrong: list[str] = []
        self.said = ""

    def handle_starttag(self, tag, attrs) -> None:
        self.seen.add(tag)
        if tag not in self.VOID:
            self.open.append(tag)
        self.wrong += [
            f"{tag} {name}" for name, _ in attrs if name in ("src", "href", "style") or name[:2] == "on"
        ]

    def handle_startendtag(self, tag, attrs) -> None:
        self.seen.add(tag)

    def handle_endtag(self, tag) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}>")

    def handle_data(self, data) -> None:
        self.said += data


@pytest.mark.parametrize("which", ["busy", "evil"])
def test_the_page_is_whole_and_neither_runs_nor_fetches_anything(which, request) -> None:
    page = scorecard_page(request.getfixturevalue(which))
    checker = Checker()
    checker.feed(page)

    assert checker.wrong == []
    assert checker.open == []
    assert not checker.seen & {"script", "iframe", "object", "embed", "link", "img", "form", "base", "b "}
    assert "default-src 'none'" in page
    assert "http://" not in page.replace("http-equiv", "")
    assert "https://" not in page
    assert "\x1b" not in page
    assert "\u202e" not in page


def test_the_page_has_every_chart_and_every_table(busy) -> None:
    page = scorecard_page(busy)

    assert page.count("<figure>") == 6
    assert page.count("<table>") == 4  # paper, routes, venues, lost
    assert "prefers-color-scheme:light" in page


def test_what_a_stranger_wrote_stands_there_as_text(evil) -> None:
    checker = Checker()
    checker.feed(scorecard_page(evil))

    assert '"><script>alert(1)</script>' in checker.said

"""A sink's URL is read without touching the world; what is wrong is said with the nearest name, no secret."""

import pytest

from kairos_tui.errors import SettingsInvalid
from kairos_tui.sinks import check_url, read_url, without_secrets

REFUSED = [
    ("flie:x", "no sink takes flie: (did you mean file:?)"),
    ("lines.jsonl", "is not a URL like file:lines.jsonl"),
    ("kafka://h", "no sink takes kafka: (there are file:, http:, https:, exec:, redis:, rediss:"),
    ("", "is not a URL"),
    ("file:", "names no file"),
    ("file://host/x", "names a path on this machine"),
    ("file:x?max_mbb=1", "has no key 'max_mbb' (did you mean max_mb?)"),
    ("file:x?batch=1", "has no key 'batch' (there are max_mb, keep, emit, events, life, queue)"),
    ("file:x?max_mb=lots", "max_mb must be a number from 0"),
    ("file:x?keep=0", "keep must be a whole number from 1 to 1000"),
    ("file:x?keep=1&keep=2", "keep is given twice"),
    ("file:x?emit=signals", "emit has no 'signals' (did you mean signal?)"),
    ("file:x?emit=", "emit names nothing (there are signal, venue, quote, fill, markout)"),
    ("file:x?events=opened", "events has no 'opened' (did you mean open?)"),
    ("file:x?queue=0", "queue must be a whole number from 10 to 1000000"),
    ("file:x?life=1", "life must be yes or no"),
    ("file:a\nb", "one printable line"),
    ("http://", "names no host"),
    ("https://h:0/x", "names no host"),
    ("https://h:x/x", "names no host"),
    ("https://user:hunter2@h/x", "may not hold a user or password"),
    ("https://h/x#part", "may not hold a # part"),
    ("https://h/x?secret_evn=A", "has no key 'secret_evn' (did you mean secret_env?)"),
    ("https://h/x?batch=0", "batch must be a whole number from 1 to 1000"),
    ("exec:", "names no command"),
    ("exec:a 'b", "no closing quotation"),
    ("redis://", "names no host"),
    ("redis://:hunter2@h/one", "database 'one' must be a number"),
    ("redis://:hunter2@h?maxlem=3", "has no key 'maxlem' (did you mean maxlen?)"),
    ("x" * 5_000 + ":", "at most 4096"),
]


@pytest.mark.parametrize(("text", "said"), REFUSED, ids=[text[:30] for text, _ in REFUSED])
def test_a_wrong_url_is_refused_in_one_line(text: str, said: str) -> None:
    with pytest.raises(SettingsInvalid) as refusal:
        check_url(text)

    assert said in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert "hunter2" not in str(refusal.value)
    assert len(str(refusal.value)) < 250


def test_every_sink_has_a_queue_and_chooses_its_lines() -> None:
    url = read_url("file:lines.jsonl?emit=quote,signal&events=open,close&queue=500&life=no")

    assert (url.scheme, url.target) == ("file", "lines.jsonl")
    assert url.emit == {"quote", "signal"}
    assert url.events == {"open", "close"}
    assert (url.queue, url.life) == (500, False)


@pytest.mark.parametrize(
    ("text", "emit", "events", "life"),
    [
        ("file:x", {"signal", "venue"}, {"open", "update", "close"}, True),
        ("redis://h", {"signal", "venue"}, {"open", "update", "close"}, True),
        ("https://h/x", {"signal"}, {"open", "close"}, False),
        ("exec:./alert.sh", {"signal"}, {"open"}, False),
    ],
)
def test_what_each_kind_is_told_unless_the_url_says_otherwise(text, emit, events, life) -> None:
    url = read_url(text)

    assert (url.emit, url.events, url.life) == (emit, events, life)


def test_keys_that_are_not_ours_belong_to_the_webhooks_own_server() -> None:
    url = read_url("https://h/x?token=a%2Fb&batch=5&v=2")

    assert url.target == "//h/x?token=a%2Fb&v=2"
    assert url.whole("batch") == 5


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("exec:./alert.sh --to a,b", "./alert.sh --to a,b"),
        ("exec:curl https://h/x?y=1", "curl https://h/x?y=1"),
        ("exec:./alert.sh x?per_s=2&timeout_s=3", "./alert.sh x"),
        ("exec:test -f x?", "test -f x?"),
    ],
)
def test_only_known_keys_make_a_query_behind_a_command(text: str, command: str) -> None:
    assert read_url(text).target == command


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("redis://:hunter2@h:1/0?stream=a", "redis://***@h:1/0?stream=a"),
        ("redis://me:hunter2@h/0", "redis://***@h/0"),
        ("https://hooks.example/services/T0/hunter2", "https://hooks.example/services/***"),
        ("https://h/x?code=hunter2&batch=3", "https://h/x?code=***&batch=3"),
        ("HTTPS://user:hunter2@h/x", "HTTPS://***@h/x"),
        ("mine://h/x?token=hunter2", "mine://h/x?token=***"),
        ("file:lines.jsonl?max_mb=3", "file:lines.jsonl?max_mb=3"),
    ],
)
def test_a_url_is_shown_without_what_is_secret_in_it(text: str, shown: str) -> None:
    assert without_secrets(text) == shown

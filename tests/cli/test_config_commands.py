"""The promise: one can find, write, see and check the configuration without reading a manual."""

import stat
import tomllib


def test_path_is_where_init_writes_and_what_show_reads(kairos) -> None:
    path = kairos("config", "path").out.strip()

    said = kairos("config", "init")

    assert (said.code, said.out.strip(), path) == (0, path, str(kairos.config_file))
    made = (kairos.config_file.parent, kairos.config_file)
    assert [stat.S_IMODE(each.stat().st_mode) for each in made] == [0o700, 0o600]
    kairos.config_file.write_text(kairos.config_file.read_text().replace("#fps = 30", "fps = 12"))
    shown = kairos("config", "show", "--origin").out
    line = next(line for line in shown.splitlines() if line.startswith("fps"))
    assert line.startswith(f"fps = 12  # {path}:")


def test_what_init_writes_is_valid(kairos) -> None:
    kairos("config", "init")

    said = kairos("config", "validate")

    assert (said.code, said.out, said.err) == (0, f"ok  {kairos.config_file}\n", "")


def test_init_replaces_nothing_unasked(kairos) -> None:
    kairos("config", "init")
    kairos.config_file.write_text("fps = 12\n")

    assert "is there already: --force replaces it" in kairos("config", "init").refusal
    assert kairos.config_file.read_text() == "fps = 12\n"
    kairos.config_file.chmod(0o644)
    assert kairos("config", "init", "--force").code == 0
    assert stat.S_IMODE(kairos.config_file.stat().st_mode) == 0o600
    assert "min_net_bps" in kairos.config_file.read_text()


def test_init_where_no_file_can_be_is_one_line(kairos) -> None:
    kairos.config_file.parent.parent.write_text("in the way")

    assert "cannot be" in kairos("config", "init").refusal


def test_show_prints_toml_that_means_the_same(kairos) -> None:
    kairos.write("seed = 5\n[venue.okx]\ntaker_bps = 8.5\n")

    shown = tomllib.loads(kairos("config", "show").out)

    assert (shown["seed"], shown["mood"], shown["venue"]) == (5, "lively", {"okx": {"taker_bps": 8.5}})


def test_validate_names_the_first_fault(kairos) -> None:
    (kairos.cwd / "other.toml").write_text("fps = 12\ndwell_ms = -1\n")

    assert kairos("config", "validate", "other.toml").refusal.endswith(
        "other.toml:2: dwell_ms = -1: must be a whole number from 0 to 60000"
    )


def test_validate_without_a_file_says_so(kairos) -> None:
    said = kairos("config", "validate")

    assert (said.code, said.out) == (0, "")
    assert "no config file is read" in said.err


def test_show_hides_what_is_secret_in_a_sinks_url(kairos) -> None:
    kairos.write(
        'sinks = ["redis://:hunter2@h:1/0?stream=s", "https://h/x/hunter2?code=hunter2", "file:x"]\n'
    )

    said = kairos("config", "show", "--origin")

    assert "hunter2" not in said.out
    shown = tomllib.loads(said.out)["sinks"]
    assert shown == ["redis://***@h:1/0?stream=s", "https://h/x/***?code=***", "file:x"]


def test_show_hides_the_mirrors_token_and_what_is_secret_in_the_fleets_url(kairos) -> None:
    assert tomllib.loads(kairos("config", "show").out)["mirror_token"] == ""
    kairos.write('mirror_token = "hunter2-hunter2-hunter2"\nfleet = "rediss://me:hunter2@h:1/0"\n')

    said = kairos("config", "show")

    assert "hunter2" not in said.out
    shown = tomllib.loads(said.out)
    assert (shown["mirror_token"], shown["fleet"]) == ("***", "rediss://***@h:1/0")


def test_validate_refuses_a_sink_that_could_not_work(kairos) -> None:
    kairos.write('seed = 5\nsinks = ["redis://:hunter2@h?maxlem=3"]\n')

    said = kairos("config", "validate").refusal

    assert said.endswith(
        "kairos.toml:2: 'redis://***@h?maxlem=***': has no key 'maxlem' (did you mean maxlen?)"
    )

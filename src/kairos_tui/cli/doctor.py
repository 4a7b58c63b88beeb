"""doctor: one line per thing that can be wrong with this machine, and what to do about it."""

import json

from kairos_tui.cli.options import ConfigOption, JsonOption
from kairos_tui.cli.say import say, say_rows


def doctor(as_json: JsonOption = False, config: ConfigOption = None) -> int:
    """Say what is wrong with this machine, and what to do.

    Exit code 1 when something fails, 0 when the worst is a warning."""
    from kairos_tui.cli.checks import run_checks

    findings = run_checks(config)
    if as_json:
        say(json.dumps([finding._asdict() for finding in findings], indent=2))
    else:
        say_rows([(finding.level.ljust(4), finding.name, finding.sentence) for finding in findings])
    return 1 if any(finding.level == "fail" for finding in findings) else 0

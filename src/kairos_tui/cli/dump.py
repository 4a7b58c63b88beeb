"""dump: what every process of the running Kairos is doing just now, for a report of a hang."""

from kairos_tui.cli.options import JsonOption
from kairos_tui.cli.say import say
from kairos_tui.errors import SourceUnreachable


def dump(as_json: JsonOption = False) -> int:
    """Print the stacks of all processes of this user's Kairos. They go on. Names only, no values; Linux only.

    Exit code 1 when a process gave none, 3 when no Kairos runs."""
    from kairos_tui.runtime.stacks import dump_all

    found = dump_all()
    if not found:
        raise SourceUnreachable("no Kairos runs here as this user, or it is not Linux")
    if as_json:
        import json

        say(json.dumps([each._asdict() for each in found], indent=2))
    else:
        for each in found:
            say(f"== {each.role}, pid {each.pid}\n{each.text or each.why}\n".rstrip("\n") + "\n")
    return 1 if any(each.why for each in found) else 0

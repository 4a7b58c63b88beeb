"""keys: what each key of the HUD does."""

from itertools import groupby

from kairos_tui.cli.say import say, say_rows


def keys() -> None:
    """List the keys of the HUD."""
    from kairos_tui.runtime import facts

    table = facts.key_table()
    groups = list(dict.fromkeys(group for _, group, _ in table))
    in_order = sorted(table, key=lambda row: groups.index(row[1]))
    for group, rows in groupby(in_order, key=lambda row: row[1]):
        say(f"{group}:")
        say_rows([(f"  {pressed}", does) for pressed, _, does in rows])

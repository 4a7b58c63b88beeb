"""A Dockerfile as data: stages of instructions. Enough of its grammar for ours."""

import json
import re
import shlex
from typing import NamedTuple


class Instruction(NamedTuple):
    """`RUN`, `COPY` … and the rest of its line, continued lines joined."""

    name: str
    rest: str

    @property
    def words(self) -> list[str]:
        """Of the exec form, or as a shell would split them."""
        found: list[str] = json.loads(self.rest) if self.rest.startswith("[") else shlex.split(self.rest)
        return found


def read_stages(text: str) -> list[list[Instruction]]:
    """What stands before the first FROM, then each stage, which begins with its FROM."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n\s*", " ", "\n".join(lines))
    stages: list[list[Instruction]] = [[]]
    for line in filter(str.strip, joined.splitlines()):
        name, _, rest = line.partition(" ")
        if name == "FROM":
            stages.append([])
        stages[-1].append(Instruction(name, rest.strip()))
    return stages

"""usage: typer's usage errors, said in one line with the nearest name. Used by entry."""

import re

from typer._click.core import Parameter
from typer._click.exceptions import BadParameter, ClickException, MissingParameter, NoSuchOption, UsageError
from typer.core import TyperGroup

from kairos_tui.settings.nearest import nearest

_NO_COMMAND = re.compile(r"No such command (?P<name>.+)\.$", re.DOTALL)
_EXAMPLES = {"symbols": "kairos watch BTC/USDT"}


def usage_line(error: ClickException) -> str:
    """What was wrong and what was probably meant."""
    match error:
        case NoSuchOption(option_name=name):
            return f"no option {name}{_nearest_option(error) or _see_help(error)}"
        case MissingParameter(param=Parameter(name=name)) if name in _EXAMPLES:
            return f"{_path(error)} needs a symbol, as in: {_EXAMPLES[name]}"
        case MissingParameter(param=Parameter() as param):
            return f"{_path(error)} needs {_as_typed(param)}{_see_help(error)}"
        case _:
            return _other_line(error)


def _as_typed(param: Parameter) -> str:
    """`--from URL` of an option, the name of an argument."""
    option = max(param.opts, key=len)
    metavar = getattr(param, "metavar", None) or ""
    return f"{option} {metavar}".strip() if option.startswith("-") else param.human_readable_name.upper()


def _other_line(error: ClickException) -> str:
    if isinstance(error, BadParameter) and isinstance(error.param, Parameter):
        return f"{max(error.param.opts, key=len)}: {error.message.rstrip('.')}"
    message = error.format_message()
    unknown = _NO_COMMAND.match(message)
    if unknown and isinstance(error, UsageError) and error.ctx:
        name = unknown["name"].strip("'\"")
        commands = error.ctx.command.commands if isinstance(error.ctx.command, TyperGroup) else {}
        return f"no command {name}{nearest(name, commands) or _see_help(error)}"
    return message[:1].lower() + message[1:].rstrip(".")


def _nearest_option(error: NoSuchOption) -> str:
    """Compared without the dashes, which would make any two options alike."""
    params = error.ctx.command.get_params(error.ctx) if error.ctx else []
    options = [option.lstrip("-") for param in params for option in param.opts]
    return nearest(error.option_name.lstrip("-"), options).replace("mean ", "mean --")


def _path(error: UsageError) -> str:
    return error.ctx.command_path if error.ctx else "kairos"


def _see_help(error: ClickException) -> str:
    """Where the valid names are, for when none of them is near."""
    return f" (see {_path(error)} --help)" if isinstance(error, UsageError) else ""

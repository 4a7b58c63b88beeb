"""cli: flags -> settings -> runtime. One module per command; it alone prints, and picks exit codes.

__main__ -> entry (every error becomes one line) -> app (typer) -> a command -> runtime.
At import time nothing here knows more than the standard library and typer.
"""

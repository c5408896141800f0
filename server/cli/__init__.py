"""The command `yunkai`. A module here is a command of its name, or adds several by `add(app)`."""

import importlib
import pkgutil
import sys

import typer

app = typer.Typer(
    name="yunkai", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False
)


@app.callback()
def yunkai() -> None:
    """Yunkai 云开: remote bid openings anyone can check."""


def main() -> None:
    """Runs the command line."""
    names = sorted(each.name for each in pkgutil.iter_modules(__path__))
    # The others are only read where their names are asked for: that takes seconds.
    asked = [name for name in names if name in sys.argv[1:2]]
    for name in asked or names:
        module = importlib.import_module(f"{__name__}.{name}")
        if hasattr(module, "add"):
            module.add(app)
        elif hasattr(module, name):
            app.command()(getattr(module, name))
    app()

"""What commands ask a person for, or take from the environment when nobody is there."""

import os

import typer


def passphrase(what: str, confirm: bool = False) -> str:
    """The passphrase of a key file: YUNKAI_PASSPHRASE, else asked for."""
    given = os.environ.get("YUNKAI_PASSPHRASE")
    if given is not None:
        return given
    return str(typer.prompt(what, hide_input=True, confirmation_prompt=confirm))


def password(login: str) -> str:
    """The password of an account: YUNKAI_PASSWORD, else asked for."""
    given = os.environ.get("YUNKAI_PASSWORD")
    if given is not None:
        return given
    return str(typer.prompt(f"{login} 的密码 password", hide_input=True))

"""Personal data as records show them: enough to tell whose they are, too little to use them."""

from collections.abc import Callable

STAR = "*"
"""What stands for one hidden character."""


def name(text: str) -> str:
    """First and last character of a person's name (王*明, 李*); 欧阳 and other names alike."""
    text = text.strip()
    if len(text) <= 1:
        return STAR if text else ""
    if len(text) == 2:
        return text[0] + STAR
    return text[0] + STAR * (len(text) - 2) + text[-1]


def number(text: str) -> str:
    """Four characters at each end of the number of a document, fewer at the front of a short
    one."""
    return _ends(text, 4, 4)


def phone(text: str) -> str:
    """A telephone number: three digits, four hidden, four shown."""
    return _ends(text, 3, 4)


def account(text: str) -> str:
    """The last four digits of a bank account."""
    return _ends(text, 0, 4)


def text(text: str) -> str:
    """Anything else that belongs to a person: its length alone, up to eight characters."""
    return STAR * min(len(text), 8)


MASKS: dict[str, Callable[[str], str]] = {
    "name": name,
    "number": number,
    "phone": phone,
    "account": account,
}


def _ends(whole: str, first: int, last: int) -> str:
    whole = whole.strip()
    # Of a short number fewer are shown: four characters at least are always hidden.
    room = max(len(whole) - 4, 0)
    last = min(last, room)
    first = min(first, room - last)
    tail = whole[len(whole) - last :]
    return whole[:first] + STAR * (len(whole) - first - last) + tail

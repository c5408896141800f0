"""The codecs of an opening: its events, its commands, its terms."""

from typing import Any

from rooms import codec
from rooms.opening.commands import Command, PersonCommand
from rooms.opening.events import Event
from rooms.opening.terms import Terms

EVENTS: codec.Tagged[Event] = codec.Tagged(Event)
COMMANDS: codec.Tagged[PersonCommand] = codec.Tagged(PersonCommand)
"""People's commands: what may come over HTTP."""
EVERY_COMMAND: codec.Tagged[Command] = codec.Tagged(Command)


def encode_terms(terms: Terms) -> dict[str, Any]:
    """The terms as JSON: what the API sends and what the manifest repeats."""
    members: dict[str, Any] = codec.encode(terms)
    return members


def decode_terms(data: object, path: str = "terms") -> Terms:
    """The terms in plain JSON."""
    return codec.decode(Terms, data, path)

"""The codecs of a session: its events and its commands."""

from rooms import codec
from rooms.counter.commands import Command, PersonCommand
from rooms.counter.events import Event

EVENTS: codec.Tagged[Event] = codec.Tagged(Event)
COMMANDS: codec.Tagged[PersonCommand] = codec.Tagged(PersonCommand)
"""People's commands: what may come over HTTP as it is."""
EVERY_COMMAND: codec.Tagged[Command] = codec.Tagged(Command)

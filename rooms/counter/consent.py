"""Consent: to the session, to its recording, and to using what was captured before."""

from rooms.counter import commands as c
from rooms.counter import events as e
from rooms.counter.checks import in_phase
from rooms.counter.events import Event
from rooms.counter.phases import WORKING, Phase
from rooms.counter.rights import on_word
from rooms.counter.state import State
from rooms.ids import PersonId
from rooms.refusals import AlreadyDone
from rooms.texts import check_name


def give(state: State, command: c.GiveConsent, by: PersonId) -> list[Event]:
    if state.consent is not None:
        raise AlreadyDone(what="consent")
    in_phase(state, Phase.CONNECTING)
    version = check_name(command.version, "version")
    return [e.ConsentGiven(command.text, version, on_word(state, by), command.reuse)]


def refuse(state: State, by: PersonId) -> list[Event]:
    in_phase(state, Phase.CONNECTING)
    return [e.ConsentRefused(on_word(state, by))]


def allow_reuse(state: State, by: PersonId) -> list[Event]:
    in_phase(state, Phase.CONSENTED, *WORKING)
    if state.reuse:
        raise AlreadyDone(what="reuse")
    return [e.ReuseAllowed(on_word(state, by))]

"""Who the applicant is: the near side shows a document, the far clerk compares."""

from rooms.counter import commands as c
from rooms.counter import events as e
from rooms.counter.checks import in_phase
from rooms.counter.events import Event
from rooms.counter.kinds import IdentityMethod, IdentityResult
from rooms.counter.phases import Phase
from rooms.counter.state import State
from rooms.refusals import ConsentMissing, IdentityMissing, IdentityUnproven
from rooms.texts import check_name, check_optional

_CHECKED = (IdentityMethod.CARD, IdentityMethod.AGENT)
"""Documents whose number carries a check digit."""


def capture(state: State, command: c.CaptureIdentity) -> list[Event]:
    """A document was shown; a second one takes the place of the first until one is passed."""
    _consented(state)
    if command.method is IdentityMethod.AGENT and state.agent is None:
        raise IdentityUnproven(problem="agent")
    masked = check_name(command.masked, "masked")
    return [
        e.IdentityCaptured(command.method, command.number_valid, masked, command.document),
    ]


def check(state: State, command: c.CheckIdentity) -> list[Event]:
    """Every check is of what was shown after the last one."""
    _consented(state)
    shown = state.identity
    if shown is None or shown.result is not None:
        raise IdentityMissing
    if command.result is IdentityResult.PASSED:
        if shown.method in _CHECKED and not shown.number_valid:
            raise IdentityUnproven(problem="number")
        if not command.likeness:
            raise IdentityUnproven(problem="likeness")
    return [
        e.IdentityChecked(
            shown.method,
            shown.number_valid,
            command.likeness,
            command.result,
            shown.masked,
            shown.document,
            check_optional(command.remark, "remark"),
        )
    ]


def _consented(state: State) -> None:
    if state.phase is Phase.CONNECTING:
        raise ConsentMissing
    in_phase(state, Phase.CONSENTED)

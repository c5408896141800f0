"""Whose eyes a session's personal data are for.

The applicant and who comes in for them see it as long as it is kept; the clerks while they have to
do with it: the near one until the call is over, the far one until everything is delivered. Of what
an applicant wrote with a rating only whoever answers it is told.
"""

from collections.abc import Mapping

from crypto.encoding import Json
from rooms.counter.kinds import Role
from rooms.counter.phases import Phase
from rooms.counter.state import State
from rooms.ids import Digest

_FINISHED = (Phase.DELIVERED, Phase.ENDED, Phase.CANCELLED, Phase.ARCHIVED)


def personal_of(
    state: State, role: object, people: Mapping[Digest, Mapping[str, Json]]
) -> dict[str, Json]:
    """The values behind digests that somebody in this role may see."""
    words = state.rating.words if state.rating else None
    match role:
        case Role.APPLICANT | Role.AGENT:
            shown = set(people)
        case Role.NEAR if not state.over:
            shown = set(people) - {words}
        case Role.FAR if state.phase not in _FINISHED:
            shown = set(people) - {words}
        case Role.MANAGER:
            shown = {words} if words else set()
        case _:
            shown = set()
    return {digest: payload["value"] for digest, payload in people.items() if digest in shown}

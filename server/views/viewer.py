"""As what somebody looks at a room."""

from dataclasses import dataclass

from rooms.ids import PersonId
from rooms.opening.phases import Phase
from rooms.opening.rights import role_of
from rooms.opening.state import State
from rooms.opening.terms import Role
from rooms.opening.visibility import OBSERVER, STAFF, audience_of, bidder_audience, name_of
from server.errors import NotFound
from server.room import Room
from server.store.accounts import Account, AccountRole


@dataclass(frozen=True, slots=True)
class Viewer:
    """A person in a room. `role` is None for an account that may become a bidder; `audience` names
    the stream."""

    person: PersonId
    name: str
    role: Role | None
    audience: str


def viewer(room: Room, account: Account) -> Viewer:
    """What this account is in the room. Raises NotFound where it may not even know that the room
    is there."""
    state = room.state
    role = role_of(state, account.person)
    if role is not None and role is not Role.BIDDER:
        name = name_of(state, account.person)
        return Viewer(account.person, name, role, audience_of(state, account.person))
    if state.phase is Phase.DRAFT:
        raise NotFound("no_such_room")
    if AccountRole.SUPERVISOR in account.roles:
        return Viewer(account.person, account.name, Role.SUPERVISOR, STAFF)
    if AccountRole.BIDDER in account.roles:
        return Viewer(
            account.person, _bidder_name(state, account), role, bidder_audience(account.person)
        )
    if account.room == room.id:
        return Viewer(account.person, account.name, Role.OBSERVER, OBSERVER)
    raise NotFound("no_such_room")


def _bidder_name(state: State, account: Account) -> str:
    return name_of(state, account.person) or account.organisation or account.name

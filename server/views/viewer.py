"""As what somebody looks at an opening."""

from rooms.ids import RoomId
from rooms.opening.phases import Phase
from rooms.opening.rights import role_of
from rooms.opening.state import State
from rooms.opening.terms import Role
from rooms.opening.visibility import OBSERVER, STAFF, audience_of, bidder_audience, name_of
from server.errors import NotFound
from server.machine import Viewer
from server.store.accounts import Account, AccountRole


def viewer(room: RoomId, state: State, account: Account) -> Viewer:
    """What this account is in the room; its role is None where it may become a bidder. Raises
    NotFound where it may not even know that the room is there."""
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
    if account.room == room:
        return Viewer(account.person, account.name, Role.OBSERVER, OBSERVER)
    raise NotFound("no_such_room")


def _bidder_name(state: State, account: Account) -> str:
    return name_of(state, account.person) or account.organisation or account.name

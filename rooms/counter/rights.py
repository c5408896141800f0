"""Who may give which order: one table over the roles of a session."""

from rooms.counter import commands as c
from rooms.counter.commands import Command
from rooms.counter.kinds import Role
from rooms.counter.state import State
from rooms.ids import SYSTEM, PersonId
from rooms.refusals import OwnMatter, WrongRole

_NEAR = frozenset({Role.NEAR})
_FAR = frozenset({Role.FAR})
_CLERKS = _NEAR | _FAR
_APPLICANT = frozenset({Role.APPLICANT, Role.AGENT})
"""The applicant's side: an agent acts for the applicant, and the record says so."""
_WORD = _APPLICANT | _NEAR
"""What the near clerk does on the applicant's word, and the record says so."""
_MANAGER = frozenset({Role.MANAGER})
_SYSTEM = frozenset({Role.SYSTEM})
_SPEAKERS = frozenset(Role) - _SYSTEM
NEWCOMER: frozenset[Role] = frozenset()
"""Anybody whom the server knows to be a clerk."""

RIGHTS: dict[type[Command], frozenset[Role]] = {
    c.CancelSession: _WORD | _MANAGER | _SYSTEM,
    c.CallTicket: NEWCOMER,
    c.RecallTicket: _NEAR,
    c.RequeueTicket: _WORD | _MANAGER | _SYSTEM,
    c.AssignFar: NEWCOMER,
    c.ConnectSession: _NEAR,
    c.GiveConsent: _WORD,
    c.RefuseConsent: _WORD,
    c.AllowReuse: _WORD,
    c.CaptureIdentity: _NEAR | {Role.AGENT},
    c.CheckIdentity: _FAR,
    c.CaptureMaterial: _WORD,
    c.RetakePage: _WORD,
    c.OrderPages: _WORD,
    c.RemovePage: _WORD,
    c.JudgeMaterial: _FAR,
    c.TakeScreenshot: _CLERKS,
    c.FillField: _CLERKS | {Role.AGENT},
    c.ConfirmFields: _WORD,
    c.SignForm: _APPLICANT,
    c.InviteDepartment: _FAR,
    c.GiveOpinion: frozenset({Role.DEPARTMENT}),
    c.OfferHandOver: _CLERKS,
    c.TakeOver: NEWCOMER,
    c.EndHandOverOffer: NEWCOMER,
    c.HandOver: _CLERKS | _MANAGER | _SYSTEM,
    c.Decide: _FAR,
    c.EndSession: _CLERKS | _MANAGER | _SYSTEM,
    c.BeginStep: _FAR,
    c.CompleteItem: _FAR,
    c.DeliverResult: _CLERKS,
    c.RateSession: _APPLICANT,
    c.AnswerRating: _MANAGER,
    c.PostChat: _SPEAKERS,
    c.IssueWarning: frozenset({Role.SUPERVISOR}),
    c.ArchiveRoom: _MANAGER | _SYSTEM,
    c.Tick: _SYSTEM,
    c.BookSession: _SYSTEM,
    c.IssueTicket: _SYSTEM,
    c.AdmitPerson: _SYSTEM,
    c.NotePresence: _SYSTEM,
    c.NoteFee: _SYSTEM,
    c.NotePayment: _SYSTEM,
    c.NoteInterruption: _SYSTEM,
    c.NoteRecord: _SYSTEM,
    c.NoteRecording: _SYSTEM,
    c.MarkRecordings: _SYSTEM,
    c.NoteRecordingEnd: _SYSTEM,
    c.EraseApplicant: _SYSTEM,
}
"""Every command with the roles that may give it."""

_RANK = tuple(Role)


def roles_of(state: State, person: PersonId) -> frozenset[Role]:
    """Every role a person has now: at a window only while it is theirs."""
    if person == SYSTEM:
        return _SYSTEM
    if state.about is None:
        return frozenset()
    known = state.known.get(person)
    roles = (known.roles if known else frozenset()) - _CLERKS
    if state.near is not None and state.near.person == person:
        roles |= _NEAR
    if state.far is not None and state.far.person == person:
        roles |= _FAR
    if person == state.applicant:
        roles |= {Role.APPLICANT}
    return roles


def role_of(state: State, person: PersonId) -> Role | None:
    """The one role a person is shown with: the first of its roles in the order of `Role`."""
    return min(roles_of(state, person), key=_RANK.index, default=None)


def name_of(state: State, person: PersonId) -> str:
    """What a clerk, a department's person or a listener is called. The applicant's name is personal
    data and in no entry: empty, as for the system and for whom the session does not know."""
    known = state.known.get(person)
    return known.name if known else ""


def on_word(state: State, by: PersonId) -> PersonId | None:
    """`by_hand_of`: who acts on the applicant's word; None for the applicant."""
    return None if by == state.applicant else by


def check_right(state: State, command: Command, by: PersonId) -> None:
    """Refuses unless this person may give this command now as far as its role goes."""
    allowed = RIGHTS[type(command)]
    roles = roles_of(state, by)
    if allowed is NEWCOMER:
        if roles & _APPLICANT:
            raise OwnMatter
        if isinstance(command, c.CallTicket) and by == SYSTEM:
            raise WrongRole(allowed=[Role.NEAR.value])
        if isinstance(command, c.AssignFar) and by not in (SYSTEM, command.clerk):
            raise WrongRole(allowed=[Role.SYSTEM.value])
        return
    if isinstance(command, c.RequeueTicket):
        # The ticket is at no window now; whoever called it last may still put it back.
        known = state.known.get(by)
        roles |= _NEAR & (known.roles if known else frozenset())
    if not roles & allowed:
        raise WrongRole(allowed=sorted(allowed))

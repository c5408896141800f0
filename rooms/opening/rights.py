"""Who may give which order: one table over the roles of a room."""

from rooms.ids import SYSTEM, PersonId
from rooms.opening import commands as c
from rooms.opening.commands import Command
from rooms.opening.state import State
from rooms.opening.terms import Role
from rooms.refusals import NotActingHost, NotEnrolled, SeatHolderCannotBid, WrongRole

_HOSTS = frozenset({Role.HOST, Role.DEPUTY})
_BIDDER = frozenset({Role.BIDDER})
_SYSTEM = frozenset({Role.SYSTEM})
_TRUSTEE = frozenset({Role.TRUSTEE})
_SPEAKERS = _HOSTS | {Role.TENDERER, Role.TRUSTEE, Role.SUPERVISOR, Role.BIDDER}
_SEEDS = _HOSTS | {Role.BIDDER, Role.SUPERVISOR, Role.TENDERER}

RIGHTS: dict[type[Command], frozenset[Role]] = {
    c.DraftTender: _HOSTS,
    c.GiveTrusteeCard: _TRUSTEE,
    c.PublishTender: _HOSTS,
    c.AnswerRehearsal: _TRUSTEE,
    c.AcceptTender: _BIDDER,
    c.SubmitBid: _BIDDER,
    c.WithdrawBid: _BIDDER,
    c.SignIn: _BIDDER,
    c.StartOpening: _HOSTS,
    c.PublishRoll: _HOSTS,
    c.ContinueOpening: _HOSTS,
    c.FailOpening: _HOSTS,
    c.StartDecryption: _HOSTS,
    c.ReleaseShares: _TRUSTEE,
    c.ReleaseKey: _BIDDER,
    c.RuleFault: _HOSTS,
    c.GrantRemedy: _HOSTS,
    c.ImportBids: _HOSTS,
    c.CommitSeed: _SEEDS,
    c.RevealSeed: _SEEDS,
    c.DrawParameter: _HOSTS,
    c.StartAnnouncing: _HOSTS,
    c.AnnounceBids: _HOSTS,
    c.StartConfirmation: _HOSTS,
    c.ConfirmBid: _BIDDER,
    c.DisputeBid: _BIDDER,
    c.RaiseObjection: _BIDDER,
    c.AnswerObjection: _HOSTS | {Role.TENDERER},
    c.StartSigning: _HOSTS,
    c.SignRecord: _HOSTS | {Role.TENDERER, Role.SUPERVISOR, Role.BIDDER},
    c.EndOpening: _HOSTS,
    c.ArchiveRoom: _HOSTS | _SYSTEM,
    c.PauseOpening: _HOSTS,
    c.ResumeOpening: _HOSTS,
    c.ExtendWindow: _HOSTS,
    c.TerminateOpening: _HOSTS,
    c.Reconvene: _HOSTS,
    c.IssueWarning: frozenset({Role.SUPERVISOR}),
    c.TakeOver: _HOSTS,
    c.NoteDeposit: _HOSTS,
    c.PostChat: _SPEAKERS,
    c.SetChatMode: _HOSTS,
    c.RequestFloor: _SPEAKERS,
    c.WithdrawFloor: _SPEAKERS,
    c.GrantFloor: _HOSTS,
    c.TakeFloor: _HOSTS,
    c.MutePerson: _HOSTS,
    c.Tick: _SYSTEM,
    c.NoteBytes: _SYSTEM,
    c.NoteGate: _SYSTEM,
    c.NoteOpened: _SYSTEM,
    c.NoteVoid: _SYSTEM,
    c.NoteInterruption: _SYSTEM,
    c.NoteRecord: _SYSTEM,
    c.SignMinutes: frozenset({Role.HOST, Role.TENDERER, Role.SUPERVISOR}),
    c.NotePreserved: _SYSTEM,
    c.NoteRecording: _SYSTEM,
    c.MarkRecordings: _SYSTEM,
    c.NoteRecordingEnd: _SYSTEM,
}
"""Every command with the roles that may give it."""

PERSONAL: frozenset[type[Command]] = frozenset(
    {
        c.TakeOver,
        c.PostChat,
        c.SignRecord,
        c.SignMinutes,
        c.CommitSeed,
        c.RevealSeed,
        c.RequestFloor,
        c.WithdrawFloor,
    }
)
"""What a host or a deputy does in its own name, whether or not it acts as host."""


def roles_of(state: State, person: PersonId) -> frozenset[Role]:
    """Every role a person has: its seats, and bidder once it accepted the tender."""
    if person == SYSTEM:
        return _SYSTEM
    seats: frozenset[Role] = frozenset()
    if state.published or state.draft:
        seats = frozenset(seat.role for seat in state.seats_of(person))
    return seats | _BIDDER if person in state.bidders else seats


_RANK = tuple(Role)


def role_of(state: State, person: PersonId) -> Role | None:
    """The one role a person is shown with: the first of its roles in the order of `Role`."""
    return min(roles_of(state, person), key=_RANK.index, default=None)


def check_right(state: State, command: Command, by: PersonId) -> None:
    """Refuses unless this person may give this command now as far as its role goes."""
    allowed = RIGHTS[type(command)]
    roles = roles_of(state, by)
    if isinstance(command, c.DraftTender) and state.host is None:
        # Nobody holds a seat yet: whoever the draft itself seats as host may make it.
        roles = frozenset(seat.role for seat in command.terms.seats if seat.person == by)
    if not roles:
        # An account without a seat may become a bidder; what it may not know stays unsaid.
        if allowed == _BIDDER and state.published:
            if isinstance(command, c.AcceptTender):
                return
            raise NotEnrolled
        raise WrongRole(allowed=sorted(allowed))
    if isinstance(command, c.AcceptTender) and roles - _BIDDER:
        raise SeatHolderCannotBid
    mine = roles & allowed
    if not mine:
        raise WrongRole(allowed=sorted(allowed))
    acts = state.host is None or state.host == by or type(command) in PERSONAL
    if mine <= _HOSTS and not acts:
        raise NotActingHost(host=state.host)

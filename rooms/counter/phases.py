"""Where a session is, and which event may happen there: one table that the fold, the audit and the
diagram share.

An event may lead to one of several phases: to which is a matter of what it says and of what is left
to do, and `rooms/counter/evolve.py` knows it. The table says what is possible at all.
"""

from collections.abc import Iterable
from enum import StrEnum

from rooms.counter import events as e


class Phase(StrEnum):
    """The phases of a session. That somebody is being reconnected (重连) is not a phase: it lies
    over those from CONNECTING to DECIDED."""

    NEW = "new"  # 新建: before the first entry
    BOOKED = "booked"  # 预约
    WAITING = "waiting"  # 等候
    CALLED = "called"  # 叫号
    NO_SHOW = "no_show"  # 过号
    CONNECTING = "connecting"  # 接通
    CONSENTED = "consented"  # 知情同意
    IDENTIFIED = "identified"  # 核验
    MATERIALS = "materials"  # 材料
    FILLING = "filling"  # 同屏填报
    SIGNING = "signing"  # 签名
    DECIDED = "decided"  # 审结: every item has its outcome
    PROCESSING = "processing"  # 办理中
    COMPLETED = "completed"  # 办结
    DELIVERED = "delivered"  # 送达
    ENDED = "ended"  # 结束: the call was given up
    CANCELLED = "cancelled"  # 取消
    ARCHIVED = "archived"  # 归档


P = Phase
CHINESE = {
    P.NEW: "新建",
    P.BOOKED: "预约",
    P.WAITING: "等候",
    P.CALLED: "叫号",
    P.NO_SHOW: "过号",
    P.CONNECTING: "接通",
    P.CONSENTED: "知情同意",
    P.IDENTIFIED: "核验",
    P.MATERIALS: "材料",
    P.FILLING: "同屏填报",
    P.SIGNING: "签名",
    P.DECIDED: "审结",
    P.PROCESSING: "办理中",
    P.COMPLETED: "办结",
    P.DELIVERED: "送达",
    P.ENDED: "结束",
    P.CANCELLED: "取消",
    P.ARCHIVED: "归档",
}

ORDER = tuple(Phase)
BEFORE = (P.BOOKED, P.WAITING, P.CALLED, P.NO_SHOW)
"""Nobody is connected yet."""
WORKING = (P.IDENTIFIED, P.MATERIALS, P.FILLING, P.SIGNING)
"""The applicant is known and not everything is decided: one goes back and forth among these."""
TALKING = (P.CONNECTING, P.CONSENTED, *WORKING)
"""The call is on and not everything is decided."""
HELD = (*TALKING, P.DECIDED)
"""People may be together in a call. In DECIDED they are until the call is ended."""
RECORDED = HELD[1:]
"""What is sent may be recorded: never before there is consent."""
AFTER = (P.DECIDED, P.PROCESSING, P.COMPLETED, P.DELIVERED)
"""There are outcomes, and steps may follow."""
OVER = (*AFTER, P.ENDED)
"""Phases in which the call may be over, and is outside DECIDED."""
FINISHED = (P.DECIDED, P.COMPLETED, P.DELIVERED, P.ENDED, P.CANCELLED)
"""Nobody waits for anything: such sessions are archived in time."""
ALIVE = tuple(phase for phase in ORDER if phase not in (P.NEW, P.CANCELLED, P.ARCHIVED))
"""The phases in which people may still speak and be warned."""

_Table = dict[tuple[Phase, type[e.Event]], tuple[Phase, ...]]


def _moves(kind: type[e.Event], phases: Iterable[Phase], *to: Phase) -> _Table:
    return {(phase, kind): to for phase in phases}


MOVES: _Table = {
    **_moves(e.SessionBooked, [P.NEW], P.BOOKED),
    **_moves(e.TicketIssued, [P.NEW, P.BOOKED], P.WAITING),
    **_moves(e.BookingLapsed, [P.BOOKED], P.CANCELLED),
    **_moves(e.SessionCancelled, BEFORE, P.CANCELLED),
    **_moves(e.TicketCalled, [P.WAITING, P.CALLED], P.CALLED),
    **_moves(e.TicketLapsed, [P.CALLED], P.NO_SHOW),
    **_moves(e.TicketRequeued, [P.NO_SHOW], P.WAITING),
    **_moves(e.SessionConnected, [P.CALLED], P.CONNECTING),
    **_moves(e.ConsentGiven, [P.CONNECTING], P.CONSENTED),
    **_moves(e.ConsentRefused, [P.CONNECTING], P.ENDED),
    # A check that did not pass leaves the session where it is.
    **_moves(e.IdentityChecked, [P.CONSENTED], P.CONSENTED, P.IDENTIFIED),
    **_moves(e.MaterialCaptured, [P.IDENTIFIED], P.MATERIALS),
    **_moves(e.MaterialJudged, [P.IDENTIFIED, P.MATERIALS], P.MATERIALS),
    # What was returned is captured anew.
    **_moves(e.MaterialJudged, [P.FILLING], P.FILLING, P.MATERIALS),
    **_moves(e.MaterialJudged, [P.SIGNING], P.SIGNING, P.MATERIALS),
    # A changed field is to be confirmed and signed anew.
    **_moves(e.FieldFilled, WORKING, P.FILLING),
    # From the last confirmation on there is only signing left.
    **_moves(e.FieldsConfirmed, [P.MATERIALS], P.MATERIALS, P.SIGNING),
    **_moves(e.FieldsConfirmed, [P.FILLING], P.FILLING, P.SIGNING),
    # The last item's outcome decides the session.
    **{
        key: value
        for at in WORKING
        for key, value in _moves(e.OutcomeDecided, [at], at, P.DECIDED).items()
    },
    # What was decided before a call was given up is carried out all the same.
    **_moves(e.SessionEnded, [P.CONNECTING, P.CONSENTED], P.ENDED),
    **_moves(e.SessionEnded, WORKING, P.ENDED, P.DECIDED, P.PROCESSING, P.COMPLETED),
    **_moves(e.SessionEnded, [P.DECIDED], P.DECIDED, P.PROCESSING, P.COMPLETED, P.DELIVERED),
    **_moves(e.ItemCompleted, [P.PROCESSING], P.PROCESSING, P.COMPLETED),
    **_moves(e.ResultDelivered, [P.COMPLETED], P.COMPLETED, P.DELIVERED),
    **_moves(
        e.RoomArchived,
        FINISHED,
        P.ARCHIVED,
    ),
}


def _stays(kinds: Iterable[type[e.Event]], phases: Iterable[Phase]) -> _Table:
    return {(phase, kind): (phase,) for phase in phases for kind in kinds}


STAYS: _Table = {
    **_stays([e.FarAssigned], [*BEFORE, P.CONNECTING, P.CONSENTED]),
    **_stays([e.HandOverOffered, e.HandOverOfferEnded], [P.CALLED, *TALKING]),
    **_stays([e.HandedOver], [P.CALLED, *HELD, P.PROCESSING, P.COMPLETED]),
    **_stays([e.PersonAdmitted], ALIVE),
    **_stays([e.ReuseAllowed], [P.CONSENTED, *WORKING]),
    **_stays([e.IdentityCaptured], [P.CONSENTED]),
    **_stays([e.MaterialCaptured], [P.MATERIALS, P.FILLING, P.SIGNING]),
    **_stays([e.PageReplaced, e.PagesOrdered, e.PageRemoved], WORKING[1:]),
    **_stays([e.ScreenshotTaken], RECORDED),
    **_stays([e.FormSigned], WORKING),
    **_stays([e.DepartmentInvited, e.OpinionGiven], WORKING),
    **_stays([e.FeeNoted, e.FeePaid], [*WORKING, *AFTER]),
    **_stays([e.StepNoted, e.ResultDelivered], [P.PROCESSING]),
    **_stays([e.ResultDelivered], [P.DECIDED]),
    **_stays([e.Reminded, e.Escalated], [P.PROCESSING]),
    **_stays([e.RatingInvited], AFTER[1:]),
    **_stays([e.Escalated, e.SessionRated, e.RatingAnswered], OVER),
    **_stays([e.SeatLeft, e.SeatReturned], HELD),
    **_stays([e.RecordingStarted], RECORDED),
    # A recording that went on to the end is closed right after it.
    **_stays([e.RecordingsMarked, e.RecordingEnded], [*RECORDED, *OVER]),
    **_stays([e.ChatPosted, e.WarningIssued, e.ServiceInterrupted], ALIVE),
    **_stays([e.RecordPublished], [*OVER, P.CANCELLED]),
    **_stays([e.ApplicantErased], [P.ARCHIVED]),
}

NEXT: _Table = STAYS | MOVES


class IllegalTransition(ValueError):
    """An event that cannot have happened in this phase: the log is not one this program wrote."""

    def __init__(self, phase: Phase, event: e.Event) -> None:
        super().__init__(f"{type(event).__name__} in {phase}")


def possible(phase: Phase, event: e.Event) -> tuple[Phase, ...]:
    """The phases that this event may lead to."""
    try:
        return NEXT[phase, type(event)]
    except KeyError:
        raise IllegalTransition(phase, event) from None


def diagram() -> str:
    """docs/counter-phases.md: the moves as a Mermaid state diagram, and what may happen within each
    phase."""
    moves: dict[tuple[Phase, Phase], list[str]] = {}
    for (phase, kind), targets in NEXT.items():
        for to in targets:
            if to is not phase:
                moves.setdefault((phase, to), []).append(kind.__name__)
    lines = [
        "# The phases of a session at a counter",
        "",
        "Drawn by `diagram()` from `rooms/counter/phases.py`; a test keeps it current.",
        "Being reconnected (重连) lies over any phase from CONNECTING to DECIDED: one waits.",
        "NEW is a session without an entry.",
        "",
        "```mermaid",
        "stateDiagram-v2",
        "    [*] --> NEW",
    ]
    lines += [f"    {phase.name}: {phase.name} {CHINESE[phase]}" for phase in Phase]
    lines += [
        f"    {phase.name} --> {to.name}: {', '.join(kinds)}"
        for (phase, to), kinds in moves.items()
    ]
    lines += [
        "    ARCHIVED --> [*]",
        "```",
        "",
        "| phase | 中文 | what may also happen, without leaving it |",
        "|---|---|---|",
    ]
    for phase in Phase:
        kinds = sorted(kind.__name__ for (at, kind), to in NEXT.items() if at is phase in to)
        lines.append(f"| {phase.name} | {CHINESE[phase]} | {', '.join(kinds) or '—'} |")
    return "\n".join(lines) + "\n"

"""Every move that the table of phases allows is made by some session."""

from collections.abc import Callable, Iterator

from rooms.counter import commands as c
from rooms.counter import events as e
from rooms.counter.evolve import evolve
from rooms.counter.kinds import (
    IdentityResult,
    Missing,
    Role,
    Seen,
    Side,
    Stance,
    Verdict,
    Way,
)
from rooms.counter.phases import AFTER, ALIVE, BEFORE, HELD, NEXT, OVER, RECORDED, WORKING, Phase
from rooms.counter.state import START
from rooms.counter.terms import Outcome
from rooms.ids import PageId, RecordingId
from rooms.recording import FeedKind, Mark, RecordingStop
from tests.rooms.counter.matter import (
    ADDRESS,
    APPLICANT,
    BUNDLE,
    DAY,
    FAR,
    MANAGER,
    MINUTE,
    NAMES,
    NEAR,
    OTHER_FAR,
    OTHER_NEAR,
    PENSION,
    TAX,
    WATCH,
    digest,
    picture,
)
from tests.rooms.counter.visit import Visit

Move = tuple[Phase, type[e.Event], Phase]
Script = Callable[[Visit], object]

R1, P9 = RecordingId("r-1"), PageId("p-9")
PROOF = "proof"


def no_show() -> Visit:
    visit = Visit().called()
    visit.tick(visit.now + 3 * MINUTE)
    return visit


def supplemented() -> Visit:
    visit = Visit().identified()
    tell(visit, PENSION.code)
    return visit.end()


def archived() -> Visit:
    visit = supplemented()
    visit.minutes()
    visit.order(c.ArchiveRoom())
    return visit


def cancelled() -> Visit:
    visit = Visit().waiting()
    visit.order(c.CancelSession(), APPLICANT)
    return visit


def tell(visit: Visit, item: str) -> None:
    missing = (Missing("", "须本人到场"),)
    visit.decide(Outcome.SUPPLEMENT, item, missing=missing, until=visit.now + DAY)


AT: dict[Phase, Callable[[], Visit]] = {
    Phase.NEW: lambda: Visit(),
    Phase.BOOKED: lambda: Visit().booked(),
    Phase.WAITING: lambda: Visit().waiting(),
    Phase.CALLED: lambda: Visit().called(),
    Phase.NO_SHOW: no_show,
    Phase.CONNECTING: lambda: Visit().connecting(),
    Phase.CONSENTED: lambda: Visit().consented(),
    Phase.IDENTIFIED: lambda: Visit().identified(),
    Phase.MATERIALS: lambda: Visit().materials(),
    Phase.FILLING: lambda: Visit().filling(),
    Phase.SIGNING: lambda: Visit().signing(),
    Phase.DECIDED: lambda: Visit().decided(),
    Phase.PROCESSING: lambda: Visit().processing(),
    Phase.COMPLETED: lambda: Visit().completed(),
    Phase.DELIVERED: lambda: Visit().delivered(),
    Phase.ENDED: lambda: Visit().filling().end("线路中断"),
    Phase.CANCELLED: cancelled,
    Phase.ARCHIVED: archived,
}
"""A session in each phase."""


def anytime(visit: Visit) -> None:
    visit.admit(WATCH, Role.SUPERVISOR)
    visit.order(c.IssueWarning("请注意"), WATCH)
    visit.order(c.PostChat("您好"), WATCH)
    visit.order(c.NoteInterruption(visit.now - MINUTE, visit.now))


def changes_hands(visit: Visit) -> None:
    """Offered and declined, then offered and taken; with everything decided, without asking."""
    if visit.phase == "decided":
        visit.order(c.HandOver(Side.NEAR, OTHER_NEAR, NAMES[OTHER_NEAR], "交接班"))
        return
    visit.order(c.OfferHandOver(Side.NEAR, OTHER_NEAR, NAMES[OTHER_NEAR], "5", "交接班"), NEAR)
    visit.order(c.EndHandOverOffer(Side.NEAR), OTHER_NEAR)
    visit.hand_over(Side.NEAR, OTHER_NEAR)


def together(visit: Visit) -> None:
    for here in (False, True):
        visit.order(c.NotePresence(APPLICANT, here))
    changes_hands(visit)


def records(visit: Visit) -> None:
    visit.order(c.TakeScreenshot(picture("shot"), Seen.APPLICANT), NEAR)
    visit.order(c.NoteRecording(R1, APPLICANT, FeedKind.CAMERA))
    visit.order(c.MarkRecordings((Mark(R1, 5, digest("5")),)))
    visit.order(c.NoteRecordingEnd(R1, 9, digest("9"), RecordingStop.LEFT))


def works(visit: Visit) -> None:
    visit.order(c.AllowReuse(), APPLICANT)
    visit.order(c.InviteDepartment(TAX, NAMES[TAX], "税务局", PENSION.code), FAR)
    visit.order(c.GiveOpinion(PENSION.code, Stance.AGREE, ""), TAX)


def pays(visit: Visit) -> None:
    visit.order(c.NoteFee(PENSION.code, "copy", 500, "sandbox-1"))
    visit.order(c.NotePayment(PENSION.code, "copy", 500, "sandbox-1"))


def handles_pages(visit: Visit) -> None:
    for page in ("p-7", "p-8"):
        visit.capture(page, PROOF)
    visit.order(c.OrderPages(PENSION.code, PROOF, (PageId("p-8"), PageId("p-7"))), NEAR)
    visit.order(c.RetakePage(P9, PageId("p-8"), picture("p-9"), c.Source.PHONE), NEAR)
    visit.order(c.RemovePage(P9), NEAR)
    visit.judge(PROOF)


def confirms_one_by_one(visit: Visit) -> None:
    for each in visit.shown():
        visit.order(c.ConfirmFields(PENSION.code, (each,)), APPLICANT)


def rates(visit: Visit) -> None:
    visit.admit(MANAGER, Role.MANAGER)
    visit.order(c.RateSession(1, None, visit.now + DAY), APPLICANT)
    visit.tick(visit.now + DAY)
    visit.order(c.AnswerRating("已整改"), MANAGER)


def waits_for_a_rating(visit: Visit) -> None:
    visit.tick(visit.now + 5 * DAY)


def still_processing(visit: Visit) -> None:
    """Two items, of which one is completed, delivered and asked about."""
    visit.order(c.BeginStep(PENSION.code, "复核"), FAR)
    visit.order(c.CompleteItem(PENSION.code), FAR)
    visit.order(c.DeliverResult(PENSION.code, Way.POST), FAR)
    visit.tick(visit.now + 20 * DAY)
    visit.order(c.HandOver(Side.FAR, OTHER_FAR, NAMES[OTHER_FAR], "调岗"), FAR)


def scripts() -> Iterator[tuple[Visit, Script]]:
    """Sessions, and what happens to them."""
    for phase in ALIVE:
        yield AT[phase](), anytime
    for phase in BEFORE:
        yield AT[phase](), lambda visit: visit.routed()
        yield AT[phase](), lambda visit: visit.order(c.CancelSession())
    yield AT[Phase.BOOKED](), lambda visit: visit.order(c.IssueTicket("A1", "浦东"))
    yield AT[Phase.BOOKED](), lambda visit: visit.tick(visit.now + 2 * DAY)
    yield AT[Phase.CALLED](), lambda visit: visit.order(c.RecallTicket(), NEAR)
    yield AT[Phase.CALLED](), together_called
    yield AT[Phase.NO_SHOW](), lambda visit: visit.order(c.RequeueTicket())
    for phase in (Phase.CONNECTING, Phase.CONSENTED):
        yield AT[phase](), lambda visit: visit.order(assigned())
    yield AT[Phase.CONNECTING](), lambda visit: visit.order(c.RefuseConsent(), APPLICANT)
    yield AT[Phase.CONSENTED](), fails_once
    yield AT[Phase.CONSENTED](), lambda visit: visit.order(c.AllowReuse(), APPLICANT)
    for phase in HELD:
        yield AT[phase](), together
    for phase in RECORDED:
        yield AT[phase](), records
    for phase in WORKING:
        yield AT[phase](), works
        yield AT[phase](), lambda visit: visit.fill("remark", "加急")
        yield AT[phase](), lambda visit: tell(visit, PENSION.code)
        yield AT[phase](), lambda visit: visit.judge("card", Verdict.WAIVED, "共享数据")
        yield in_bundle(phase), signs_nothing
    for phase in WORKING[1:]:
        yield AT[phase](), handles_pages
        yield AT[phase](), lambda visit: visit.judge("card", Verdict.RETURNED, "反光")
    for phase in (*WORKING, *AFTER):
        yield AT[phase](), pays
    for phase in (Phase.CONNECTING, Phase.CONSENTED, *WORKING):
        yield AT[phase](), lambda visit: visit.end("线路中断")
    for phase in WORKING:
        for outcome in Outcome:
            yield in_bundle(phase), given_up(outcome)
    yield AT[Phase.FILLING](), confirms_one_by_one
    yield AT[Phase.FILLING](), returned_then_confirmed
    yield Visit().decided(Outcome.DONE), delivers_at_once
    yield supplemented(), lambda visit: None
    for phase in OVER:
        yield AT[phase](), rates
        yield recorded_into(phase), lambda visit: visit.minutes()
    yield supplemented(), lambda visit: (visit.minutes(), visit.order(c.ArchiveRoom()))
    for phase in (Phase.COMPLETED, Phase.DELIVERED):
        yield AT[phase](), waits_for_a_rating
        yield AT[phase](), lambda visit: (visit.minutes(), visit.order(c.ArchiveRoom()))
    yield AT[Phase.ENDED](), lambda visit: (visit.minutes(), visit.order(c.ArchiveRoom()))
    yield AT[Phase.CANCELLED](), lambda visit: (visit.minutes(), visit.order(c.ArchiveRoom()))
    yield AT[Phase.ARCHIVED](), lambda visit: visit.order(c.EraseApplicant(visit.now))
    yield both_accepted(), still_processing
    yield AT[Phase.COMPLETED](), replaced_far
    yield one_of_two_done(), delivers_one_of_two


def assigned() -> c.AssignFar:
    return c.AssignFar(OTHER_FAR, NAMES[OTHER_FAR], "13", "340123")


def together_called(visit: Visit) -> None:
    changes_hands(visit)


def fails_once(visit: Visit) -> None:
    visit.show()
    visit.order(c.CheckIdentity(False, IdentityResult.FAILED), FAR)


def in_bundle(phase: Phase) -> Visit:
    visit = Visit(matter=BUNDLE)
    return getattr(visit, phase.value)()  # type: ignore[no-any-return]  # a method by its name


def signs_nothing(visit: Visit) -> None:
    """An item without a form may be signed for at any time."""
    visit.sign(item=ADDRESS.code)


def given_up(outcome: Outcome) -> Script:
    def script(visit: Visit) -> None:
        if outcome is Outcome.SUPPLEMENT:
            tell(visit, ADDRESS.code)
        elif outcome is Outcome.REJECTED:
            visit.decide(outcome, ADDRESS.code, reason="无权", remedy="复议")
        else:
            visit.decide(outcome, ADDRESS.code)
        visit.end("线路中断")

    return script


def returned_then_confirmed(visit: Visit) -> None:
    visit.judge("card", Verdict.RETURNED, "反光")
    confirms_one_by_one(visit)


def delivers_at_once(visit: Visit) -> None:
    visit.order(c.DeliverResult(PENSION.code, Way.COUNTER), NEAR)
    visit.end()


def recorded_into(phase: Phase) -> Visit:
    """A session whose recording went on to the end of the call, and is closed in this phase."""
    visit = Visit().consented()
    visit.order(c.NoteRecording(R1, APPLICANT, FeedKind.CAMERA))
    if phase is Phase.ENDED:
        visit.end("线路中断")
    elif phase is Phase.DECIDED:
        visit.identified()
        tell(visit, PENSION.code)
        visit.end()
    else:
        getattr(visit, phase.value)()
    visit.order(c.MarkRecordings((Mark(R1, 5, digest("5")),)))
    visit.order(c.NoteRecordingEnd(R1, 9, digest("9"), RecordingStop.ENGINE))
    return visit


def both_accepted() -> Visit:
    visit = Visit(matter=BUNDLE).signed()
    visit.decide(Outcome.ACCEPTED)
    visit.decide(Outcome.ACCEPTED, ADDRESS.code)
    return visit.end()


def one_of_two_done() -> Visit:
    visit = Visit(matter=BUNDLE).signed(50_000)
    visit.decide(Outcome.DONE)
    visit.decide(Outcome.DONE, ADDRESS.code)
    return visit.end()


def delivers_one_of_two(visit: Visit) -> None:
    visit.order(c.DeliverResult(PENSION.code, Way.POST), FAR)


def replaced_far(visit: Visit) -> None:
    visit.order(c.HandOver(Side.FAR, OTHER_FAR, NAMES[OTHER_FAR], "调岗"), FAR)


def moves(visit: Visit) -> Iterator[Move]:
    state = START
    for entry in visit.entries:
        after = evolve(state, entry.event)
        yield state.phase, type(entry.event), after.phase
        state = after


def test_the_sessions_of_this_file_are_where_they_are_said_to_be() -> None:
    assert {phase: build().state.phase for phase, build in AT.items()} == {
        phase: phase for phase in Phase
    }


def test_every_move_of_the_table_is_made_by_some_session() -> None:
    made: set[Move] = set()
    for visit, script in scripts():
        script(visit)
        made.update(moves(visit))
    allowed = {(phase, kind, to) for (phase, kind), targets in NEXT.items() for to in targets}
    never = sorted(f"{at} {kind.__name__} {to}" for at, kind, to in allowed - made)
    assert never == []

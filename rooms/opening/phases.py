"""Where an opening is, and which event may happen there: one table that the fold, the audit and the
diagram share."""

from collections.abc import Iterable
from enum import StrEnum

from rooms.opening import events as e


class Phase(StrEnum):
    """The phases of an opening. Being paused is not a phase: it lies over any of them."""

    DRAFT = "draft"  # 编制
    RECEIVING = "receiving"  # 递交中
    CLOSED = "closed"  # 截标
    OPENING = "opening"  # 开标开始
    ROLL_PUBLISHED = "roll_published"  # 公布名单
    DECRYPTING = "decrypting"  # 解密中
    IMPORTED = "imported"  # 批量导入
    PARAMETERS = "parameters"  # 抽取参数
    ANNOUNCING = "announcing"  # 唱标
    CONFIRMING = "confirming"  # 确认与异议
    SIGNING = "signing"  # 签章
    ENDED = "ended"  # 开标结束
    PUBLISHED = "published"  # 公布
    ARCHIVED = "archived"  # 归档
    FAILED = "failed"  # 流标
    TERMINATED = "terminated"  # 终止


P = Phase
CHINESE = {
    P.DRAFT: "编制",
    P.RECEIVING: "递交中",
    P.CLOSED: "截标",
    P.OPENING: "开标开始",
    P.ROLL_PUBLISHED: "公布名单",
    P.DECRYPTING: "解密中",
    P.IMPORTED: "批量导入",
    P.PARAMETERS: "抽取参数",
    P.ANNOUNCING: "唱标",
    P.CONFIRMING: "确认与异议",
    P.SIGNING: "签章",
    P.ENDED: "开标结束",
    P.PUBLISHED: "公布",
    P.ARCHIVED: "归档",
    P.FAILED: "流标",
    P.TERMINATED: "终止",
}

ORDER = tuple(Phase)
HELD = ORDER[ORDER.index(P.OPENING) : ORDER.index(P.SIGNING) + 1]
"""The phases in which people are in the room and the opening is going on."""
AFTER_ROLL = ORDER[ORDER.index(P.ROLL_PUBLISHED) : ORDER.index(P.SIGNING) + 1]
ALIVE = tuple(phase for phase in ORDER if phase not in (P.DRAFT, P.ARCHIVED))
"""The phases in which people may still speak and be warned."""
OVER = (P.ENDED, P.PUBLISHED, P.ARCHIVED, P.FAILED, P.TERMINATED)
"""The phases in which nothing is decided any more."""

MOVES: dict[tuple[Phase, type[e.Event]], Phase] = {
    (P.DRAFT, e.TenderPublished): P.RECEIVING,
    (P.RECEIVING, e.BiddingClosed): P.CLOSED,
    (P.CLOSED, e.OpeningStarted): P.OPENING,
    (P.OPENING, e.RollPublished): P.ROLL_PUBLISHED,
    (P.ROLL_PUBLISHED, e.DecryptionStarted): P.DECRYPTING,
    (P.DECRYPTING, e.BidsImported): P.IMPORTED,
    (P.IMPORTED, e.RemedyGranted): P.DECRYPTING,
    (P.IMPORTED, e.DrawCommitted): P.PARAMETERS,
    (P.IMPORTED, e.AnnouncingStarted): P.ANNOUNCING,
    (P.PARAMETERS, e.AnnouncingStarted): P.ANNOUNCING,
    # A later envelope is unlocked after the earlier one was announced.
    (P.ANNOUNCING, e.DecryptionStarted): P.DECRYPTING,
    (P.ANNOUNCING, e.ConfirmationStarted): P.CONFIRMING,
    (P.CONFIRMING, e.SigningStarted): P.SIGNING,
    (P.SIGNING, e.OpeningEnded): P.ENDED,
    (P.ENDED, e.RecordPublished): P.PUBLISHED,
    (P.PUBLISHED, e.RoomArchived): P.ARCHIVED,
    # 复会
    (P.ENDED, e.Reconvened): P.CONFIRMING,
    (P.PUBLISHED, e.Reconvened): P.CONFIRMING,
}
_FAILING = (P.CLOSED, *AFTER_ROLL[: AFTER_ROLL.index(P.PARAMETERS) + 1], P.OPENING)
MOVES |= {(phase, e.OpeningFailed): P.FAILED for phase in _FAILING}
MOVES |= {(phase, e.OpeningTerminated): P.TERMINATED for phase in (P.RECEIVING, P.CLOSED, *HELD)}


def _stays(
    kinds: Iterable[type[e.Event]], phases: Iterable[Phase]
) -> dict[tuple[Phase, type[e.Event]], Phase]:
    return {(phase, kind): phase for phase in phases for kind in kinds}


STAYS: dict[tuple[Phase, type[e.Event]], Phase] = {
    **_stays([e.TrusteeReady], [P.DRAFT]),
    **_stays([e.TenderDrafted, e.TrusteeRehearsed], [P.DRAFT, P.RECEIVING]),
    **_stays([e.TenderPublished, e.TenderAccepted, e.BidReceived, e.BidWithdrawn], [P.RECEIVING]),
    **_stays([e.BidStored, e.BidBytesRefused, e.BidderSignedIn], [P.RECEIVING, P.CLOSED, *HELD]),
    **_stays(
        [
            e.GateOpened,
            e.SharesReleased,
            e.ReleaseRefused,
            e.BidderKeyReleased,
            e.BidderKeyRefused,
            e.BidOpened,
            e.BidVoid,
            e.RemedyGranted,
        ],
        [P.DECRYPTING],
    ),
    **_stays([e.OpeningContinued], [P.ROLL_PUBLISHED, P.IMPORTED, P.PARAMETERS]),
    **_stays([e.FaultRuled], [P.DECRYPTING, P.IMPORTED, P.PARAMETERS, P.ANNOUNCING, P.CONFIRMING]),
    **_stays([e.DrawCommitted, e.DrawRevealed, e.ParameterDrawn], [P.PARAMETERS]),
    **_stays([e.BidAnnounced], [P.ANNOUNCING]),
    **_stays([e.BidConfirmed, e.BidDisputed, e.ConfirmationsLapsed], [P.CONFIRMING]),
    **_stays(
        [e.ObjectionRaised, e.ObjectionAnswered],
        AFTER_ROLL[: AFTER_ROLL.index(P.CONFIRMING) + 1],
    ),
    **_stays([e.RecordSigned], [P.SIGNING]),
    # What was terminated before its deadline is closed there like any other, and not before.
    **_stays([e.BiddingClosed], [P.TERMINATED]),
    # A failed or terminated opening has minutes too, and is kept as long.
    **_stays([e.RecordPublished, e.RoomArchived], [P.FAILED, P.TERMINATED]),
    **_stays([e.MinutesSigned], [P.PUBLISHED, P.FAILED, P.TERMINATED]),
    **_stays([e.MinutesPreserved], [P.PUBLISHED, P.ARCHIVED, P.FAILED, P.TERMINATED]),
    **_stays([e.OpeningPaused, e.OpeningResumed, e.WindowExtended], HELD),
    **_stays(
        [e.FloorRequested, e.FloorWithdrawn, e.FloorGranted, e.FloorTaken, e.SoundMuted], HELD
    ),
    **_stays([e.RecordingStarted], [P.RECEIVING, P.CLOSED, *HELD]),
    # A recording that went on to the end is closed right after it.
    **_stays(
        [e.RecordingsMarked, e.RecordingEnded],
        [P.RECEIVING, P.CLOSED, *HELD, P.ENDED, P.FAILED, P.TERMINATED],
    ),
    **_stays([e.DepositNoted], AFTER_ROLL),
    **_stays(
        [e.WarningIssued, e.HostChanged, e.ChatPosted, e.ChatModeSet, e.ServiceInterrupted],
        ALIVE,
    ),
}

NEXT: dict[tuple[Phase, type[e.Event]], Phase] = (
    STAYS | MOVES | {(P.DECRYPTING, e.RemedyGranted): P.DECRYPTING}
)


class IllegalTransition(ValueError):
    """An event that cannot have happened in this phase: the log is not one this program wrote."""

    def __init__(self, phase: Phase, event: e.Event) -> None:
        super().__init__(f"{type(event).__name__} in {phase}")


def after(phase: Phase, event: e.Event) -> Phase:
    """The phase after an event."""
    try:
        return NEXT[phase, type(event)]
    except KeyError:
        raise IllegalTransition(phase, event) from None


def diagram() -> str:
    """docs/opening-phases.md: the moves as a Mermaid state diagram, and what may happen within each
    phase."""
    moves: dict[tuple[Phase, Phase], list[str]] = {}
    for (phase, kind), to in NEXT.items():
        if to is not phase:
            moves.setdefault((phase, to), []).append(kind.__name__)
    lines = [
        "# The phases of an opening",
        "",
        "Drawn by `diagram()` from `rooms/opening/phases.py`; a test keeps it current.",
        "Being paused (暂停) lies over any phase from OPENING to SIGNING and freezes its windows.",
        "",
        "```mermaid",
        "stateDiagram-v2",
        "    [*] --> DRAFT",
    ]
    lines += [f"    {phase.name}: {phase.name} {CHINESE[phase]}" for phase in Phase]
    lines += [
        f"    {phase.name} --> {to.name}: {', '.join(kinds)}"
        for (phase, to), kinds in moves.items()
    ]
    lines += [f"    {phase.name} --> [*]" for phase in (P.ARCHIVED, P.FAILED, P.TERMINATED)]
    lines += [
        "```",
        "",
        "| phase | 中文 | what may also happen, without leaving it |",
        "|---|---|---|",
    ]
    for phase in Phase:
        kinds = sorted(kind.__name__ for (at, kind), to in NEXT.items() if at is to is phase)
        lines.append(f"| {phase.name} | {CHINESE[phase]} | {', '.join(kinds) or '—'} |")
    return "\n".join(lines) + "\n"

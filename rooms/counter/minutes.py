"""The record of a session (办理记录): a log, folded to content that `server/documents` draws.

It holds no personal data: the applicant is named by masked texts that the server made of what it
keeps apart. The same log with the same texts always gives the same record.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rooms.counter import annexes, matters, wording
from rooms.counter import events as e
from rooms.counter.events import Event
from rooms.counter.history import History, read
from rooms.counter.phases import Phase
from rooms.counter.state import Clerk, State
from rooms.counter.wire import EVENTS
from rooms.ids import Digest, RoomId
from rooms.log import Entry, lines, to_bytes
from rooms.record import Field, Fields, Record, Section
from rooms.strokes import Strokes
from rooms.wording import ZONE, day, moment

TITLE = "跨域通办办理记录"


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside the log.

    `masked` has the text for each salted digest that is still kept, `strokes` the signatures by the
    digests of their files, `names` the halls, regions and windows by their ids. `certificates` are
    subjects, a line each; `retained` says how long recordings are kept.
    """

    room: RoomId
    head: str
    issuer: str
    masked: Mapping[Digest, str] = field(default_factory=dict)
    strokes: Mapping[Digest, Strokes] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    certificates: tuple[str, ...] = ()
    retained: str = ""
    verify_url: str = ""
    verify_hint: str = ""


def record(entries: Sequence[Entry[Event]], beside: Beside) -> Record:
    """The record of everything up to the last of `entries`."""
    history = read(entries)
    state = history.state
    return Record(
        kind="session",
        title=TITLE,
        subtitle="、".join(each.name for each in state.matter.items),
        number=number(beside.room),
        issued_at=entries[-1].at,
        issued_on=day(entries[-1].at),
        issuer=beside.issuer,
        header=_header(history, beside),
        sections=_sections(history, beside),
        log=lines([to_bytes(entry, EVENTS) for entry in entries]),
        head=beside.head,
        verify_url=beside.verify_url,
        verify_hint=beside.verify_hint,
        orientation="portrait",
    )


def _sections(history: History, beside: Beside) -> tuple[Section, ...]:
    proofs = annexes.Proofs(beside.certificates, beside.retained, beside.names)
    if history.state.phase is Phase.CANCELLED:
        return (_cancelled(history), *annexes.unserved(history, proofs))
    return (
        _identity(history),
        *matters.sections(history, beside.masked, beside.strokes),
        *annexes.sections(history, proofs),
    )


def _cancelled(history: History) -> Fields:
    """Of what came to nothing: when, by whom and why."""
    (entry,) = history.of(e.SessionCancelled, e.BookingLapsed)
    reason = "预约时间已过，未到场取号"
    if isinstance(entry.event, e.SessionCancelled):
        reason = entry.event.reason or "未说明"
    fields = (
        Field("取消时间", moment(entry.at)),
        Field("取消人", history.name(entry.by)),
        Field("过号次数", str(history.state.lapses)),
        Field("重新排队次数", str(history.state.requeued)),
        Field("取消原因", reason, wide=True),
    )
    return Fields("取消情况", fields)


def number(room: RoomId) -> str:
    """The number of a session as its papers show it."""
    return room.upper()


def _header(history: History, beside: Beside) -> tuple[Field, ...]:
    state = history.state
    matter = state.matter
    return (
        Field("办理方式", wording.MODES[matter.mode]),
        Field(
            "取号号码", " ".join(filter(None, (state.number, wording.PRIORITIES[state.priority])))
        ),
        Field("收件地", _place(beside, matter.near_hall, matter.near_region)),
        Field("办理地", _place(beside, matter.far_hall, matter.far_region)),
        Field("收件地窗口", _clerk(beside, state.near)),
        Field("办理地窗口", _clerk(beside, state.far)),
        Field("办事人", beside.masked.get(matter.applicant, wording.ERASED), wide=True),
        Field("代办", _agent(state, beside), wide=True),
        Field("预约时间", _booked(state)),
        Field("取号时间", moment(history.ticket)),
        Field("接通时间", moment(history.connected)),
        Field("结束时间", moment(history.ended)),
        Field("前次会话", number(matter.continues) if matter.continues else "无"),
        Field("时间标准", ZONE),
        Field("办理结果", _result(state), wide=True),
    )


def _place(beside: Beside, hall: str, region: str) -> str:
    name = beside.names.get(hall, hall)
    return f"{beside.names.get(region, '')}（{region}）\n{name}"


def _clerk(beside: Beside, clerk: Clerk | None) -> str:
    if clerk is None:
        return "未接办"
    return f"{clerk.name}（{beside.names.get(clerk.window, clerk.window)}）"


def _agent(state: State, beside: Beside) -> str:
    agent = state.agent
    if agent is None:
        return "无，本人办理"
    by = beside.masked.get(agent.authority, wording.ERASED)
    who = f"{agent.name}（{agent.organisation}）" if agent.organisation else agent.name
    return f"{who}\n代办依据：{by}　摘要（加盐 SHA-256）：{agent.authority}"


def _booked(state: State) -> str:
    if state.starts_at is None or state.ends_at is None:
        return "未预约，现场取号"
    return f"{moment(state.starts_at)[:16]} 至 {moment(state.ends_at)[11:16]}"


def _result(state: State) -> str:
    said = []
    for case in state.cases.values():
        outcome = "未作决定"
        if case.decision is not None:
            outcome = wording.OUTCOMES[case.decision.outcome]
            outcome += "，已办结" if case.completed else ""
        said.append(f"{case.item.name}：{outcome}")
    if state.phase is Phase.CANCELLED:
        said.append(f"取消：{state.outcome}")
    elif state.over and state.outcome:
        said.append(f"提前结束：{state.outcome}")
    return "\n".join(said)


def _identity(history: History) -> Fields:
    state = history.state
    consent, shown = state.consent, state.identity
    fields: list[Field] = []
    if consent is None or history.consented is None:
        fields.append(Field("知情同意", "未同意", wide=True))
    else:
        at, by = history.consented
        fields += [
            Field("同意时间", moment(at)),
            Field("同意人", history.by_hand(by, consent.by_hand_of)),
            Field("告知书版本", consent.version),
            Field("复用材料", "同意复用此前提交的材料" if state.reuse else "未授权"),
            Field("告知书摘要", consent.text, wide=True),
        ]
    if shown is None:
        fields.append(Field("身份核验", "未核验", wide=True))
    else:
        result = wording.RESULTS[shown.result] if shown.result else "未比对"
        fields += [
            Field("核验方式", wording.METHODS[shown.method]),
            Field("核验结果", result),
            Field("证件号码", shown.masked),
            Field("号码校验", "校验码正确" if shown.number_valid else "未通过或不适用"),
            Field("人证比对", "一致" if shown.likeness else "未确认一致"),
            Field("说明", shown.remark),
            Field("证件摘要", shown.document or "", wide=True),
        ]
    return Fields("知情同意与身份核验", tuple(fields))

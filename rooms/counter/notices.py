"""Notices (通知书): what an applicant is told about an item, each on a page of its own.

Which notices there are follows from the log alone: one for each outcome, each completed item and
each fee. A notice is drawn from its `Notice`, which travels inside it as `notice.json`, so that
anybody draws it again with nothing but the file.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from crypto.encoding import jcs, parse_json
from rooms.codec import decode, encode
from rooms.counter import events as e
from rooms.counter import wording
from rooms.counter.events import Event
from rooms.counter.evolve import evolve
from rooms.counter.kinds import Role
from rooms.counter.matters import missing
from rooms.counter.minutes import number
from rooms.counter.state import START, Case, State
from rooms.counter.terms import Outcome
from rooms.ids import RoomId
from rooms.log import Entry
from rooms.record import Column, Field, Fields, Paragraphs, Record, Section, Table
from rooms.wording import ZONE, clock, day, moment, money

FORMAT = "yunkai/notice/v1"
NAME = "notice.json"


class NoticeKind(StrEnum):
    """What a notice says."""

    ACCEPTED = "accepted"  # 受理通知书
    SUPPLEMENT = "supplement"  # 一次性补正告知书
    REJECTED = "rejected"  # 不予受理决定书
    DONE = "done"  # 即办结果通知书
    COMPLETED = "completed"  # 办结通知书
    FEE = "fee"  # 缴费通知书


TITLES = {
    NoticeKind.ACCEPTED: "受理通知书",
    NoticeKind.SUPPLEMENT: "一次性补正告知书",
    NoticeKind.REJECTED: "不予受理决定书",
    NoticeKind.DONE: "即办结果通知书",
    NoticeKind.COMPLETED: "办结通知书",
    NoticeKind.FEE: "缴费通知书",
}
_OF = {
    Outcome.ACCEPTED: NoticeKind.ACCEPTED,
    Outcome.SUPPLEMENT: NoticeKind.SUPPLEMENT,
    Outcome.REJECTED: NoticeKind.REJECTED,
    Outcome.DONE: NoticeKind.DONE,
}


@dataclass(frozen=True, slots=True)
class Lack:
    """Something that is missing: the material, and what is wrong with it."""

    material: str
    what: str


@dataclass(frozen=True, slots=True)
class Notice:
    """Everything a notice says. `entry` is the number of the log's entry that it tells of, `place`
    counts the notices of one item from 1; `applicant` is masked. `amount` is in fen."""

    format: str
    session: RoomId
    ticket: str
    item: str
    item_name: str
    authority: str
    place: int
    kind: NoticeKind
    entry: int
    at: datetime
    clerk: str
    near: str
    far: str
    applicant: str
    issuer: str
    verify_url: str
    reason: str = ""
    remedy: str = ""
    lacks: tuple[Lack, ...] = ()
    until: datetime | None = None
    promised_at: datetime | None = None
    rule: str = ""
    results: tuple[str, ...] = ()
    note: str = ""
    fee: str = ""
    amount: int = 0
    reference: str = ""

    @property
    def name(self) -> str:
        """Under which name it is kept, without its ending."""
        return f"{self.item}-{self.place}"

    def to_bytes(self) -> bytes:
        """`notice.json`."""
        return jcs(encode(self))

    @classmethod
    def parse(cls, data: bytes) -> "Notice":
        """The notice in `notice.json`. Raises Refused, CryptoError."""
        return decode(cls, parse_json(data))


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside the log: `applicant` is the masked text, `names` are the halls' by their
    ids."""

    session: RoomId
    issuer: str
    verify_url: str
    applicant: str
    names: Mapping[str, str]


def notices(entries: Sequence[Entry[Event]], beside: Beside) -> tuple[Notice, ...]:
    """Every notice that a log gives, in its order."""
    state = START
    counts: dict[str, int] = {}
    found: list[Notice] = []
    for entry in entries:
        state = evolve(state, entry.event)
        event = entry.event
        match event:
            case e.OutcomeDecided():
                made = _outcome(state, entry, event, beside)
            case e.ItemCompleted():
                case = state.cases[event.item]
                made = _plain(state, entry, case, NoticeKind.COMPLETED, beside)
                made = replace(made, note=event.note, results=case.item.results)
            case e.FeeNoted():
                case = state.cases[event.item]
                names = {each.id: each.name for each in case.item.fees}
                made = replace(
                    _plain(state, entry, case, NoticeKind.FEE, beside),
                    fee=names.get(event.fee, event.fee),
                    amount=event.amount,
                    reference=event.reference,
                )
            case _:
                continue
        counts[made.item] = counts.get(made.item, 0) + 1
        found.append(replace(made, place=counts[made.item]))
    return tuple(found)


def _plain(
    state: State, entry: Entry[Event], case: Case, kind: NoticeKind, beside: Beside
) -> Notice:
    known = state.known.get(entry.by)
    matter = state.matter
    return Notice(
        format=FORMAT,
        session=beside.session,
        ticket=state.number,
        item=case.item.code,
        item_name=case.item.name,
        authority=case.item.authority,
        place=0,
        kind=kind,
        entry=entry.seq,
        at=entry.at,
        clerk=known.name if known else wording.ROLES[Role.SYSTEM],
        near=beside.names.get(matter.near_hall, matter.near_hall),
        far=beside.names.get(matter.far_hall, matter.far_hall),
        applicant=beside.applicant,
        issuer=beside.issuer,
        verify_url=beside.verify_url,
    )


def _outcome(state: State, entry: Entry[Event], event: e.OutcomeDecided, beside: Beside) -> Notice:
    case = state.cases[event.item]
    decision = case.decision
    lacks = missing(case, decision) if decision else ()
    return replace(
        _plain(state, entry, case, _OF[event.outcome], beside),
        reason=event.reason,
        remedy=event.remedy,
        lacks=tuple(Lack(material, what) for material, what in lacks),
        until=event.until,
        promised_at=event.promised_at,
        rule=event.by_rule or "",
        results=case.item.results if event.outcome is Outcome.DONE else (),
    )


def record(notice: Notice) -> Record:
    """The content of a notice's page."""
    return Record(
        kind="notice",
        title=TITLES[notice.kind],
        subtitle=notice.item_name,
        number=f"{number(notice.session)}-{notice.item}-{notice.place}",
        issued_at=notice.at,
        issued_on=day(notice.at),
        issuer=notice.issuer,
        header=(
            Field("办事人", notice.applicant or wording.ERASED, wide=True),
            Field("办理事项", notice.item_name, wide=True),
            Field("实施机关", notice.authority, wide=True),
            Field("事项编码", notice.item),
            Field("取号号码", notice.ticket),
            Field("收件地", notice.near),
            Field("办理地", notice.far),
            Field("经办人", notice.clerk),
            Field("作出时间", moment(notice.at)),
        ),
        sections=(Paragraphs("", (_said(notice),), large=True), *_details(notice), _known(notice)),
        log=notice.to_bytes(),
        log_name=NAME,
        orientation="portrait",
        verify_url=notice.verify_url,
    )


def _said(notice: Notice) -> str:
    at = day(notice.at)
    what = f"“{notice.item_name}”"
    match notice.kind:
        case NoticeKind.ACCEPTED:
            until = f"，承诺于 {_minute(notice.promised_at)}前办结" if notice.promised_at else ""
            return f"您于 {at} 提出的{what}申请，材料齐全、符合法定形式，现予受理{until}。"
        case NoticeKind.SUPPLEMENT:
            until = f"请于 {_minute(notice.until)}前补正。" if notice.until else ""
            return (
                f"您于 {at} 提出的{what}申请，需要补正下列全部内容。{until}"
                "本告知一次作出，补正齐全后即予受理。"
            )
        case NoticeKind.REJECTED:
            return f"您于 {at} 提出的{what}申请，经审查决定不予受理。"
        case NoticeKind.DONE:
            return f"您于 {at} 提出的{what}申请，已当场办结。"
        case NoticeKind.COMPLETED:
            return f"您提出的{what}申请，已于 {at} 办结。"
        case NoticeKind.FEE:
            return f"您办理{what}，应缴纳下列费用。请按缴费单号缴纳，逾期不缴的，本事项中止办理。"


def _minute(at: datetime) -> str:
    """`2026年11月30日 17:00`: nobody is held to a second."""
    return f"{day(at)} {clock(at)[:5]} "


def _details(notice: Notice) -> tuple[Section, ...]:
    fields: list[Field] = []
    if notice.lacks:
        columns = (Column("序号", 1, "center"), Column("材料", 5), Column("需要补正的内容", 9))
        rows = tuple(
            (str(place), each.material, each.what)
            for place, each in enumerate(notice.lacks, start=1)
        )
        return (Table("需补正的全部内容", columns, rows), *_reasons(notice))
    if notice.kind is NoticeKind.FEE:
        fields += [
            Field("收费项目", notice.fee, wide=True),
            Field("金额", money(notice.amount), wide=True),
            Field("缴费单号", notice.reference, wide=True),
        ]
    if notice.results:
        fields.append(Field("办理结果", "、".join(notice.results), wide=True))
    if notice.note:
        fields.append(Field("说明", notice.note, wide=True))
    if notice.rule:
        fields.append(Field("依据规则", notice.rule, wide=True))
    details = (Fields("具体内容", tuple(fields)),) if fields else ()
    return (*details, *_reasons(notice))


def _reasons(notice: Notice) -> tuple[Section, ...]:
    fields = []
    if notice.reason:
        fields.append(Field("理由", notice.reason, wide=True))
    if notice.remedy:
        fields.append(Field("救济途径", notice.remedy, wide=True))
    return (Fields("理由与救济", tuple(fields)),) if fields else ()


def _known(notice: Notice) -> Paragraphs:
    return Paragraphs(
        "说明",
        (
            f"本通知书依据办理日志第 {notice.entry} 条作出，时间均为{ZONE}，个人信息已脱敏。",
            "随附的 notice.json 载明全部内容，任何人可凭文首二维码或 yunkai verify 核验。",
        ),
    )

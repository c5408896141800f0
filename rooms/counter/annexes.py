"""The annexes of a session's record."""

from collections.abc import Mapping
from dataclasses import dataclass

from rooms.counter import events as e
from rooms.counter import wording
from rooms.counter.events import Event
from rooms.counter.history import History
from rooms.counter.matters import material_name
from rooms.log import Entry
from rooms.record import Column, Field, Fields, Section, Table
from rooms.wording import clock, exact, moment

CONFIRMED = "confirmed"
"""What is said of the recording when there is one."""

_TIME = Column("时间", 4, "center", numeric=True)
_WHO = Column("操作人", 3, "center")


@dataclass(frozen=True, slots=True)
class Proofs:
    """What comes from outside the log; `names` are those of windows by their ids."""

    certificates: tuple[str, ...]
    retained: str
    names: Mapping[str, str]


def sections(history: History, proofs: Proofs) -> tuple[Section, ...]:
    """All annexes in their order."""
    return (
        _pages(history),
        _course(history, proofs.names),
        _chat(history),
        _recordings(history, proofs),
        _rating(history),
        _proofs(history, proofs),
    )


def unserved(history: History, proofs: Proofs) -> tuple[Section, ...]:
    """The annexes of a session that never came about."""
    return (_course(history, proofs.names), _proofs(history, proofs))


def _pages(history: History) -> Table:
    state = history.state
    rows = []
    for page in state.pages.values():
        became = "在卷"
        if page.replaced_by is not None:
            became = "已重拍"
        elif page.removed:
            became = "已移除"
        picture = page.picture
        size = f"{picture.width}×{picture.height}" if picture.width else f"{picture.pages} 页"
        rows.append(
            (
                material_name(state.cases[page.item], page.material),
                moment(history.captured[page.id][0]),
                f"{picture.media_type}\n{size}\n{picture.size:,} 字节",
                became,
                picture.sha256,
            )
        )
    for shot, (at, by) in zip(state.screenshots, history.screenshots, strict=True):
        picture = shot.picture
        rows.append(
            (
                "\n".join(filter(None, (f"截屏：{wording.SEEN[shot.of]}", shot.note))),
                f"{moment(at)}\n{history.name(by)}",
                f"{picture.media_type}\n{picture.width}×{picture.height}\n{picture.size:,} 字节",
                "在卷",
                picture.sha256,
            )
        )
    columns = (
        Column("材料", 4),
        Column("采集时间", 4, "center", numeric=True),
        Column("格式与大小", 3.6, "center"),
        Column("状态", 2, "center"),
        Column("SHA-256", 7),
    )
    return Table("附件一　材料页与截屏清单", columns, tuple(rows), empty="未采集材料，无截屏。")


def _course(history: History, names: Mapping[str, str]) -> Table:
    kinds = (
        e.SessionBooked, e.BookingLapsed, e.TicketIssued, e.TicketCalled, e.TicketLapsed,
        e.TicketRequeued, e.FarAssigned, e.HandOverOffered, e.HandOverOfferEnded, e.HandedOver,
        e.PersonAdmitted, e.SessionConnected, e.SessionCancelled,
        e.ConsentRefused, e.IdentityChecked, e.DepartmentInvited, e.SeatLeft, e.SeatReturned,
        e.ServiceInterrupted, e.WarningIssued, e.SessionEnded,
    )  # fmt: skip
    rows = tuple(
        (moment(entry.at), *_told(history, entry, names), history.name(entry.by))
        for entry in history.of(*kinds)
    )
    columns = (_TIME, Column("事项", 4), Column("说明", 9), _WHO)
    return Table("附件二　办理过程", columns, rows, empty="无。")


def _told(history: History, entry: Entry[Event], names: Mapping[str, str]) -> tuple[str, str]:
    match entry.event:
        case e.SessionBooked(starts_at=starts):
            return "预约", moment(starts)
        case e.BookingLapsed():
            return "预约过期", "未到场取号"
        case e.TicketIssued(number=number):
            return "取号", number
        case e.TicketCalled(window=window, times=times, clerk_name=name):
            return f"叫号（第 {times} 次）", f"{names.get(window, window)}　{name}"
        case e.TicketLapsed():
            return "过号", ""
        case e.TicketRequeued(behind=behind):
            return "重新排队", f"排在 {behind} 人之后"
        case e.FarAssigned(clerk_name=name, window=window):
            return "办理地接办", f"{names.get(window, window)}　{name}"
        case e.HandOverOffered(side=side, to_name=name, window=window, reason=reason):
            said = f"移交{names.get(window, window)}　{name}：{reason}"
            return f"{wording.SIDES[side]}提出移交", said
        case e.HandOverOfferEnded(side=side, declined=declined):
            return f"{wording.SIDES[side]}移交未成", "对方未接手" if declined else "移交人撤回"
        case e.HandedOver(side=side, previous=previous, clerk_name=name, reason=reason):
            return f"{wording.SIDES[side]}移交", f"{history.name(previous)}移交{name}：{reason}"
        case e.PersonAdmitted(name=name, role=role):
            return "进入会话", f"{name}（{wording.ROLES[role]}）"
        case e.SessionConnected(recording=said):
            return "接通", "" if said == CONFIRMED else f"录音录像说明：{said}"
        case e.SessionCancelled(reason=reason):
            return "取消", reason
        case e.ConsentRefused():
            return "不同意告知内容", "会话结束"
        case e.IdentityChecked(method=method, result=result, remark=remark):
            said = f"{wording.METHODS[method]}：{wording.RESULTS[result]}"
            return "身份核验", f"{said}　{remark}".strip()
        case e.DepartmentInvited(department=department, name=name):
            return "邀请联审", f"{department}　{name}"
        case e.SeatLeft(person=person, since=since):
            return "连接中断", f"{history.name(person)}，自 {clock(since)}"
        case e.SeatReturned(person=person, since=since):
            return "恢复连接", f"{history.name(person)}，中断自 {clock(since)}"
        case e.ServiceInterrupted(since=since, back=back):
            return "平台中断", f"{exact(since)} 至 {exact(back)}"
        case e.WarningIssued(text=text):
            return "监督人提醒", text
        case e.SessionEnded(reason=reason):
            return "结束会话", reason
        case _:
            return type(entry.event).__name__, ""


def _chat(history: History) -> Table:
    rows = []
    for entry in history.of(e.ChatPosted):
        event = entry.event
        # What was said to one person stays in the log: the record is handed to everybody.
        if isinstance(event, e.ChatPosted) and event.to is None:
            rows.append((moment(entry.at), history.name(event.by), event.text))
    columns = (_TIME, Column("发言人", 4), Column("内容", 12))
    return Table("附件三　文字交流", columns, tuple(rows), empty="无。")


def _recordings(history: History, proofs: Proofs) -> Table:
    said = history.state.recording
    note = "录音录像已确认启动。" if said == CONFIRMED else ""
    note = note or (f"录音录像说明：{said.removesuffix('。')}。" if said else "")
    note += f"保存期限：{proofs.retained}。" if proofs.retained else ""
    rows = []
    for each in history.state.recordings.values():
        since, until = history.recorded[each.id]
        rows.append(
            (
                f"{each.name or history.name(each.person)}（{wording.FEEDS[each.kind]}）",
                f"{moment(since)} 至\n{moment(until) or '未结束'}",
                f"{each.size:,}",
                wording.STOPS[each.ended] if each.ended else "",
                f"{each.id}\n{each.sha256}",
            )
        )
    columns = (
        Column("录制对象", 3.6),
        Column("起止时间", 4.4, "center", numeric=True),
        Column("字节数", 2.6, "end", numeric=True),
        Column("结束方式", 2.4, "center"),
        Column("编号与 SHA-256", 7),
    )
    return Table("附件四　录音录像摘要", columns, tuple(rows), note=note, empty="无文件。")


def _rating(history: History) -> Fields:
    rating = history.state.rating
    if rating is None:
        return Fields("附件五　评价", (Field("评价", "尚未评价", wide=True),))
    fields = [
        Field("评价", wording.LEVELS[rating.level]),
        Field("评价时间", moment(history.rated)),
        Field("留言摘要", rating.words or "无留言", wide=True),
    ]
    if rating.answer_by is not None:
        fields += [
            Field("答复期限", moment(rating.answer_by)),
            Field("答复", rating.answer or "待答复"),
        ]
    return Fields("附件五　评价", tuple(fields))


def _proofs(history: History, proofs: Proofs) -> Fields:
    matter = history.state.matter
    return Fields(
        "附件六　日志与证书",
        (
            Field("条目数", str(len(history.entries))),
            Field("办事人信息摘要", matter.applicant, wide=True),
            Field("证书", "\n".join(proofs.certificates), wide=True),
        ),
    )

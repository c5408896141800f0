"""The annexes of the opening record."""

from collections.abc import Mapping
from dataclasses import dataclass

from rooms.ids import Digest, PersonId
from rooms.log import Entry
from rooms.opening import events as e
from rooms.opening import wording
from rooms.opening.events import Event
from rooms.opening.history import History
from rooms.opening.recordings import CONFIRMED
from rooms.opening.state import Standing
from rooms.opening.terms import Role
from rooms.opening.visibility import name_of
from rooms.record import Column, Field, Fields, Paragraphs, Section, Table
from rooms.wording import clock, exact, moment

_STANDINGS = {
    Standing.LIVE: "有效",
    Standing.REPLACED: "已被替换",
    Standing.WITHDRAWN: "已撤回",
}
_PLACE = Column("序号", 1.4, "center")
_TIME = Column("时间", 4, "center", numeric=True)


@dataclass(frozen=True, slots=True)
class Proofs:
    """What comes from outside the log: signed heads and certificates."""

    head: str
    closing_head: str
    certificates: tuple[str, ...]


def sections(history: History, people: Mapping[Digest, str], proofs: Proofs) -> tuple[Section, ...]:
    """All annexes in their order."""
    return (
        _sign_in(history, people),
        _submissions(history),
        _objections(history),
        _incidents(history),
        _rulings(history),
        *_draw(history),
        _signatures(history),
        _chat(history),
        _recordings(history),
        _proofs(history, proofs),
    )


def signed_in(history: History, people: Mapping[Digest, str], bidder: PersonId) -> str:
    """Who signed in for a bidder, and when."""
    found = history.state.bidders[bidder].signed_in
    if found is None:
        return "未签到"
    name = people.get(found.representative, "")
    marks = ("\n迟到" if found.late else "") + ("\n应急签到" if found.emergency else "")
    return "\n".join(each for each in (name, clock(history.signed_in.get(bidder))) if each) + marks


def _sign_in(history: History, people: Mapping[Digest, str]) -> Table:
    rows = []
    for place, each in enumerate(history.roll, start=1):
        found = history.state.bidders[each.bidder].signed_in
        rows.append(
            (
                str(place),
                each.name,
                people.get(found.representative, "（信息另存）") if found else "",
                moment(history.signed_in.get(each.bidder)) or "未签到",
                _yes(found is not None and found.late),
                _yes(found is not None and found.emergency),
                found.representative if found else "",
            )
        )
    columns = (
        _PLACE,
        Column("投标人", 6),
        Column("代表", 3, "center"),
        Column("签到时间", 4, "center", numeric=True),
        Column("迟到", 1.6, "center"),
        Column("应急", 1.6, "center"),
        Column("身份信息摘要（加盐 SHA-256）", 9),
    )
    return Table("附件一　签到表", columns, tuple(rows), empty="无投标人。")


def _submissions(history: History) -> Table:
    bidders = {each.bidder for each in history.roll}
    rows: list[tuple[str, ...]] = []
    for bid in history.state.bids.values():
        # Who withdrew and bid no more is not on the roll, and so not in the record.
        if bid.bidder in bidders:
            rows.append(
                (
                    str(len(rows) + 1),
                    history.state.bidders[bid.bidder].name,
                    exact(bid.received_at),
                    _STANDINGS[bid.standing],
                    f"第 {history.state.version_of(bid).version} 版",
                    bid.digest,
                )
            )
    columns = (
        _PLACE,
        Column("投标人", 6),
        Column("递交时间", 4.4, "center", numeric=True),
        Column("状态", 2.2, "center"),
        Column("招标文件", 2, "center"),
        Column("密封摘要（SHA-256）", 9),
    )
    return Table("附件二　递交时间表", columns, tuple(rows), empty="无递交。")


def _objections(history: History) -> Table:
    state = history.state
    rows: list[tuple[str, ...]] = []
    for each in state.objections.values():
        answered_at, by = history.answered.get(each.id, (None, None))
        rows.append(
            (
                str(len(rows) + 1),
                name_of(state, each.by),
                each.text,
                moment(history.raised.get(each.id)),
                each.answer or "待答复",
                moment(answered_at),
                name_of(state, by) if by else "",
            )
        )
    columns = (
        _PLACE,
        Column("提出人", 4),
        Column("异议内容", 8),
        Column("提出时间", 3.6, "center", numeric=True),
        Column("答复", 8),
        Column("答复时间", 3.6, "center", numeric=True),
        Column("答复人", 3, "center"),
    )
    return Table("附件三　异议及答复", columns, tuple(rows), empty="无异议。")


def _incidents(history: History) -> Table:
    kinds = (
        e.TenderPublished, e.OpeningPaused, e.OpeningResumed, e.WindowExtended,
        e.ServiceInterrupted, e.WarningIssued, e.HostChanged, e.Reconvened, e.OpeningContinued,
        e.FloorGranted, e.FloorTaken, e.SoundMuted,
    )  # fmt: skip
    rows = []
    for entry in history.of(*kinds):
        # A revision may have moved the deadline; nothing else from before it belongs here.
        revised = isinstance(entry.event, e.TenderPublished) and entry.event.version > 1
        if revised or (history.closed is not None and entry.at >= history.closed):
            what, why = _incident(history, entry)
            rows.append((moment(entry.at), what, why, name_of(history.state, entry.by) or "系统"))
    columns = (
        _TIME,
        Column("事项", 5),
        Column("原因或内容", 12),
        Column("操作人", 3, "center"),
    )
    return Table("附件四　暂停、延时与其他事项", columns, tuple(rows), empty="无。")


def _incident(history: History, entry: Entry[Event]) -> tuple[str, str]:
    match entry.event:
        case e.TenderPublished(version=version, terms=terms):
            what = f"招标文件第 {version} 版，投标截止时间 {moment(terms.deadline)}"
            return what, terms.changes
        case e.OpeningPaused(reason=reason):
            return "暂停", reason
        case e.OpeningResumed(windows=windows):
            return "恢复", "；".join(
                f"{wording.WINDOWS[window]}至 {clock(until)}" for window, until in windows.items()
            )
        case e.WindowExtended(window=window, until=until, reason=reason):
            return f"{wording.WINDOWS[window]}延长至 {clock(until)}", reason
        case e.ServiceInterrupted(since=since, back=back):
            return "平台中断", f"{exact(since)} 至 {exact(back)}"
        case e.WarningIssued(text=text):
            return "监督人提醒", text
        case e.HostChanged(host=host):
            return "主持人变更", f"由{name_of(history.state, host)}主持"
        case e.Reconvened(reason=reason):
            return "复会", reason
        case e.FloorGranted(person=person):
            return "给予发言", name_of(history.state, person)
        case e.FloorTaken(person=person):
            return "收回发言", name_of(history.state, person)
        case e.SoundMuted(person=person, muted=muted):
            return "关闭声音" if muted else "恢复声音", name_of(history.state, person)
        case e.OpeningContinued(reason=reason):
            return "投标人不足，决定继续", reason
        case _:
            return type(entry.event).__name__, ""


def _rulings(history: History) -> Table:
    rows = []
    for entry in history.of(e.BidVoid, e.RemedyGranted, e.FaultRuled):
        event = entry.event
        if isinstance(event, e.BidVoid):
            what = f"未开启：{wording.FAULTS[event.fault]}"
            bid, why = event.bid, wording.reason(event.code, event.step)
        elif isinstance(event, e.RemedyGranted):
            bid, what, why = event.bid, f"补救，时限至 {moment(event.until)}", event.reason
        elif isinstance(event, e.FaultRuled):
            bid, what, why = event.bid, f"裁定：{wording.FAULTS[event.fault]}", event.reason
        else:
            continue
        rows.append((moment(entry.at), history.state.counted[bid].name, what, why))
    columns = (_TIME, Column("投标人", 6), Column("事项", 5), Column("原因", 10))
    return Table("附件五　未开启、裁定与补救", columns, tuple(rows), empty="全部投标文件正常开启。")


def _draw(history: History) -> tuple[Section, ...]:
    state = history.state
    if state.terms.draw is None:
        return ()
    draw, drawing = state.terms.draw, state.drawing
    rows = tuple(
        (str(place), name_of(state, person), promised, drawing.seeds.get(person, "未公开"))
        for place, (person, promised) in enumerate(drawing.commitments.items(), start=1)
    )
    columns = (
        _PLACE,
        Column("参与人", 5),
        Column("承诺（SHA-256）", 9),
        Column("公开的种子（base64url）", 7),
    )
    note = (
        f"取值范围 {draw.low} 至 {draw.high}，步长 {draw.step}{draw.unit}；"
        f"结果 {'未抽取' if drawing.value is None else drawing.value}，{moment(history.drawn)}。"
        "复算：最小值 + 步长 ×（SHA-256(\"yunkai/draw-value/v1\" | 按承诺次序的种子) mod 档数）。"
    )  # fmt: skip
    return (Table(f"参数抽取证明：{draw.name}", columns, rows, note=note, empty="无人参与。"),)


def _signatures(history: History) -> Table:
    state = history.state
    rows = tuple(
        (name_of(state, person), wording.ROLES[role], moment(history.signed.get(person)))
        for person, role in state.signatures.items()
    )
    columns = (Column("签名人", 6), Column("身份", 4, "center"), _TIME)
    note = f"签名内容摘要（SHA-256）：{state.content}" if state.content else ""
    return Table("附件六　对本记录的签名确认", columns, rows, note=note, empty="无。")


def _chat(history: History) -> Table:
    rows = []
    for entry in history.of(e.ChatPosted):
        event = entry.event
        # Private words stay in the log; the record is handed to every bidder.
        if isinstance(event, e.ChatPosted) and event.to is None:
            rows.append((moment(entry.at), name_of(history.state, event.by), event.text))
    columns = (_TIME, Column("发言人", 4), Column("内容", 16))
    return Table("附件七　公开发言", columns, tuple(rows), empty="无公开发言。")


def _recordings(history: History) -> Table:
    said = history.state.recording
    note = "录音录像已确认启动。" if said == CONFIRMED else f"录音录像说明：{said}" if said else ""
    rows = []
    for each in history.state.recordings.values():
        since, until = history.recorded[each.id]
        rows.append(
            (
                each.id,
                each.name,
                wording.FEEDS[each.kind],
                f"{moment(since)} 至 {moment(until) or '未结束'}",
                f"{each.size:,}",
                each.sha256,
                wording.STOPS[each.ended] if each.ended else "",
            )
        )
    columns = (
        Column("编号", 4),
        Column("录制对象", 4),
        Column("画面", 2, "center"),
        Column("起止时间", 4.6, "center", numeric=True),
        Column("字节数", 3, "end", numeric=True),
        Column("SHA-256", 9),
        Column("结束方式", 2.6, "center"),
    )
    return Table("附件八　录音录像摘要", columns, tuple(rows), note=note, empty="无文件。")


def _proofs(history: History, proofs: Proofs) -> Section:
    state = history.state
    if not state.published:
        return Paragraphs("附件九　日志与证书", ("招标文件未发布。",))
    manifest = state.current.manifest
    trustees = [seat for seat in state.terms.seats if seat.role is Role.TRUSTEE]
    fields = [
        Field("日志", manifest.log.origin, wide=True),
        Field("条目数", str(len(history.entries))),
        Field("截标条目", str(history.closing_size or "")),
        Field("日志头", proofs.head, wide=True),
        Field("截标日志头", proofs.closing_head, wide=True),
        Field("招标文件摘要", f"第 {state.current.version} 版　{state.current.digest}", wide=True),
        Field("解密门限", f"{state.terms.threshold} / {len(trustees)}" if trustees else "无受托人"),
        Field("受托人释放", "、".join(_released(history)) or "无"),
        Field("证书", "\n".join(proofs.certificates), wide=True),
    ]  # fmt: skip
    return Fields("附件九　日志与证书", tuple(fields))


def _released(history: History) -> list[str]:
    found: dict[str, str] = {}
    for entry in history.of(e.SharesReleased):
        found.setdefault(name_of(history.state, entry.by), clock(entry.at))
    return [f"{name} {at}" for name, at in found.items()]


def _yes(said: bool) -> str:
    return "是" if said else ""

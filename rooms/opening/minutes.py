"""The opening record (开标记录表): a log, folded to content that `server/documents` draws.

It holds facts and no verdict about any bid. The same log always gives the same record; its only
clock is the last entry's.
"""

from collections.abc import Mapping, Sequence

from rooms.ids import Digest
from rooms.log import Entry, lines, to_bytes
from rooms.money import capital, figures
from rooms.opening import annexes, signing, wording
from rooms.opening.events import Event, Fault
from rooms.opening.history import History, read
from rooms.opening.phases import Phase
from rooms.opening.state import Bid, Confirmation, State
from rooms.opening.terms import FormItem, Role
from rooms.opening.visibility import name_of
from rooms.opening.wire import EVENTS
from rooms.record import Column, Field, Record, SignatureSlot, Table
from rooms.wording import ZONE, clock, day, moment, money

COLUMNS = (
    Column("序号", 1.4, "center"),
    Column("投标人", 5.2),
    Column("签到代表\n及时间", 3.4, "center"),
    Column("递交时间", 3.2, "center", numeric=True),
    Column("密封\n核验", 2.4, "center"),
    Column("开启时间\n及结果", 3.4, "center"),
    Column("投标报价（元）", 4.2, "end", numeric=True),
    Column("大写金额", 4.8),
    Column("工期", 2.6, "center"),
    Column("质量", 2.4, "center"),
    Column("项目\n负责人", 2.4, "center"),
    Column("保证金", 2.2, "center"),
    Column("其他唱标内容", 3.6),
    Column("确认时间", 3.2, "center", numeric=True),
    Column("签名", 2.4, "center"),
    Column("备注", 3.4),
)
OWN_COLUMNS = ("price", "duration", "quality", "lead")
"""Items of the form that have a column of their own; the others share one."""


def record(
    entries: Sequence[Entry[Event]],
    *,
    head: str,
    closing_head: str = "",
    issuer: str,
    people: Mapping[Digest, str] | None = None,
    certificates: Sequence[str] = (),
    verify_url: str = "",
    verify_hint: str = "",
) -> Record:
    """The record of everything up to the last of `entries`.

    `head` and `closing_head` are signed checkpoints as text, `issuer` is whose seal the record
    gets. `people` maps digests of representatives to names, as far as those are not erased.
    `certificates` are subjects, a line each.
    """
    history = read(entries)
    state, known = history.state, people or {}
    proofs = annexes.Proofs(head, closing_head, tuple(certificates))
    return Record(
        kind="opening",
        title="开标记录表",
        subtitle=_subtitle(state),
        number=f"{state.terms.project_number}-{state.terms.lot_number}",
        issued_at=entries[-1].at,
        issued_on=day(entries[-1].at),
        issuer=issuer,
        header=_header(history),
        sections=(_bids(history, known), *annexes.sections(history, known, proofs)),
        log=lines([to_bytes(entry, EVENTS) for entry in entries]),
        head=head,
        signatures=_slots(state),
        verify_url=verify_url,
        verify_hint=verify_hint,
    )


def _subtitle(state: State) -> str:
    lot = f"{state.terms.project_title}（{state.terms.lot_title}）"
    return f"{lot}——演练，不具效力" if state.terms.rehearsal else lot


def _header(history: History) -> tuple[Field, ...]:
    state, terms = history.state, history.state.terms
    return (
        Field("项目名称", terms.project_title),
        Field("项目编号", terms.project_number),
        Field("标段名称", terms.lot_title),
        Field("标段编号", terms.lot_number),
        Field("招标人", terms.tenderer),
        Field("招标代理机构", terms.agency),
        Field("开标时间", f"{moment(terms.deadline)} {ZONE}"),
        Field("开标地点", terms.place),
        Field("开始与结束", f"{moment(history.started)} 至 {moment(history.ended)}"),
        Field("适用规则", f"{wording.REGIMES[terms.regime]}；{wording.POLICIES[terms.policy]}"),
        Field("主持人", name_of(state, state.host) if state.host else ""),
        Field("记录人", _names(state, Role.DEPUTY) or "系统自动记录"),
        Field("监督人", _names(state, Role.SUPERVISOR)),
        Field("开标密钥受托人", _names(state, Role.TRUSTEE)),
        Field("参加人员", _participants(history), wide=True),
        Field("招标控制价", money(terms.control_price), wide=True),
        Field("抽取参数", _parameter(state), wide=True),
        Field("开标结果", _result(history), wide=True),
    )


def _names(state: State, role: Role) -> str:
    return "、".join(seat.name for seat in state.terms.seats if seat.role is role)


def _participants(history: History) -> str:
    seats = [
        f"{seat.name}（{wording.ROLES[seat.role]}）"
        for seat in history.state.terms.seats
        if seat.role is not Role.OBSERVER
    ]
    signed_in = sum(each.bidder in history.signed_in for each in history.roll)
    return "、".join(seats) + f"；投标人 {len(history.roll)} 家，其中签到 {signed_in} 家"


def _parameter(state: State) -> str:
    draw, drawing = state.terms.draw, state.drawing
    if draw is None:
        return "无"
    if drawing.value is None:
        return f"{draw.name}：未抽取"
    return f"{draw.name}：{drawing.value} {draw.unit}".rstrip() + "（抽取证明见附件）"


def _result(history: History) -> str:
    state = history.state
    if state.phase is Phase.FAILED:
        return f"流标：{state.outcome}"
    if state.phase is Phase.TERMINATED:
        return f"终止开标：{state.outcome}"
    bids = list(state.counted_bids())
    opened = sum(bid.void is None for bid in bids)
    parts = [f"递交 {len(bids)} 家", f"成功开启 {opened} 家"]
    for fault in Fault:
        count = sum(bid.fault is fault for bid in bids)
        if count:
            parts.append(f"{wording.FAULTS[fault]} {count} 家")
    return "，".join(parts)


def _bids(history: History, people: Mapping[Digest, str]) -> Table:
    rows = tuple(
        _row(history, people, place, history.state.bids[each.bid])
        for place, each in enumerate(history.roll, start=1)
    )
    note = f"时间均为{ZONE}；金额单位为元。本表只记载事实，不对投标文件的效力作出判断。"
    return Table("投标文件开启及唱标记录", COLUMNS, rows, note=note, empty="截标时无有效递交。")


def _row(history: History, people: Mapping[Digest, str], place: int, bid: Bid) -> tuple[str, ...]:
    state = history.state
    bidder, row = state.bidders[bid.bidder], bid.row or {}
    items = {item.id: item for item in state.version_of(bid).terms.form}
    price = row.get("price")
    confirmed_at, with_key = history.confirmed.get(bid.id, (None, False))
    if bid.confirmation is not Confirmation.CONFIRMED:
        confirmed_at = None
    return (
        str(place),
        state.counted[bid.id].name,
        annexes.signed_in(history, people, bid.bidder),
        moment(bid.received_at),
        "与回执一致" if bid.stored else "文件未到齐",
        _opening(history, bid),
        figures(price) if isinstance(price, int) else "",
        capital(price) if isinstance(price, int) else "",
        *(_item(items, row, name) for name in OWN_COLUMNS[1:]),
        wording.DEPOSITS.get(bidder.deposit, bidder.deposit),
        _others(items, row),
        moment(confirmed_at) or wording.CONFIRMATIONS[bid.confirmation],
        _signature(history, bid, with_key),
        _remark(state, bid),
    )


def _item(items: Mapping[str, FormItem], row: Mapping[str, str | int], name: str) -> str:
    return wording.value(items[name], row.get(name)) if name in items else ""


def _others(items: Mapping[str, FormItem], row: Mapping[str, str | int]) -> str:
    return "\n".join(
        f"{items[name].label_zh}：{wording.value(items[name], given)}"
        for name, given in row.items()
        if name not in OWN_COLUMNS and name in items
    )


def _opening(history: History, bid: Bid) -> str:
    if bid.void is not None and bid.fault is not None:
        envelope = next(name for name, part in bid.parts.items() if part.void)
        at = clock(history.opened.get((bid.id, envelope)))
        return f"{at}\n{wording.FAULTS[bid.fault]}"
    lines = []
    for envelope, part in bid.parts.items():
        if part.opened is not None:
            at = clock(history.opened.get((bid.id, envelope)))
            by = wording.OPENED_BY.get(part.opened.by, part.opened.by)
            lines.append(f"{at}\n已开启（{by}）")
    return "\n".join(lines) or "未开启"


def _signature(history: History, bid: Bid, with_key: bool) -> str:
    if bid.bidder in history.signed:
        return f"已签\n{clock(history.signed[bid.bidder])}"
    if bid.confirmation is Confirmation.CONFIRMED:
        return "密钥签名确认" if with_key else "登录确认"
    return ""


def _remark(state: State, bid: Bid) -> str:
    remarks = []
    if bid.void is not None:
        remarks.append(wording.reason(bid.void.code, bid.void.step))
    if bid.ruled is not None:
        remarks.append(f"裁定：{bid.ruling}")
    if bid.over_limit:
        remarks.append("超过招标控制价")
    if state.counted[bid.id].stale:
        remarks.append("未确认最新一版招标文件")
    if bid.confirmation is Confirmation.DISPUTED:
        remarks.append(f"对记录有异议：{bid.dispute}")
    return "\n".join(remarks)


def _slots(state: State) -> tuple[SignatureSlot, ...]:
    return tuple(
        SignatureSlot(each.field, wording.ROLES[each.role], each.name)
        for each in signing.places(state)
    )

"""What became of each item of a session: decision, materials, form, signature, opinions, fees."""

from collections.abc import Mapping

from rooms.counter import events as e
from rooms.counter import wording
from rooms.counter.history import History
from rooms.counter.state import Case, Decision, Page
from rooms.counter.terms import MaterialKind
from rooms.ids import Digest
from rooms.record import Column, Field, Fields, Handwriting, Handwritten, Section, Table
from rooms.strokes import Strokes
from rooms.wording import clock, moment, money

ORDINALS = "一二三四五六七八九十"
SHORT = 12
"""Characters of a digest where the whole one is in an annex."""


def sections(
    history: History, masked: Mapping[Digest, str], strokes: Mapping[Digest, Strokes]
) -> tuple[Section, ...]:
    """Every item's sections, one item after the other."""
    found: list[Section] = []
    cases = list(history.state.cases.values())
    for place, case in enumerate(cases):
        found += [
            _decision(history, case, _title(place, len(cases))),
            _materials(history, case),
            *_form(history, case, masked),
            *_signature(history, case, strokes),
            *_opinions(history, case),
            *_fees(history, case),
            *_steps(history, case),
        ]
    return tuple(found)


def material_name(case: Case, material: str) -> str:
    """A material by its name in the checklist."""
    names = {each.id: each.name for each in case.item.materials}
    return names.get(material, material or "其他材料")


def missing(case: Case, decision: Decision) -> tuple[tuple[str, str], ...]:
    """What a supplement asks for: material, and what is wrong with it."""
    return tuple((material_name(case, each.material), each.what) for each in decision.missing)


def _title(place: int, count: int) -> str:
    ordinal = ORDINALS[place] if place < len(ORDINALS) else str(place + 1)
    return "办理事项与决定" if count == 1 else f"事项{ordinal}与决定"


def _decision(history: History, case: Case, title: str) -> Fields:
    item, decision = case.item, case.decision
    fields = [
        Field("事项名称", item.name, wide=True),
        Field("事项编码", f"{item.code}（第 {item.version} 版）"),
        Field("实施机关", item.authority),
        Field("承诺时限", wording.days(item.promised_days)),
        Field("法定时限", f"{item.legal_days} 个工作日" if item.legal_days else "无规定"),
    ]
    if decision is None:
        return Fields(title, (*fields, Field("决定", "未作决定", wide=True)))
    at, by = history.decided[item.code]
    fields += [
        Field("决定", wording.OUTCOMES[decision.outcome]),
        Field("决定人与时间", f"{history.name(by)}　{moment(at)}"),
    ]
    if decision.reason:
        fields.append(Field("理由", decision.reason, wide=True))
    if decision.missing:
        told = "\n".join(f"{name}：{what}" for name, what in missing(case, decision))
        fields.append(Field("需补正", told, wide=True))
    if decision.until is not None:
        fields.append(Field("补正期限", moment(decision.until), wide=True))
    if decision.untold:
        fields.append(Field("再次补正原因", decision.untold, wide=True))
    if decision.remedy:
        fields.append(Field("救济途径", decision.remedy, wide=True))
    if decision.promised_at is not None:
        fields.append(Field("承诺办结时间", moment(decision.promised_at), wide=True))
    if decision.by_rule or decision.overrides:
        rule = decision.by_rule or "无"
        how = "人工决定，与规则或联审意见不同" if decision.overrides else "依规则作出"
        fields.append(Field("即办规则", f"{rule}（{how}）", wide=True))
    return Fields(title, tuple(fields))


def _materials(history: History, case: Case) -> Table:
    rows: list[tuple[str, ...]] = []
    for material in case.item.materials:
        pages = history.state.present(case.item.code, material.id)
        said = _said(history, case, material.id)
        if not pages:
            name = material.name if material.required else f"{material.name}（可选）"
            here = material.kind is MaterialKind.FORM and case.item.fields
            rows.append((name, "", "", "", "", said or ("同屏填写" if here else "未提交")))
        for place, page in enumerate(pages, start=1):
            name = material.name if place == 1 else "同上"
            rows.append((name, str(place), *_page(history, page), said if place == 1 else "同上"))
    columns = (
        Column("材料名称", 5),
        Column("页", 1, "center"),
        Column("采集方式", 2.4, "center"),
        Column("采集人及时间", 3.4, "center"),
        Column("摘要（前 12 位）", 3.6, "center", numeric=True),
        Column("审核", 4),
    )
    note = "每一页的完整摘要见附件一；原始文件随档案保存。"
    return Table("材料", columns, tuple(rows), note=note, empty="本事项无需材料。")


def _page(history: History, page: Page) -> tuple[str, str, str]:
    at, by = history.captured[page.id]
    return (
        wording.SOURCES[page.source],
        f"{history.name(by)}\n{clock(at)}",
        page.picture.sha256[:SHORT],
    )


def _said(history: History, case: Case, material: str) -> str:
    judged = case.judged.get(material)
    if judged is None:
        return ""
    at, by = history.judged[case.item.code, material]
    return "\n".join(
        filter(
            None,
            (
                f"{wording.VERDICTS[judged.verdict]}（{history.name(by)} {clock(at)}）",
                judged.remark,
            ),
        )
    )


def _form(history: History, case: Case, masked: Mapping[Digest, str]) -> tuple[Section, ...]:
    if not case.item.fields:
        return ()
    rows = []
    for each in case.item.fields:
        filled = case.fields.get(each.name)
        if filled is None:
            rows.append((each.label, "", "", "未填写"))
            continue
        confirmed = "未确认"
        if filled.confirmed:
            at, by = history.confirmed[case.item.code, each.name]
            confirmed = f"{history.by_hand(by, filled.by_hand_of)}\n{clock(at)}"
        shown = masked.get(filled.value, wording.ERASED)
        rows.append((each.label, shown, wording.ORIGINS[filled.origin], confirmed))
    columns = (
        Column("字段", 4),
        Column("内容（个人信息已脱敏）", 7),
        Column("来源", 1.8, "center"),
        Column("逐项确认", 4.4, "center"),
    )
    return (Table("同屏填报与确认", columns, tuple(rows)),)


def _signature(
    history: History, case: Case, strokes: Mapping[Digest, Strokes]
) -> tuple[Section, ...]:
    signature = case.signature
    if signature is None:
        if not case.item.fields:
            return ()
        return (Fields("办事人签名", (Field("签名", "未签名", wide=True),)),)
    at, by = history.signed[case.item.code]
    who = history.by_hand(by, signature.by_hand_of)
    found: list[Section] = []
    if signature.strokes in strokes:
        label = f"{who}\n{moment(at)}"
        told = f"{who}于 {moment(at)} 手写签名"
        piece = Handwritten(label, told, strokes[signature.strokes])
        found.append(Handwriting("办事人签名", (piece,)))
    else:
        said = Field("签名", f"{who}　{moment(at)}　笔迹{wording.ERASED}", wide=True)
        found.append(Fields("办事人签名", (said,)))
    digests = (
        Field("表单摘要", signature.form, wide=True),
        Field("笔迹摘要", signature.strokes, wide=True),
    )
    return (*found, Fields("", digests))


def _opinions(history: History, case: Case) -> tuple[Section, ...]:
    if not case.opinions:
        return ()
    rows = tuple(
        (
            each.department,
            each.name,
            wording.STANCES[each.opinion] if each.opinion else "未发表",
            each.text,
            moment(history.opinions.get((case.item.code, each.person))),
        )
        for each in case.opinions.values()
    )
    columns = (
        Column("部门", 4),
        Column("联审人", 2.6, "center"),
        Column("意见", 2.4, "center"),
        Column("内容", 6),
        Column("时间", 4, "center", numeric=True),
    )
    return (Table("联审意见", columns, rows),)


def _fees(history: History, case: Case) -> tuple[Section, ...]:
    if not case.fees:
        return ()
    names = {each.id: each.name for each in case.item.fees}
    rows = tuple(
        (
            names.get(fee, fee),
            money(payment.amount),
            payment.reference,
            f"已缴纳\n{moment(history.paid.get((case.item.code, fee)))}"
            if payment.paid
            else "待缴纳",
        )
        for fee, payment in case.fees.items()
    )
    columns = (
        Column("收费项目", 4),
        Column("金额", 6),
        Column("缴费单号", 4.4, "center"),
        Column("状态", 4, "center"),
    )
    return (Table("缴费", columns, rows),)


def _steps(history: History, case: Case) -> tuple[Section, ...]:
    rows: list[tuple[str, ...]] = []
    for entry in history.of(
        e.StepNoted, e.ItemCompleted, e.ResultDelivered, e.Reminded, e.Escalated
    ):
        event = entry.event
        match event:
            case e.StepNoted(item=case.item.code):
                told = (event.step, event.note)
            case e.ItemCompleted(item=case.item.code):
                told = ("办结", event.note)
            case e.ResultDelivered(item=case.item.code):
                told = ("送达", f"{wording.WAYS[event.way]} {event.tracking}".strip())
            case e.Reminded(item=case.item.code):
                told = ("时限提醒", f"承诺时限已过八成，至 {moment(event.due)}")
            case e.Escalated(item=case.item.code):
                told = ("督办", f"承诺时限 {moment(event.due)} 已到")
            case _:
                continue
        rows.append((moment(entry.at), *told, history.name(entry.by)))
    if not rows:
        return ()
    columns = (
        Column("时间", 4, "center", numeric=True),
        Column("环节", 3, "center"),
        Column("说明", 8),
        Column("经办", 3, "center"),
    )
    return (Table("后续办理", columns, tuple(rows)),)
